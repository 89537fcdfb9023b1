"""Sheets of one month at the site of the house, each standing elsewhere, and fingers on them."""

import base64
import io
from dataclasses import dataclass
from datetime import datetime, timedelta

from PIL import Image, ImageDraw
from starlette.testclient import TestClient

from operations import faults as fault_desk
from operations import inspections as inspection_desk
from operations.faults import Finding
from rules.causes import Verdict
from rules.inspections import Answer, InspectionId, Item, Point, Result, Sheet, Stand
from rules.model import DeviceId, DeviceType, Fault, Role, Severity, SiteId
from storage import devices as device_rows
from storage import inspections as inspection_rows
from storage import journal, states
from storage.db import Tx, reading, transaction
from storage.states import LastWord
from tests import inspected
from tests.web.conftest import START, House

WELL = Answer(result=Result.NORMAL)
BAD = Answer(result=Result.ABNORMAL, note="护罩开裂")
SITE = SiteId(1)
SIGNED = "ab" * 32
HTMX = {"HX-Request": "true"}


@dataclass
class Walk:
    """One sheet, and what a test asks of it."""

    house: House
    id: InspectionId

    @property
    def sheet(self) -> Sheet:
        with reading(self.house.parts.database) as tx:
            return inspected.sheet_of(tx, self.id)

    def stands(self) -> Stand:
        return self.sheet.inspection.stand

    def item(self, code: str, key: str) -> Item:
        return inspected.item_of(self.point(code), key)

    @property
    def address(self) -> str:
        return f"/inspections/{self.id}"

    def point(self, code: str) -> Point:
        return inspected.point_of(self.sheet, code)

    def at(self, code: str) -> str:
        return f"{self.address}/points/{self.point(code).id}"

    def everything(self, *, minutes: float = 3) -> None:
        """Every point is normal, walked at a person's pace."""
        with transaction(self.house.parts.database) as tx:
            for point in self.sheet.points:
                self.house.clock.passes(minutes=minutes)
                now, me = self.house.clock(), self.house.people[Role.ENGINEER]
                inspection_desk.answer_point(tx, point.id, WELL, me, self.house.parts.policy, now)

    def finished(self) -> None:
        """And the sheet is finished."""
        self.everything()
        with transaction(self.house.parts.database) as tx:
            me, now = self.house.people[Role.ENGINEER], self.house.clock()
            inspection_desk.finish(tx, self.id, "", me, self.house.parts.policy, now)

    def signed(self) -> None:
        self.finished()
        with transaction(self.house.parts.database) as tx:
            inspection_desk.sign(tx, self.id, "刘强", SIGNED, self.house.clock())

    def issued(self) -> None:
        self.signed()
        with transaction(self.house.parts.database) as tx:
            inspection_desk.issue(tx, self.id, self.house.people[Role.HEAD], self.house.clock())


def planned(house: House, code: str = "V", devices: int = 3) -> Walk:
    """A system of that code with a recorder and cameras, and this month's inspection of it."""
    with transaction(house.parts.database) as tx:
        system = inspected.a_system(tx, SITE, code)
        inspected.a_device(tx, SITE, system, f"{code}-nvr", DeviceType.RECORDER)
        for number in range(devices):
            inspected.a_device(tx, SITE, system, f"{code}-{number}", DeviceType.CAMERA)
        _heard(tx, house.clock())
        inspection_desk.plan(tx, house.clock())
        one = inspection_rows.of_system(tx, system)[-1]
    return Walk(house, one.id)


def begun(house: House, code: str = "V", devices: int = 3) -> Walk:
    walk = planned(house, code, devices)
    with transaction(house.parts.database) as tx:
        inspection_desk.start(tx, walk.id, house.people[Role.ENGINEER], house.clock())
    return walk


def is_offline(
    house: House, code: str, *, since: timedelta, until: timedelta | None = None
) -> Fault:
    """The monitor found the device offline so long ago."""
    with transaction(house.parts.database) as tx:
        device = next(one for one in device_rows.of_site(tx, SITE) if one.code == code)
        now = house.clock()
        seen = Finding(
            device_id=device.id,
            site_id=SITE,
            code="DEV_OFFLINE",
            point="",
            severity=Severity.MAJOR,
            opened_at=now - since,
            why="silence",
            evidence={},
            verdict=Verdict(why="own_evidence"),
        )
        fault = fault_desk.open_found(tx, seen, house.parts.policy, now - since)
        if until is not None:
            fault_desk.clear(tx, fault.id, "speaks_again", house.parts.policy, now - until)
        return fault


def _heard(tx: Tx, now: datetime) -> None:
    """Every device has just said that it is well."""
    ids = [DeviceId(one.id) for one in device_rows.of_site(tx, SITE)]
    states.put_all(
        tx, [LastWord(device_id=one, wire_state="online", last_heard_at=now) for one in ids]
    )


def a_photo(shade: int = 90, kind: str = "JPEG") -> bytes:
    """A phone's photo, held upright, with the place it was taken in it."""
    image = Image.effect_noise((1600, 1200), shade).convert("RGB")
    notes = Image.Exif()
    notes[0x0112] = 6
    notes[0x010F] = "SECRETPHONE"
    into = io.BytesIO()
    image.save(into, kind, exif=notes)
    return into.getvalue()


def a_signature() -> str:
    glass = Image.new("RGB", (900, 400), (255, 255, 255))
    ImageDraw.Draw(glass).line([(100, 300), (400, 80), (700, 260)], fill=(0, 0, 0), width=5)
    into = io.BytesIO()
    glass.save(into, "PNG")
    return "data:image/png;base64," + base64.b64encode(into.getvalue()).decode()


def say(browser: TestClient, address: str, word: str, **form: object) -> str:
    answer = browser.post(address, data={"say": word, **form}, headers=HTMX)
    assert answer.status_code in {200, 422, 409}, answer.status_code
    return answer.text


def told_in(house: House) -> list[journal.Entry]:
    with reading(house.parts.database) as tx:
        return journal.after(tx, 0, START - timedelta(days=400), limit=1000)
