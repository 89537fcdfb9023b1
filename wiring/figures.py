"""`[policy]` of the TOML file becomes a `Policy`: every figure known, of its kind, in its range."""

import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from types import MappingProxyType
from typing import Any

from rules.codes import CATALOGUE
from rules.policy import Limit, Policy
from wiring.problems import Problem

_MAY_BE_ZERO = {
    "hold.at_most_s",
    "hold.grace_s",
    "silence.will_held_s",
    "silence.back_for_s",
    "ring_warning_m",
}
_LONGEST_S = 366 * 86400
_MOST = {"s": _LONGEST_S, "hours": 366 * 24, "days": 3660, "m": 100_000}


class FigureError(Exception):
    """Settings that are right each for itself but not together."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def policy_from(table: Any) -> tuple[Policy, list[Problem]]:
    """Build the policy `table` asks for, and what is wrong with it."""
    problems: list[Problem] = []
    if not isinstance(table, Mapping):
        return Policy(), [Problem("policy", repr(table), "a table", "[policy]")]
    return _filled(Policy(), table, "", problems), problems


def _filled(default: Any, table: Mapping[str, Any], place: str, problems: list[Problem]) -> Any:
    known = {one.name: one.type for one in fields(default)}
    changes: dict[str, Any] = {}
    for name, given in table.items():
        path = f"{place}{name}"
        if name not in known:
            accepted = ", ".join(sorted(known))
            problems.append(Problem(f"policy.{path}", repr(given), f"one of {accepted}"))
            continue
        old = getattr(default, name)
        if path == "limits":
            changes[name] = _limits(given, problems)
        elif is_dataclass(old) and isinstance(given, Mapping):
            changes[name] = _filled(old, given, f"{path}.", problems)
        elif is_dataclass(old):
            problems.append(Problem(f"policy.{path}", repr(given), "a table", f"[policy.{path}]"))
        elif path == "warn_at":
            changes[name] = _fractions(given, problems)
        else:
            changes[name] = _figure(path, given, (old, known[name]), problems)
    return replace(default, **changes)


def _figure(path: str, given: Any, was: tuple[Any, Any], problems: list[Problem]) -> Any:
    old, kind_of = was
    least = 0 if path in _MAY_BE_ZERO else math.ulp(0)
    unit = path.rsplit("_", 1)[-1]
    unit = "hours" if path.startswith("zone_hours.") else unit
    most = _MOST.get(unit, 10_000_000)
    whole = kind_of is int
    fits = _number(given) and least <= given <= most and (not whole or isinstance(given, int))
    if not fits:
        kind = "a whole number" if whole else "a number"
        bound = "from 0" if least == 0 else "above 0"
        example = f"{path.rsplit('.', 1)[-1]} = {old if old is not None else 4}"
        problems.append(
            Problem(f"policy.{path}", repr(given), f"{kind} {bound} to {most}", example)
        )
        return old
    return given if whole else float(given)


def _number(given: Any) -> bool:
    return isinstance(given, int | float) and not isinstance(given, bool) and math.isfinite(given)


def _fractions(given: Any, problems: list[Problem]) -> tuple[float, ...]:
    fits = isinstance(given, list | tuple) and given and all(_number(one) for one in given)
    if not fits or list(given) != sorted(set(given)) or not 0 < given[0] <= given[-1] <= 1:
        problems.append(
            Problem(
                "policy.warn_at",
                repr(given),
                "rising parts of the time, above 0 to 1",
                "warn_at = [0.5, 0.75, 1.0]",
            )
        )
        return Policy().warn_at
    return tuple(float(one) for one in given)


def _limits(given: Any, problems: list[Problem]) -> Mapping[str, Limit]:
    limits: dict[str, Limit] = {}
    if not isinstance(given, Mapping):
        problems.append(Problem("policy.limits", repr(given), "a table", "[policy.limits.BATTERY]"))
        return limits
    for code, table in given.items():
        if code not in CATALOGUE or not isinstance(table, Mapping):
            problems.append(
                Problem(
                    f"policy.limits.{code}",
                    repr(table),
                    f"a table for one of the codes {', '.join(sorted(CATALOGUE))}",
                )
            )
            continue
        limits[code] = _limit(code, table, problems)
    return MappingProxyType(limits)


def _limit(code: str, table: Mapping[str, Any], problems: list[Problem]) -> Limit:
    known = {one.name for one in fields(Limit)}
    fitting: dict[str, float] = {}
    for name, given in table.items():
        time_wrong = name.endswith("_s") and _number(given) and not 0 <= given <= _LONGEST_S
        if name not in known or not _number(given) or time_wrong:
            accepted = f"a number (seconds from 0) for one of {', '.join(sorted(known))}"
            problems.append(Problem(f"policy.limits.{code}.{name}", repr(given), accepted))
            continue
        fitting[name] = float(given)
    return Limit(**fitting)
