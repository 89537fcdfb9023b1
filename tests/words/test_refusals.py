"""Why a message was refused is kept in English and shown in the reader's language (D06)."""

import re
from pathlib import Path

import pytest

import words
from words import catalogue, refusals

FAMILY = "rejects.why."
COLLECTOR = Path(__file__).parents[2] / "collector"
SAID = re.compile(r'because\(\s*"(\w+)"(?: if [\w.]+ else "(\w+)")?')
ALL = sorted(key.removeprefix(FAMILY) for key in words.keys("en") if key.startswith(FAMILY))
# Only ever read back: what the decoder says of a body, in a sentence for each of its own.
OF_DECODER = {one for one in ALL if one.startswith(("form_", "not_json_"))}


def test_no_reason_without_words_and_none_that_nobody_gives() -> None:
    code = "\n".join(file.read_text(encoding="utf-8") for file in COLLECTOR.rglob("*.py"))
    given = {why for pair in SAID.findall(code) for why in pair if why}
    assert len(re.findall(r"\bbecause\(", code)) == len(SAID.findall(code))
    assert given == set(ALL) - OF_DECODER


@pytest.mark.parametrize("why", ALL)
def test_each_reason_is_read_back_in_both_languages(why: str) -> None:
    blanks = words.placeholders(catalogue.text_of("en", FAMILY + why))
    facts = {blank: f"'{place} {{x}}'\n" for place, blank in enumerate(sorted(blanks))}
    kept = refusals.because(why, **facts)
    assert refusals.retold("en", kept) == kept
    assert refusals.retold("zh", kept) == words.say("zh", FAMILY + why, **facts)


def test_what_an_older_release_kept_is_in_words_too() -> None:
    said = refusals.retold("zh", "the body has 70000 bytes; at most 65536 are accepted")
    assert said == "内容有 70000 字节，最多接受 65536 字节"


def test_what_nobody_knows_stays_as_it_is() -> None:
    assert refusals.retold("zh", "IntegrityError: UNIQUE constraint failed") is None
