"""`[policy]` of the TOML file becomes a `Policy`: every figure known, of its kind, in its range."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from types import MappingProxyType
from typing import Any

from rules.codes import CATALOGUE
from rules.figures import LARGEST, LONGEST_S, Figure, Kind, figure_for, fits
from rules.policy import Limit, Policy
from wiring.problems import Problem

_SHARES = Figure(name="warn_at", group="zone_hours", kind=Kind.SHARES)


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
    figure = figure_for(path, kind_of, old)
    if not fits(figure, given):
        kind = "a whole number" if figure.kind is Kind.WHOLE else "a number"
        bound = "from 0" if figure.from_least else "above 0"
        most = f"{figure.most:.12g}"
        example = f"{figure.last} = {old if old is not None else 4}"
        problems.append(
            Problem(f"policy.{path}", repr(given), f"{kind} {bound} to {most}", example)
        )
        return old
    return given if figure.kind is Kind.WHOLE else float(given)


def _fractions(given: Any, problems: list[Problem]) -> tuple[float, ...]:
    if not fits(_SHARES, given):
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
        if name not in known or not fits(_bounds(name), given):
            accepted = f"a number (seconds from 0) for one of {', '.join(sorted(known))}"
            problems.append(Problem(f"policy.limits.{code}.{name}", repr(given), accepted))
            continue
        fitting[name] = float(given)
    return Limit(**fitting)


def _bounds(name: str) -> Figure:
    seconds = name.endswith("_s")
    least, most = (0, LONGEST_S) if seconds else (-LARGEST, LARGEST)
    return Figure(
        name=name, group="limits", kind=Kind.NUMBER, least=least, from_least=True, most=most
    )
