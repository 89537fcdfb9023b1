"""Both languages say the same things, with the same blanks."""

from pathlib import Path

import pytest

import words
from words import catalogue


def test_zh_and_en_hold_the_same_keys() -> None:
    zh, en = (
        {key for key in words.keys(language) if not key.endswith(".one")}  # Chinese has no plural
        for language in ("zh", "en")
    )
    assert sorted(zh - en) == [], "these keys have no English"
    assert sorted(en - zh) == [], "these keys have no Chinese"


def test_both_languages_leave_the_same_blanks() -> None:
    assert [key for key in words.keys("en") if not _fits(key)] == []


def _fits(key: str) -> bool:
    en = words.placeholders(catalogue.text_of("en", key))
    if key.endswith(".one"):
        return en <= words.placeholders(catalogue.text_of("en", f"{key[:-4]}.other")) | {"n"}
    return words.placeholders(catalogue.text_of("zh", key)) == en


def test_every_chinese_sentence_is_chinese_or_has_no_words() -> None:
    """A zh file copied from en and forgotten is found here."""
    for key in words.keys("zh"):
        text = catalogue.text_of("zh", key)
        same = text == catalogue.text_of("en", key)
        assert not (same and text.isascii() and " " in text.strip() and len(text) > 24), key


def test_no_sentence_is_empty_or_padded() -> None:
    for language in words.LANGUAGES:
        for key in words.keys(language):
            text = catalogue.text_of(language, key)
            assert text == text.strip() or key.endswith(".comma"), (language, key)
            assert text, (language, key)


def test_an_unknown_key_is_shown_to_people_and_raised_in_tests() -> None:
    catalogue.be_strict(strict=False)
    try:
        assert words.say("zh", "no.such.key") == "no.such.key"
        assert words.say("en", "time.ago") == "{span} ago"
    finally:
        catalogue.be_strict(strict=True)
    with pytest.raises(words.UnknownMessageError):
        words.say("zh", "no.such.key")


def test_a_fact_is_never_a_template() -> None:
    assert words.say("en", "time.ago", span="{n} {__class__}") == "{n} {__class__} ago"


def test_the_pseudo_language_stands_out_and_keeps_its_facts() -> None:
    assert words.say("xx", "time.ago", span="Start") == "[Start åĝö]"


def test_a_key_in_two_files_is_an_error(tmp_path: Path) -> None:
    for area in ("one", "two"):
        (tmp_path / f"{area}.en.toml").write_text('a.b = "text"\n', encoding="utf-8")
    with pytest.raises(ValueError, match=r"two\.en\.toml.*a\.b"):
        catalogue.read(tmp_path, "en")
