"""Who bears more of the rota than the others. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from rules.model import PersonId
from rules.oncall import mean
from rules.rota_quality import Load

MEASURES = ("hours", "nights", "weekends", "holidays")


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A person's load of the rota, and how far it is from the mean, in per cent of it."""

    person_id: PersonId
    load: Load
    off: Mapping[str, float]


def shares(loads: Mapping[PersonId, Load], among: Collection[PersonId]) -> list[Share]:
    """Against the mean of all who share the rota, who bears most hours first."""
    everyone = {who: loads.get(who, Load()) for who in {*loads, *among}}
    means = {name: mean([getattr(one, name) for one in everyone.values()]) for name in MEASURES}
    found = [
        Share(person_id=who, load=load, off=_off(load, means)) for who, load in everyone.items()
    ]
    return sorted(found, key=lambda one: (-one.load.hours, one.person_id))


def _off(load: Load, means: Mapping[str, float | None]) -> dict[str, float]:
    return {n: 100 * (getattr(load, n) / usual - 1) for n, usual in means.items() if usual}
