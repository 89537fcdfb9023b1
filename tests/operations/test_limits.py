"""A18: a limit of some devices has who, why and when; it is withdrawn, never deleted."""

from datetime import UTC, datetime, timedelta

import pytest

from operations import limits as limit_desk
from operations.limits import Wish
from operations.policy import RefusedError
from rules.limits import Origin, Override, Scope
from rules.model import DeviceId
from rules.permits import Reach
from rules.policy import Limit, Policy
from storage import devices as device_rows
from storage import journal, revision
from storage import limits as limit_rows
from storage.db import Database, reading, transaction
from storage.tables.company import contracts, sites
from storage.views import limits as limit_view
from tests import company as companies
from tests.company import CHEN, Company

NOW = datetime(2026, 6, 15, 2, tzinfo=UTC)

EVERYTHING = Reach(everything=True)
RAISE, CLEAR = "limits.TEMP_HIGH.raise_at", "limits.TEMP_HIGH.clear_at"


@pytest.fixture
def company(database: Database) -> Company:
    with transaction(database) as tx:
        return companies.found(tx, devices=2)


def wish(
    value: str = "55", scope: str = "device", name: str = RAISE, why: str = "hot roof"
) -> Wish:
    return Wish(name=name, scope=scope, typed=value, why=why)


def change(
    database: Database, company: Company, said: Wish, policy: Policy | None = None, after_s: int = 0
) -> Override:
    with transaction(database) as tx:
        device = device_rows.get(tx, company.devices[0])
        assert device is not None
        now = NOW + timedelta(seconds=after_s)
        by = company.id_of(CHEN)
        return limit_desk.change(tx, device, said, policy or Policy(), by=by, now=now)


def given_to(database: Database, device_id: DeviceId) -> dict[str, tuple[float, Origin]]:
    with reading(database) as tx:
        device = device_rows.get(tx, device_id)
        assert device is not None
        everyone = limit_rows.in_force(tx).of(device)
        assert everyone == limit_rows.of_device(tx, device).of(device), (
            "one device or all: the same"
        )
    return {name: (one.value, one.origin) for name, one in everyone.items()}


def test_a_device_has_its_own_and_its_neighbour_the_companys(
    database: Database, company: Company
) -> None:
    with reading(database) as tx:
        before = revision.current(tx)
    made = change(database, company, wish())
    assert given_to(database, company.devices[0]) == {RAISE: (55, Origin.DEVICE)}
    assert given_to(database, company.devices[1]) == {}
    with reading(database) as tx:
        assert revision.current(tx) > before, "the collector takes it up"
        [entry] = journal.of_record(tx, f"limits/device/{company.devices[0]}", limit=9)
    assert entry.verb == "limit_changed"
    assert entry.facts["changes"] == [[RAISE, None, 55]]
    assert (made.why, made.made_by, made.made_at) == ("hot roof", company.id_of(CHEN), NOW)


def test_a_new_one_withdraws_what_stood_and_keeps_it_on_record(
    database: Database, company: Company
) -> None:
    first = change(database, company, wish("55", "type"))
    second = change(database, company, wish("57", "type"), after_s=60)
    with reading(database) as tx:
        about = [(first.scope, first.subject)]
        kept = limit_rows.of_subjects(tx, about, [RAISE])
        assert [one.id for one in limit_view.listed(tx, EVERYTHING, before=None, limit=9)] == [
            second.id
        ]
    assert [(one.value, one.withdrawn_at is None) for one in kept] == [(57, True), (55, False)]
    assert given_to(database, company.devices[1]) == {RAISE: (57, Origin.TYPE)}


def test_withdrawn_gives_back_to_what_is_less_specific(
    database: Database, company: Company
) -> None:
    change(database, company, wish("52", "customer"))
    own = change(database, company, wish("58"))
    assert given_to(database, company.devices[0]) == {RAISE: (58, Origin.DEVICE)}
    with transaction(database) as tx:
        assert limit_desk.withdraw(tx, own.id, by=company.id_of(CHEN), now=NOW)
        assert limit_desk.withdraw(tx, own.id, by=company.id_of(CHEN), now=NOW) is None
        assert limit_desk.withdraw(tx, 999, by=company.id_of(CHEN), now=NOW) is None
    assert given_to(database, company.devices[0]) == {RAISE: (52, Origin.CUSTOMER)}


@pytest.mark.parametrize(
    ("said", "field"),
    [
        (wish(value="warm"), "value"),
        (wish(value="1e99"), "value"),
        (wish(value="40"), "value"),  # below the limit from which it is good again
        (wish(why="x"), "why"),
        (wish(scope="world"), "scope"),
        (wish(scope="model"), "scope"),  # nobody wrote its model down
        (wish(name=CLEAR, value="50"), "value"),
    ],
)
def test_what_has_no_sense_is_refused_beside_its_field(
    database: Database, company: Company, said: Wish, field: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        change(database, company, said)
    assert list(refused.value.wrong) == [field]
    assert given_to(database, company.devices[0]) == {}


def test_the_same_again_is_refused(database: Database, company: Company) -> None:
    change(database, company, wish())
    with pytest.raises(RefusedError):
        change(database, company, wish())


def test_no_figure_of_that_name(database: Database, company: Company) -> None:
    with pytest.raises(KeyError):
        change(database, company, wish(name="zone_hours.ring1"))


def test_days_of_recordings_come_from_the_site_else_its_contract(
    database: Database, company: Company
) -> None:
    name = "limits.REC_RETENTION_LOW.raise_at"
    with transaction(database) as tx:
        device_rows.change(tx, company.devices[0], {"type": "recorder"})
        tx.execute(contracts.update().values(retention_days=90))
    found = given_to(database, company.devices[0])
    with transaction(database) as tx:
        agreed = tx.scalar(sites.select().with_only_columns(sites.c.contract_id))
        assert found == ({name: (90, Origin.CONTRACT)} if agreed else {})
        tx.execute(sites.update().values(retention_days=180))
    assert given_to(database, company.devices[0]) == {name: (180, Origin.SITE)}


def test_where_each_figure_stands_for_a_device(database: Database, company: Company) -> None:
    change(database, company, wish("58", "type"))
    policy = Policy(limits={"TEMP_HIGH": Limit(raise_at=53, clear_after_s=60)})
    with reading(database) as tx:
        device = device_rows.get(tx, company.devices[0])
        assert device is not None
        given = limit_rows.of_device(tx, device).of(device)
        assert limit_desk.subjects_of(tx, device).keys() == {
            Scope.TYPE, Scope.CUSTOMER, Scope.DEVICE,
        }  # fmt: skip
    found = {
        one.figure.last: (one.value, one.origin)
        for one in limit_desk.standings("TEMP_HIGH", policy, given)
    }
    assert found == {
        "raise_at": (58, Origin.TYPE),
        "clear_at": (45, Origin.CATALOGUE),
        "raise_after_s": (900, Origin.CATALOGUE),
        "clear_after_s": (60, Origin.POLICY),
    }
