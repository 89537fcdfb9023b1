"""Planned work: it begins by itself, with who answers for it, or says that it did not."""

from datetime import UTC, datetime, timedelta

import pytest

from operations import maintenance as maintenance_desk
from operations import planned_maintenance as planned_desk
from operations.maintenance import Subject, Wish
from operations.refusals import NotNowError
from rules.maintenance import Planned, Scope, Window
from rules.policy import Policy
from scheduler.tick import tick
from storage import journal
from storage import maintenance as window_rows
from storage import people as people_rows
from storage import planned_maintenance as planned_rows
from storage.db import Database, Tx, reading, transaction
from tests import company as companies
from tests.company import CHEN, WANG, Company

NOW = datetime(2026, 6, 15, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)
SUNDAY = NOW + timedelta(days=6)


@pytest.fixture
def company(database: Database) -> Company:
    with transaction(database) as tx:
        return companies.found(tx)


def plans(
    database: Database, company: Company, at: datetime = SUNDAY, hours: float = 8, **said: str
) -> Planned:
    """The head plans it for Wang."""
    with transaction(database) as tx:
        wish = Wish(
            owner_id=company.id_of(WANG),
            reason=said.get("reason", "new recorder"),
            until=at + timedelta(hours=hours),
        )
        return planned_desk.plan(tx, _subject(tx, company), wish, at, company.id_of(CHEN), NOW)


def _subject(tx: Tx, company: Company) -> Subject:
    found = maintenance_desk.subject_of(tx, Scope.SITE, company.site_id)
    assert found is not None
    return found


def ticks(database: Database, at: datetime) -> list[Window]:
    tick(database, Policy(), lambda: at)
    with reading(database) as tx:
        return window_rows.running(tx)


def verbs(database: Database) -> list[str]:
    with reading(database) as tx:
        told = journal.after(tx, 0, NOW - HOUR)
    return [entry.verb for entry in told if entry.verb.startswith("maintenance")]


def test_it_begins_at_its_hour_for_whom_it_was_planned(
    database: Database, company: Company
) -> None:
    plans(database, company)
    assert ticks(database, SUNDAY - timedelta(seconds=1)) == []
    [window] = ticks(database, SUNDAY)
    assert (window.owner_id, window.reason) == (company.id_of(WANG), "new recorder")
    assert (window.starts_at, window.ends_at) == (SUNDAY, SUNDAY + 8 * HOUR)
    assert ticks(database, SUNDAY + 8 * HOUR) == []
    assert verbs(database) == ["maintenance_planned", "maintenance_started", "maintenance_over"]


def test_cancelled_it_never_begins(database: Database, company: Company) -> None:
    planned = plans(database, company)
    with transaction(database) as tx:
        planned_desk.cancel(tx, planned.id, company.id_of(WANG), NOW)
    with transaction(database) as tx, pytest.raises(NotNowError, match="begun"):
        planned_desk.cancel(tx, planned.id, company.id_of(WANG), NOW)
    assert ticks(database, SUNDAY + HOUR) == []
    assert verbs(database) == ["maintenance_planned", "maintenance_cancelled"]


def test_where_it_runs_already_it_lasts_until_the_later_end(
    database: Database, company: Company
) -> None:
    plans(database, company)
    begun = SUNDAY - HOUR
    with transaction(database) as tx:
        by = company.id_of(CHEN)
        wish = Wish(owner_id=by, reason="began before", until=begun + 2 * HOUR)
        maintenance_desk.start(tx, _subject(tx, company), wish, by, begun)
    [window] = ticks(database, SUNDAY)
    assert (window.reason, window.ends_at) == ("began before", SUNDAY + 8 * HOUR)


def test_what_cannot_begin_says_so(database: Database, company: Company) -> None:
    """Its people have left, or we were away until it was over."""
    plans(database, company)
    with transaction(database) as tx:
        people_rows.leave(tx, company.id_of(WANG), NOW)
    assert ticks(database, SUNDAY) == []
    assert verbs(database)[-1] == "maintenance_not_begun"
    with reading(database) as tx:
        assert planned_rows.ahead(tx, limit=1) == []


@pytest.mark.parametrize(
    ("at", "hours", "reason", "field"),
    [
        (NOW, 1, "x", "starts_at"),
        (NOW + timedelta(days=400), 1, "x", "starts_at"),
        (SUNDAY, 8.5, "x", "until"),
        (SUNDAY, 0, "x", "until"),
        (SUNDAY, 1, " ", "reason"),
        (SUNDAY + 7 * HOUR, 8, "x", "starts_at"),  # another is planned there
    ],
)
def test_what_is_refused_names_its_field(
    database: Database, company: Company, at: datetime, hours: float, reason: str, field: str
) -> None:
    plans(database, company)
    with pytest.raises(NotNowError) as refused:
        plans(database, company, at, hours, reason=reason)
    assert refused.value.field == field
