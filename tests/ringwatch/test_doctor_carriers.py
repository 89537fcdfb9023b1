"""The doctor looks at SMS and calls: receipts, and numbers no maker takes."""

from pathlib import Path

import pytest

import words
from ringwatch import doctor_carriers
from storage import people as people_rows
from storage.db import Database, transaction
from tests import company as companies
from tests.company import LI, WANG
from tests.notify import makers
from tests.web.conftest import TurnedClock
from wiring.in_force import Figures
from wiring.parts import Parts
from wiring.settings import Settings


def looked(database: Database, folder: Path, kind: str, **given: str) -> list[tuple[str, str, str]]:
    url = makers.address(kind, "127.0.0.1:9", folder)
    if given.pop("hook", "yes") == "no":
        url = url.partition("&hook_file")[0]
    settings = Settings.model_validate(
        {"data": folder, "channel": [{"name": "sms", "providers": [url]}], **given}
    )
    parts = Parts(
        settings=settings,
        database=database,
        telemetry=database,
        figures=Figures(settings.policy),
        clock=TurnedClock(),
    )
    return [
        (how, what, words.say("en", f"house.doctor.{what}", **facts))
        for how, what, facts in doctor_carriers.look(parts)
    ]


@pytest.mark.parametrize(
    ("kind", "given", "found"),
    [
        ("twilio+sms", {}, ("odd", "carrier_no_url")),
        ("twilio+sms", {"public_url": "https://w.example.com"}, ("good", "carrier_signed")),
        ("aliyun+sms", {"public_url": "https://w.example.com"}, ("good", "carrier_hook")),
        (
            "tencent+voice",
            {"public_url": "https://w.example.com", "hook": "no"},
            ("odd", "carrier_no_hook"),
        ),
    ],
)
def test_whether_a_maker_can_tell_us(
    database: Database, tmp_path: Path, kind: str, given: dict[str, str], found: tuple[str, str]
) -> None:
    ((how, what, said),) = looked(database, tmp_path, kind, **given)
    assert (how, what) == found
    assert makers.HOOK_SECRET not in said
    if what == "carrier_hook":
        assert "https://w.example.com/hooks/from/aliyun-sms-" in said


def test_whose_number_no_maker_takes(database: Database, tmp_path: Path) -> None:
    with transaction(database) as tx:
        firm = companies.found(tx)
        for who, number in ((LI, "13800138000"), (WANG, "+8613900139000")):
            people_rows.change(tx, firm.id_of(who), {"channels": [["sms", number]]})
    found = looked(database, tmp_path, "twilio+sms", public_url="https://w.example.com")
    assert [(how, what) for how, what, _ in found[1:]] == [("bad", "carrier_number")]
    assert found[1][2].endswith("Li.")
