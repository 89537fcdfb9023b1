"""A fuzzer led by coverage, over every dialect there is.

`python -m tests.collector.dialects.fuzz NAME [--runs N] [--seed N] [--folder FOLDER]`. It ends with
a report, the input in the folder and a status other than 0 as soon as one breaks what `sound.py`
asks for.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["collector"]):
    from collector.dc09 import frame
    from collector.dialects.registry import DIALECTS
    from tests.collector.dialects.seeds import FRAME_SEEDS, SEEDS
    from tests.collector.dialects.sound import tell

Target = Callable[[bytes], None]
NEXT = b"\n\xff--\n"  # between two messages of one input
FRAMES = "dc09-frames"
LARGEST = 70_000  # bytes of one input: a little more than most dialects accept


def talk(name: str) -> Target:
    """One input is a talk of up to 20 messages, the memory going from one to the next."""

    def target(data: bytes) -> None:
        memory = None
        for number, message in enumerate(data.split(NEXT)[:20]):
            topic, _, body = message.partition(b"\n")
            words = topic.decode("utf-8", "replace")
            memory = tell(name, memory, words, body, retained=number % 5 == 4)

    return target


def frames(data: bytes) -> None:
    """What comes by TCP from an alarm host: as it is, and with the CRC that it should have."""
    frame.read(data)
    said = frame.read(f"{frame.crc16(data):04X}{len(data):04X}".encode() + data)
    if isinstance(said, frame.Frame):
        for key in (None, bytes(16), bytes(32)):
            frame.open_content(said, key)


TARGETS: Mapping[str, Target] = {**{name: talk(name) for name in DIALECTS}, FRAMES: frames}


def sow(name: str, folder: Path) -> None:
    """Every seed alone and all of them as one talk."""
    seeds = [f"{topic}\n".encode() + body for topic, body in SEEDS.get(name, ())]
    seeds = seeds or [*FRAME_SEEDS]
    for number, seed in enumerate([*seeds, NEXT.join(seeds)]):
        (folder / f"seed-{number}").write_bytes(seed)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=sorted(TARGETS))
    parser.add_argument("--runs", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=0, help="the same way again; 0 is any")
    parser.add_argument("--folder", type=Path, help="where inputs are kept; a new one by default")
    given = parser.parse_args()
    folder = given.folder or Path(tempfile.mkdtemp(prefix="fuzz-"))
    folder.mkdir(parents=True, exist_ok=True)
    sow(given.name, folder)
    options = [f"-runs={given.runs}", f"-seed={given.seed}", f"-max_len={LARGEST}"]
    options.append(f"-artifact_prefix={folder}/")
    atheris.Setup([sys.argv[0], *options, str(folder)], TARGETS[given.name])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
