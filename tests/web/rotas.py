"""Turns and a decision above them, for tests of pages."""

from datetime import timedelta

from operations import rota as rota_desk
from rules.duty import Span
from rules.model import Layer, Role
from rules.rotations import Override, Rotation, Turns
from storage.db import Tx
from tests.web.conftest import START, House

TONIGHT = {
    "layer": "first",
    "person": "",
    "starts": "2026-06-15T20:00",
    "ends": "2026-06-16T08:00",
    "reason": "at the doctor's",
}
TURNS = {
    "name": "Weeks",
    "layer": "first",
    "kind": "weekly",
    "turn_days": "7",
    "days": "every",
    "handover": "08:00",
    "starts_on": "2026-06-15",
    "member": "1",
}
SAVE = {"step": "save"}


def a_rotation(tx: Tx, house: House) -> int:
    """The engineer takes every day, from today on."""
    daily = Rotation(
        name="Days",
        layer=Layer.FIRST,
        kind=Turns.DAILY,
        turn_days=1,
        members=(house.people[Role.ENGINEER],),
        starts_on=START.date(),
    )
    return rota_desk.plan(tx, daily, by=house.people[Role.HEAD], now=START)


def an_override(tx: Tx, house: House) -> Override:
    """Nobody stands first for a day, on purpose."""
    span = Span(starts_at=START, ends_at=START + timedelta(days=1))
    by = house.people[Role.HEAD]
    return rota_desk.override(tx, Layer.FIRST, None, span, by=by, now=START, reason="a fair")
