"""Each figure of the policy by its name: what it may be, what it is, and how it is set (A18).

Names are those of the settings: `ladder.again_s`, `zone_hours.ring1`, `limits.TEMP_HIGH.raise_at`.
"""

import math
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, is_dataclass, replace
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Any, TypeAlias

from rules.codes import CATALOGUE, Code, Sign
from rules.policy import Limit, Policy

Value: TypeAlias = float | tuple[float, ...] | None

LONGEST_S = 366 * 86_400
LARGEST = 10_000_000.0
LIMITS = ("raise_at", "clear_at", "raise_after_s", "clear_after_s")
_MOST = {"s": LONGEST_S, "hours": 366 * 24, "days": 3660, "m": 100_000, "pct": 100}
_MAY_BE_ZERO = frozenset(
    {
        "hold.at_most_s",
        "hold.grace_s",
        "silence.will_held_s",
        "silence.back_for_s",
        "ring_warning_m",
    }
)
_GROUPS = {
    "warn_at": "zone_hours",
    "ring_warning_m": "zone_hours",
    "minor_order_after_days": "hold",
    "appointment_notice_s": "ladder",
    "contact_card_settle_s": "rota",
    "inspection_run_points": "inspections",
    "inspection_point_s": "inspections",
}
HOUSE = "house"
_SPANS_S = {
    **dict.fromkeys(("s", "sec", "秒"), 1),
    **dict.fromkeys(("min", "m", "分", "分钟"), 60),
    **dict.fromkeys(("h", "小时", "时"), 3600),
    **dict.fromkeys(("d", "天", "日"), 86_400),
}


class Kind(StrEnum):
    NUMBER = "number"
    WHOLE = "whole"
    SHARES = "shares"  # rising parts of a time, as warnings come


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure and what it may be. `least` itself is allowed only if `from_least`."""

    name: str
    group: str
    kind: Kind
    unit: str = ""  # s, hours, days, m, pct, or nothing
    least: float = 0
    from_least: bool = False
    most: float = LARGEST
    default: Value = None

    @property
    def code(self) -> str:
        """The kind of fault it is a limit of; empty for the others."""
        return self.name.split(".")[1] if self.name.startswith("limits.") else ""

    @property
    def last(self) -> str:
        return self.name.rsplit(".", 1)[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfit:
    """Why a figure is refused: a message id and what fills its blanks."""

    id: str
    facts: dict[str, Any] = field(default_factory=dict)


@cache
def every() -> tuple[Figure, ...]:
    """All figures there are, in the order of the policy; limits of faults last."""
    return (*_figures_of(Policy(), ""), *_limits())


def find(name: str) -> Figure | None:
    return _by_name().get(name)


@cache
def _by_name() -> dict[str, Figure]:
    return {one.name: one for one in every()}


def figure_for(path: str, kind_of: Any, default: Value) -> Figure:
    """What `path` may be, told from its name: its last word is its unit."""
    unit = "hours" if path.startswith("zone_hours.") else path.rsplit("_", 1)[-1]
    unit = unit if unit in _MOST else ""
    return Figure(
        name=path,
        group=_GROUPS.get(path, path.split(".", maxsplit=1)[0] if "." in path else HOUSE),
        kind=Kind.WHOLE if kind_of is int else Kind.NUMBER,
        unit=unit,
        from_least=path in _MAY_BE_ZERO,
        most=_MOST.get(unit, LARGEST),
        default=default,
    )


def fits(figure: Figure, given: Any) -> bool:
    """Is it of the figure's kind and within its bounds?"""
    if figure.kind is Kind.SHARES:
        return _rising(given)
    if not _number(given) or (figure.kind is Kind.WHOLE and not isinstance(given, int)):
        return False
    enough = given >= figure.least if figure.from_least else given > figure.least
    return bool(enough and given <= figure.most)


def read(figure: Figure, typed: str) -> Value | Unfit:
    """What a person typed: `4`, `0.5`, for spans also `5 min`, for shares `50 % 75 % 100 %`."""
    plain = unicodedata.normalize("NFKC", typed).strip()
    given = _shares(plain) if figure.kind is Kind.SHARES else _figure(figure, plain)
    if given is None or not fits(figure, given):
        return Unfit(id=f"policy.unfit.{_accepted(figure)}", facts=_bounds(figure))
    return given


def value_of(policy: Policy, name: str) -> Value:
    """The figure as `policy` has it; for a limit it does not name, the catalogue's."""
    figure = find(name)
    if figure is not None and figure.code:
        limit = policy.limits.get(figure.code, Limit())
        own: float | None = getattr(limit, figure.last)
        return figure.default if own is None else own
    value: Any = policy
    for part in name.split("."):
        value = getattr(value, part)
    return value  # type: ignore[no-any-return]


def with_value(policy: Policy, name: str, value: Value) -> Policy:
    """The policy with one figure changed. Raises `KeyError` for a name it does not have."""
    if find(name) is None:
        raise KeyError(name)
    parts = name.split(".")
    changed: dict[str, Any] = {parts[-1]: value}
    if parts[0] == "limits":
        limit = replace(policy.limits.get(parts[1], Limit()), **changed)
        return replace(policy, limits=MappingProxyType({**policy.limits, parts[1]: limit}))
    if len(parts) == 1:
        return replace(policy, **changed)
    outer: dict[str, Any] = {parts[0]: replace(getattr(policy, parts[0]), **changed)}
    return replace(policy, **outer)


def contradiction(policy: Policy, name: str) -> Unfit | None:
    """A figure may be fine alone and senseless beside its neighbour: good before it is bad."""
    figure = find(name)
    if figure is None or figure.last not in {"raise_at", "clear_at"}:
        return None
    bad, good = (value_of(policy, f"limits.{figure.code}.{x}") for x in ("raise_at", "clear_at"))
    if not isinstance(bad, float | int) or not isinstance(good, float | int):
        return None
    below = CATALOGUE[figure.code].bad_below
    if bad < good if below else bad > good:
        return None
    which = "below" if below else "above"
    return Unfit(id=f"policy.unfit.{which}", facts={"bad": f"{bad:g}", "good": f"{good:g}"})


def _figures_of(part: Any, place: str) -> Iterator[Figure]:
    for one in fields(part):
        path, default = f"{place}{one.name}", getattr(part, one.name)
        if is_dataclass(default):
            yield from _figures_of(default, f"{path}.")
        elif _number(default) or one.type == float | None:
            yield figure_for(path, one.type, default)
        elif _rising(default):
            group = _GROUPS.get(path, HOUSE)
            yield Figure(name=path, group=group, kind=Kind.SHARES, default=default)


def _limits() -> Iterator[Figure]:
    """Those of a code's limits that its sign gives a sense."""
    for code in sorted(CATALOGUE.values(), key=lambda code: code.code):
        for last in apt(code):
            seconds = last.endswith("_s")
            yield Figure(
                name=f"limits.{code.code}.{last}",
                group="limits",
                kind=Kind.NUMBER,
                unit="s" if seconds else "",
                least=0 if seconds else -LARGEST,
                from_least=True,
                most=LONGEST_S if seconds else LARGEST,
                default=getattr(code, last),
            )


def apt(code: Code) -> tuple[str, ...]:
    """The figures of a limit that have a sense for this code."""
    match code.sign:
        case Sign.METRIC:
            return LIMITS
        case Sign.FLAG | Sign.EVENT:
            return LIMITS[2:]
        case Sign.PATTERN:
            counts = (last for last in LIMITS[:2] if getattr(code, last) is not None)
            return (*counts, *(last for last in LIMITS[2:] if getattr(code, last)))
        case _:
            return ()  # silence has figures of its own, a person none


def _number(given: Any) -> bool:
    return isinstance(given, int | float) and not isinstance(given, bool) and math.isfinite(given)


def _rising(given: Any) -> bool:
    if not isinstance(given, list | tuple) or not given or not all(_number(one) for one in given):
        return False
    return list(given) == sorted(set(given)) and 0 < given[0] <= given[-1] <= 1


def _figure(figure: Figure, plain: str) -> float | int | None:
    digits = plain.rstrip("smhdeicn秒分钟小时天日 ").strip()
    span = plain[len(digits) :].strip()
    if span and (figure.unit != "s" or span not in _SPANS_S):
        return None
    if figure.unit == "pct":
        digits = digits.removesuffix("%")
    try:
        given = float(digits)
    except ValueError:
        return None
    if not math.isfinite(given):
        return None
    given *= _SPANS_S.get(span, 1)
    return int(given) if figure.kind is Kind.WHOLE and given.is_integer() else given


def _shares(plain: str) -> tuple[float, ...] | None:
    """Percents, whatever stands between them."""
    for mark in "%,;、":
        plain = plain.replace(mark, " ")
    try:
        return tuple(round(float(one) / 100, 4) for one in plain.split())
    except ValueError:
        return None


def _accepted(figure: Figure) -> str:
    if figure.kind is Kind.NUMBER and figure.unit == "s":
        return "span"
    return figure.kind.value


def _bounds(figure: Figure) -> dict[str, Any]:
    return {"least": f"{figure.least:.12g}", "most": f"{figure.most:.12g}"}
