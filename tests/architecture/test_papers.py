"""What the papers point at is there: clauses, decisions, commands."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CLAUSES = (ROOT / "docs/clauses.md").read_text("utf-8")
PAPERS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
LINK = re.compile(r"(?:\]\(|src=\")(?!https?://|#|mailto:)([^)#\s\"]+)")


def named_in(row: str) -> list[str]:
    """Paths of a row; a bare file name stands in the folder of the one before it."""
    found, folder = [], ""
    for word in re.findall(r"`([\w/.]+(?:\.py|/))`", row):
        path = word if "/" in word else f"{folder}/{word}"
        folder = path.rstrip("/").rpartition("/")[0] if path.endswith(".py") else path.rstrip("/")
        found.append(path)
    return found


ROWS = [line for line in CLAUSES.splitlines() if re.match(r"\| [A-E]\d\d", line)]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[2:5])
def test_every_clause_points_at_a_rule_and_a_proof_that_exist(row: str) -> None:
    cells = row.split("|")
    assert len(cells) == 6
    assert cells[4].strip(), "no proof is named"
    missing = [path for path in named_in(row) if not (ROOT / path).exists()]
    assert missing == []


def test_the_clauses_of_these_parts_are_all_listed() -> None:
    first = {"A01", "A02", "A03", "A11", "D01", "D02", "D03", "D05", "D07"}
    second = {"A09", "A10", "A18", "B04", "B11", "C12", "D04", "E01"}
    wanted = first | second
    assert wanted <= {row[2:5] for row in ROWS}


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_paper_points_at_nothing(paper: Path) -> None:
    targets = LINK.findall(paper.read_text("utf-8"))
    missing = [target for target in targets if not (paper.parent / target).exists()]
    assert missing == []


def test_every_decision_has_a_number_of_its_own() -> None:
    numbers = [path.name[:4] for path in (ROOT / "docs/adr").glob("*.md")]
    assert len(set(numbers)) == len(numbers)
    assert all(number.isdigit() for number in numbers)
