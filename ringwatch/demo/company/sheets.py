"""One sheet of the demo's past: planned, walked, compared, signed and issued at its own time."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from operations import sheets
from ringwatch.demo.company import findings, walks
from ringwatch.demo.company.past import Cast, Incident, Visit
from ringwatch.demo.company.records import INSPECTED, Chronicle
from ringwatch.demo.company.tales import ACCEPTED_BY, Ending, Tale
from ringwatch.demo.company.walks import Known, Said
from rules.inspections import InspectionId, Picture, Result, Sheet
from rules.model import ClockSource, DeviceId, Fault, PersonId, Role
from rules.policy import Policy
from storage import backfill, checklists, inspection_photos, inspection_plans
from storage import faults as fault_rows
from storage import inspections as inspection_rows
from storage import people as people_rows
from storage.db import Tx
from storage.files import Files
from storage.inspection_plans import Planned
from storage.journal import Entry

_POLICY = Policy()
_MINUTE = timedelta(minutes=1)
_ISSUED_AT_HOUR = 10  # of the next morning
_UNSIGNED_SHARE = 0.06


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """By whom and from when; how far it went.

    `blind`: the device he did not really look at, at `blind_at`. `until`: in work still.
    """

    by: PersonId
    begun: datetime
    blind: DeviceId | None = None
    blind_at: datetime | None = None
    until: datetime | None = None
    signed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    tx: Tx
    readings: Tx
    files: Files


class Sheets:
    """Writes sheets as of the time they were made."""

    def __init__(self, stores: Stores, chronicle: Chronicle, cast: Cast) -> None:
        self._tx, self._stores = stores.tx, stores
        self._chronicle, self._sites = chronicle, cast.sites
        self._devices = {one.id: one for one in cast.devices}
        self._drawn: dict[str, str] = {}
        self._head = people_rows.with_role(self._tx, Role.HEAD)[0].id

    def make(self, planned: Planned, how: How, now: datetime) -> InspectionId:
        """The whole way, as far as it goes before `now`."""
        sheet = self._frozen(planned, how)
        seed = f"{planned.system_id}/{planned.period}"
        begun, told = self._walked(sheet, how, seed)
        self._begin(sheet, how.by, begun)
        told = [said for said in told if how.until is None or said.at <= how.until]
        self._answer(sheet, told, how.by)
        if how.until is None:
            self._close(sheet, how, told[-1].at, now)
        return sheet.inspection.id

    def _frozen(self, planned: Planned, how: How) -> Sheet:
        (number,) = inspection_plans.add(self._tx, [planned], how.begun - timedelta(days=40))
        inspection = inspection_rows.get(self._tx, number)
        assert inspection is not None  # noqa: S101 - it was just planned
        version = sheets.freeze(self._tx, inspection)
        inspection_rows.change(self._tx, number, checklist_version=version)
        sheet = inspection_rows.sheet(self._tx, number)
        assert sheet is not None  # noqa: S101 - as above
        return sheet

    def _walked(self, sheet: Sheet, how: How, seed: str) -> tuple[datetime, list[Said]]:
        ids = [point.device_id for point in sheet.points if point.device_id]
        day = timedelta(days=1)
        known = Known(
            checklist=checklists.of(sheet.inspection.checklist_version),
            devices=self._devices,
            faults=fault_rows.lived(self._tx, ids, how.begun - 2 * day, how.begun + 2 * day),
            blind=how.blind,
            careful=how.until is None,
        )
        begun = how.begun
        if how.blind_at:
            tried = walks.walk(sheet, known, begun, seed)
            looked = next(said.at for said in tried if said.point.device_id == how.blind)
            begun = how.blind_at - (looked - begun)
        return begun, walks.walk(sheet, known, begun, seed)

    def _begin(self, sheet: Sheet, by: PersonId, at: datetime) -> None:
        inspection_rows.change(
            self._tx,
            sheet.inspection.id,
            frozen_at=at,
            started_at=at,
            started_by=by,
            assignee_id=by,
        )
        self._say(sheet, "inspection_started", by, at)

    def _answer(self, sheet: Sheet, told: Sequence[Said], by: PersonId) -> None:
        seen = {said.fault.id: said.fault for said in told if said.fault}
        rows = []
        for said in told:
            fault = seen[said.fault.id] if said.fault else None
            if said.found:
                fault = self._found(sheet, said, by)
                self._photograph(said, by)
            rows.append(_row(said, fault, by))
        backfill.put_answers(self._tx, rows)

    def _found(self, sheet: Sheet, said: Said, by: PersonId) -> Fault:
        """The finder stands before it: an order he repairs on the spot."""
        assert said.found is not None  # noqa: S101 - the caller looked
        note, cause, remedy = said.found
        device_id = said.point.device_id or next(p.device_id for p in sheet.points if p.device_id)
        evidence = {"item": said.item.item, "note": note, "inspection_id": sheet.inspection.id}
        evidence["subject"] = "" if said.point.device_id else said.point.type
        dice = random.Random(f"{said.point.id}")  # noqa: S311 - a show, no secret
        done = said.at + dice.randrange(12, 55) * _MINUTE
        return self._chronicle.record(
            Incident(
                tale=Tale(
                    code=INSPECTED,
                    types=frozenset(),
                    ending=Ending.VISIT,
                    weight=0,
                    why="inspected",
                    evidence={
                        **evidence,
                        "subject": "" if said.point.device_id else said.point.type,
                    },
                ),
                device=self._devices[device_id],
                site=self._sites[sheet.inspection.site_id],
                severity=checklists.newest().check(said.point.type, said.item.item).severity,
                source=ClockSource.MONITOR,
                opened_at=said.at,
                cleared_at=done,
                visit=Visit(
                    first=by,
                    second=by,
                    head=self._head,
                    received_at=said.at,
                    departed_at=said.at,
                    arrived_at=said.at,
                    diagnosed_at=said.at + 4 * _MINUTE,
                    diagnosis=cause,
                    repaired_at=done - _MINUTE,
                    repair=remedy,
                    verified_at=done,
                    left_at=done + _MINUTE,
                    accepted_by=dice.choice(ACCEPTED_BY),
                    closed_at=done + 3 * _MINUTE,
                ),
            )
        )

    def _photograph(self, said: Said, by: PersonId) -> None:
        local = said.at.astimezone(ZoneInfo("Asia/Shanghai"))
        dice = random.Random(f"photo/{said.point.id}")  # noqa: S311 - as above
        taken = findings.scene(dice, f"{local:%Y-%m-%d %H:%M}")
        picture = Picture(
            file=self._stores.files.put(taken.jpeg),
            fingerprint=taken.fingerprint,
            width=taken.width,
            height=taken.height,
            caption=said.answer.note,
        )
        inspection_photos.add(self._tx, said.point, picture, by, said.at)

    def _close(self, sheet: Sheet, how: How, last: datetime, now: datetime) -> None:
        number, at = sheet.inspection.id, last + 6 * _MINUTE
        dice = random.Random(f"close/{number}")  # noqa: S311 - as above
        walked = inspection_rows.sheet(self._tx, number)
        assert walked is not None  # noqa: S101 - it stands
        doubted = sheets.compare(self._tx, walked, _POLICY, at, self._stores.readings)
        remarks = dice.choice(findings.REMARKS)
        inspection_rows.change(
            self._tx, number, finished_at=at, finished_by=how.by, remarks=remarks
        )
        self._say(sheet, "inspection_finished", how.by, at, doubted=doubted)
        if not how.signed:
            return
        at += 9 * _MINUTE
        self._sign(sheet, how.by, at, dice)
        issued_at = self._next_morning(sheet, at)
        if not doubted and issued_at < now:
            columns = {"issued_at": issued_at, "decided_at": issued_at, "decided_by": self._head}
            inspection_rows.change(self._tx, number, **columns)
            self._say(sheet, "inspection_issued", self._head, issued_at)

    def _sign(self, sheet: Sheet, by: PersonId, at: datetime, dice: random.Random) -> None:
        number = sheet.inspection.id
        if dice.random() < _UNSIGNED_SHARE:
            inspection_rows.change(self._tx, number, unsigned_reason=findings.UNSIGNED)
            self._say(sheet, "inspection_unsigned", by, at, reason=findings.UNSIGNED)
            return
        name = dice.choice(ACCEPTED_BY)
        drawn = self._signature(name)
        inspection_rows.change(self._tx, number, signer_name=name, signature=drawn, signed_at=at)
        self._say(sheet, "inspection_signed", None, at, name=name)

    def _signature(self, name: str) -> str:
        """Everybody signs as he always does."""
        if name not in self._drawn:
            hand = random.Random(name)  # noqa: S311 - as above
            self._drawn[name] = self._stores.files.put(findings.signature(hand))
        return self._drawn[name]

    def _next_morning(self, sheet: Sheet, at: datetime) -> datetime:
        zone = ZoneInfo(self._sites[sheet.inspection.site_id].timezone)
        local = at.astimezone(zone) + timedelta(days=1)
        return local.replace(hour=_ISSUED_AT_HOUR, minute=12, second=0).astimezone(at.tzinfo)

    def _say(
        self, sheet: Sheet, verb: str, by: PersonId | None, at: datetime, **facts: Any
    ) -> None:
        one = sheet.inspection
        self._chronicle.add(
            Entry(
                at=at,
                actor="person",
                verb=verb,
                person_id=by,
                site_id=one.site_id,
                record=f"inspections/{one.id}",
                facts={"period": one.period, "inspection_id": one.id, **facts},
            )
        )


def _row(said: Said, fault: Fault | None, by: PersonId) -> Mapping[str, Any]:
    abnormal = said.answer.result is Result.ABNORMAL
    return {
        "item_id": said.item.id,
        "result": said.answer.result,
        "note": said.answer.note,
        "value": said.answer.value,
        "checked_at": said.at,
        "checked_by": by,
        "fault_id": fault.id if fault and abnormal else None,
        "order_id": fault.order_id if fault and abnormal else None,
    }
