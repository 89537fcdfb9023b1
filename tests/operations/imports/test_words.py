"""Every sentence the importer and the rings may say stands in the catalogues, and no other."""

import re
from itertools import chain
from pathlib import Path

import words

ROOT = Path(__file__).parents[3]
SPEAKERS = [
    ROOT / "rules/zones.py",
    ROOT / "rules/rings.py",
    ROOT / "operations/places.py",
    *(ROOT / "operations/imports").glob("*.py"),
]
SPOKEN = re.compile(r'"((?:import\.error|rings\.error|zones)\.[a-z0-9_.]+)"')


def test_what_is_said_and_what_is_known_are_the_same() -> None:
    said = set(chain.from_iterable(SPOKEN.findall(path.read_text("utf-8")) for path in SPEAKERS))
    for language in words.LANGUAGES:
        known = {
            key
            for key in words.keys(language)
            if key.startswith(("import.error.", "rings.error.", "zones."))
        }
        assert known == said
