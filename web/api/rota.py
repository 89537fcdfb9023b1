"""Who is on duty: at an instant, and shift by shift over a span; gaps with their reason."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, Field

from operations import duty as duty_desk
from operations import rota as rota_desk
from operations.duty import OnDuty
from rules import rotations as turns
from rules.duty import Span
from rules.model import Layer, PersonId
from rules.permits import Verb
from rules.rotations import HORIZON_DAYS, Gap, Slot
from storage.db import reading
from storage.views import names
from web.api.asked import Filter
from web.api.callers import RotaReader
from web.api.problems import refused
from web.wired import Wired

router = APIRouter(tags=["rota"])

LONGEST = timedelta(days=100)
NEAREST, FURTHEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


class Asked(Filter):
    """Without `at`: now."""

    at: AwareDatetime | None = None


class AskedSpan(Filter):
    """Without `from` and `to`: from now until the rota's horizon."""

    from_: AwareDatetime | None = Field(None, alias="from")
    to: AwareDatetime | None = None


class Standing(BaseModel):
    """`person` is a code; without one `gap` says why nobody stands."""

    layer: Layer
    person: str | None
    gap: Gap | None


class Called(BaseModel):
    """Whom a fault of this moment would call, stand-ins for gaps among them; codes of people."""

    first: str | None
    second: str | None
    lead: str | None
    head: str | None
    deputy: str | None
    nobody_on_duty: bool


class Rota(BaseModel):
    """`written`: as it was at the time; else as it follows from what is planned now."""

    at: datetime
    written: bool
    layers: list[Standing]
    called_now: Called


class Shift(Standing):
    from_: datetime = Field(serialization_alias="from")
    to: datetime


class Shifts(BaseModel):
    """By layer, then by time; every instant of the span stands in exactly one of each layer."""

    from_: datetime = Field(serialization_alias="from")
    to: datetime
    items: list[Shift]


@router.get("/rota")
def rota(parts: Wired, caller: RotaReader, asked: Annotated[Asked, Query()]) -> Rota:
    caller.must(Verb.SEE_ROTA)
    at = (asked.at or caller.now).astimezone(UTC)
    if not NEAREST <= at < FURTHEST:
        raise refused(("at", at.isoformat(), "api.accepts.instant"))
    with reading(parts.database) as tx:
        found = rota_desk.at(tx, at, caller.now).values()
        called = duty_desk.on_duty(tx, caller.now)
        codes = names.codes_of_people(tx, [slot.person_id for slot in found])
    return Rota(
        at=at,
        written=at < caller.now,
        layers=[_standing(slot, codes) for slot in found],
        called_now=_called(called),
    )


@router.get("/rota/shifts")
def shifts(parts: Wired, caller: RotaReader, asked: Annotated[AskedSpan, Query()]) -> Shifts:
    caller.must(Verb.SEE_ROTA)
    begins = (asked.from_ or caller.now).astimezone(UTC)
    ends = (asked.to or begins + timedelta(days=HORIZON_DAYS)).astimezone(UTC)
    if not (NEAREST <= begins < ends < FURTHEST and ends - begins <= LONGEST):
        raise refused(("from", begins.isoformat(), "api.accepts.days"), n=LONGEST.days)
    span = Span(starts_at=begins, ends_at=ends)
    with reading(parts.database) as tx:
        found = rota_desk.standing(tx, span, caller.now)
        codes = names.codes_of_people(tx, [slot.person_id for slot in found])
    joined = [slot for layer in Layer for slot in turns.within(found, layer, span)]
    return Shifts(from_=begins, to=ends, items=[_shift(slot, codes) for slot in joined])


def _shift(slot: Slot, codes: dict[PersonId, str]) -> Shift:
    standing = _standing(slot, codes)
    return Shift(
        layer=standing.layer,
        person=standing.person,
        gap=standing.gap,
        from_=slot.starts_at,
        to=slot.ends_at,
    )


def _standing(slot: Slot, codes: dict[PersonId, str]) -> Standing:
    person = codes[slot.person_id] if slot.person_id is not None else None
    return Standing(layer=slot.layer, person=person, gap=slot.gap)


def _called(found: OnDuty) -> Called:
    codes = {
        layer: person.code if person else None for layer in Layer for person in [found.of(layer)]
    }
    return Called(
        first=codes[Layer.FIRST],
        second=codes[Layer.SECOND],
        lead=codes[Layer.LEAD],
        head=codes[Layer.HEAD],
        deputy=codes[Layer.DEPUTY],
        nobody_on_duty=found.nobody_on_duty,
    )
