"""docs/mqtt.md says of every signal what the catalogue makes of it, figure by figure (D02)."""

from pathlib import Path

import pytest

from rules.codes import FLAGS, METRICS, Code
from rules.model import Severity

DOCUMENT = (Path(__file__).parents[2] / "docs/mqtt.md").read_text("utf-8")
_UNITS = {
    "pct": "%", "c": "°C", "dbm": "dBm", "s": "s", "min": "min", "days": "d", "db": "dB",
    "deg": "°", "ohm": "Ω",
}  # fmt: skip
_SPANS = ((86_400, "d"), (3600, "h"), (60, "min"))


def span(seconds: float) -> str:
    for size, name in _SPANS:
        if seconds >= 2 * size or (seconds == size and name == "d"):
            return f"{seconds / size:g} {name}"
    return f"{seconds:g} s" if seconds else "at once"


def times(code: Code) -> str:
    return f", {code.reports} reports" if code.reports > 1 else ""


def severity(code: Code) -> str:
    said = [code.severity.value]
    if code.worse and code.worse_at is not None:
        said.append(f"{code.worse.value} from {code.worse_at:g}")
    if code.worse and code.worse_after_s is not None:
        said.append(f"{code.worse.value} after {span(code.worse_after_s)}")
    if code.worse and code.worse_with:
        beside = ", ".join(f"`{one}`" for one in sorted(code.worse_with))
        said.append(f"{code.worse.value} beside {beside}")
    said += [f"{how.value} on {kind.value}" for kind, how in code.severity_for.items()]
    if code.key_severity:
        said.append(f"{code.key_severity.value} on a key device")
    return "; ".join(said)


def unit(signal: str) -> str:
    return "0-255" if signal == "lqi" else _UNITS.get(signal.rpartition("_")[2], "-")


def of_metric(code: Code) -> str:
    assert code.raise_at is not None
    assert code.clear_at is not None
    bad, good = ("≤", "≥") if code.bad_below else ("≥", "≤")
    size = "size " if code.magnitude else ""
    held = f" for {span(code.raise_after_s)}" if code.raise_after_s else ""
    kept = f" for {span(code.clear_after_s)}" if code.clear_after_s else ""
    cells = (
        f"`{code.signal}`",
        unit(code.signal),
        f"{size}{bad} {code.raise_at:g}{held}{times(code)}",
        f"{good} {code.clear_at:g}{kept}",
        f"`{code.code}`",
        severity(code),
    )
    return f"| {' | '.join(cells)} |"


def of_flag(code: Code) -> str:
    cells = (
        f"`{code.signal}`",
        "true is good" if code.good_when else "true is the fault",
        f"{span(code.raise_after_s)}{times(code)}",
        span(code.clear_after_s),
        f"`{code.code}`",
        severity(code),
    )
    return f"| {' | '.join(cells)} |"


ROWS = [*map(of_metric, METRICS), *map(of_flag, FLAGS)]


@pytest.mark.parametrize("row", ROWS, ids=[f"{c.code}-{c.signal}" for c in (*METRICS, *FLAGS)])
def test_every_signal_stands_in_the_table_as_it_is_judged(row: str) -> None:
    assert row in DOCUMENT


def test_the_tables_hold_nothing_else() -> None:
    tables = DOCUMENT[DOCUMENT.index("## Metrics") : DOCUMENT.index("## Silence")]
    written = [line for line in tables.splitlines() if line.startswith("| `")]
    assert sorted(written) == sorted(ROWS)
    assert Severity.MAJOR.value in tables
