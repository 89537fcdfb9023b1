"""An ordinary run asks the same questions every time, on every machine; only a search varies."""

import ast
import importlib.util
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import MORE, ORDINARY, SEARCH, searching

TESTS = Path(__file__).parents[1]
LEFT_OUT = {TESTS / "examples.py", Path(__file__), TESTS / "servers.py"}  # ports are as they are


@cache
def _calls() -> list[tuple[str, ast.Call]]:
    return [*_calls_where_chance_is()]


def _calls_where_chance_is() -> Iterator[tuple[str, ast.Call]]:
    for path in TESTS.rglob("*.py"):
        text = path.read_text("utf-8")
        if path not in LEFT_OUT and ("hypothesis" in text or "import random" in text):
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.Call):
                    yield f"{path.relative_to(TESTS)}:{node.lineno}", node


def test_nobody_throws_dice_without_a_seed() -> None:
    named = ((where, ast.unparse(call.func), call) for where, call in _calls())
    assert [
        where
        for where, name, call in named
        if name.startswith("random.") and (name != "random.Random" or not call.args)
    ] == []


def test_no_property_chooses_for_itself_how_hard_it_is_looked_at() -> None:
    """Numbers of examples go through `examples`, so that a search has more of them."""
    words = ((where, word) for where, call in _calls() for word in call.keywords)
    assert [
        where
        for where, word in words
        if (word.arg in {"derandomize", "database"} and isinstance(word.value, ast.Constant))
        or (word.arg == "max_examples" and not ast.unparse(word.value).startswith("examples("))
    ] == []


def test_an_ordinary_run_is_the_same_again_and_a_search_is_not() -> None:
    ordinary, search = settings.get_profile(ORDINARY), settings.get_profile(SEARCH)
    assert (ordinary.derandomize, ordinary.database) == (True, None)
    assert not search.derandomize
    assert search.max_examples == MORE * ordinary.max_examples


@pytest.mark.skipif(searching(), reason="a search takes its examples from all that is loaded")
def test_examples_do_not_depend_on_what_else_is_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _drawn()
    written = tmp_path / "loaded_elsewhere.py"
    written.write_text(f"NUMBERS = {[*range(5_000, 6_000)]}\n")
    spec = importlib.util.spec_from_file_location(written.stem, written)
    assert spec is not None
    monkeypatch.setitem(sys.modules, written.stem, importlib.util.module_from_spec(spec))
    assert _drawn() == before


def _drawn() -> list[int]:
    found: list[int] = []

    @given(st.lists(st.integers(), min_size=20))
    def look(numbers: list[int]) -> None:
        found.extend(numbers)

    look()
    return found
