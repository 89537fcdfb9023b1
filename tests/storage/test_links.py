"""Personal links: known to their receiver alone, gone after a day."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from storage import links
from storage.db import Database, transaction
from storage.tables.night import personal_links
from tests import company
from tests.company import LI

NOW = datetime(2026, 6, 15, 1, 0, tzinfo=UTC)
DAY = timedelta(hours=24)


def test_a_link_is_found_until_it_expires(database: Database) -> None:
    with transaction(database) as tx:
        person_id = company.found(tx).id_of(LI)
        token = links.create(tx, person_id, "order", 5, None, NOW, NOW + DAY)
        link = links.find(tx, token, NOW + DAY - timedelta(seconds=1))
        assert link
        assert (link.person_id, link.subject_kind, link.subject_id) == (person_id, "order", 5)
        assert links.find(tx, token, NOW + DAY) is None
        assert links.find(tx, token + "x", NOW) is None
        assert links.find(tx, "", NOW) is None
        kept = tx.execute(select(personal_links)).mappings().one()
    assert token not in {str(value) for value in kept.values()}


def test_the_first_use_is_kept(database: Database) -> None:
    with transaction(database) as tx:
        person_id = company.found(tx).id_of(LI)
        token = links.create(tx, person_id, "alert", 5, None, NOW, NOW + DAY)
        link = links.find(tx, token, NOW)
        assert link
        assert link.used_at is None
        links.use(tx, link.id, NOW + timedelta(minutes=1))
        links.use(tx, link.id, NOW + timedelta(minutes=2))
        used = links.find(tx, token, NOW)
    assert used
    assert used.used_at == NOW + timedelta(minutes=1)
