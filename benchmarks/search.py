"""The device list searched at 100,000 devices, against the same list as it stands, on each engine.

Server time only, as in `benchmarks.board`. Four searches: what finds nearly all, a single device,
nothing, and two words. Beside each the promise of 150 ms at the 95th percentile.
`python -m benchmarks.search`
"""

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.board import at, enter, planted, visit
from tests.servers import PostgresServer, fresh_database, postgresql_tools

SEARCHES = ("camera", "d54321", "nowhere", "bench 999")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=int, default=100_000)
    parser.add_argument("--visits", type=int, default=30)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        for url in _databases(Path(scratch)):
            _measure(url, Path(scratch), given)


def _databases(scratch: Path) -> Iterator[str]:
    yield f"sqlite:///{scratch}/ringwatch.db"
    if tools := postgresql_tools():
        server = PostgresServer(tools)
        with fresh_database(server.url) as url:
            yield url
        server.stop()


def _measure(url: str, folder: Path, given: argparse.Namespace) -> None:
    parts = planted(folder, given.devices, database_url=url)
    client = enter(parts)
    plain = visit(client, given.visits, "/devices")
    print(f"search, {url.partition(':')[0]}: not searched p50 {at(plain, 0.5):.1f} ms")
    for words in SEARCHES:
        took = visit(client, given.visits, f"/devices?q={words}")
        print(
            f"  {words!r} p50 {at(took, 0.5):.1f} ms, p95 {at(took, 0.95):.1f} ms; "
            f"ratio of the medians {at(took, 0.5) / at(plain, 0.5):.2f}"
        )
    parts.close()


if __name__ == "__main__":
    main()
