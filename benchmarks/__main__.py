"""`make bench`: every measurement of docs/performance.md, one after the other."""

import os
import platform
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime

RUNS = (
    ("benchmarks.ingest", "--messages", "50000"),
    ("benchmarks.dialects",),
    ("benchmarks.handover",),
    ("benchmarks.lateness",),
    ("benchmarks.board",),
    ("benchmarks.storm",),
    ("benchmarks.search",),
    ("benchmarks.papers",),
    ("benchmarks.disk",),
    ("benchmarks.hundred_thousand",),
)


def main() -> None:
    today, python = datetime.now(UTC).date(), sys.version.split(maxsplit=1)[0]
    print(f"{today}  {platform.platform()}  {os.cpu_count()} cores  Python {python}")
    print(f"sqlite of Python {sqlite3.sqlite_version}; ratios count, absolute times are of today\n")
    ended = {run[0]: subprocess.run([sys.executable, "-m", *run], check=False) for run in RUNS}
    failed = [name for name, end in ended.items() if end.returncode]
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
