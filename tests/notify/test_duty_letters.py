"""Letters about duty itself: every sentence in both languages, and no longer than wanted."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

import words
from notify import messages
from notify.matter import Matter
from rules import notices as rules
from rules.model import NoticeId, Person, PersonId
from rules.notices import Kind, Standing
from storage.outbox import Notice

NOW = datetime(2026, 6, 15, 1, 2, tzinfo=UTC)
READER = Person(
    id=PersonId(1),
    code="li",
    name="李娜",
    roles=frozenset(),
    all_sites=True,
    site_ids=frozenset(),
    language="zh",
)
FACTS = {
    "who": "Wang Lei",
    "name": "annual meeting",
    "layer": "first",
    "starts_at": "2026-06-20T00:00:00+00:00",
    "ends_at": "2026-06-21T00:00:00+00:00",
    "return_layer": "second",
    "return_starts_at": "2026-06-27T00:00:00+00:00",
    "return_ends_at": "2026-06-28T00:00:00+00:00",
    "text": "wedding",
    "items": ["spare cameras", "contacts"],
}
SAID = [
    *((Kind.SWAP, what) for what in ("offered",)),
    *((Kind.SWAP_NEWS, what) for what in ("accepted", "taken", "declined", "withdrawn", "expired")),
    (Kind.HANDOVER, "written"),
    *((Kind.OCCASION, what) for what in ("due", "overdue", "posted", "stood_down")),
]


def a_notice(kind: Kind, what: str) -> Notice:
    return Notice(
        id=NoticeId(1),
        key="k",
        kind=kind,
        rank=2,
        person_id=READER.id,
        channel="mail",
        target="li@example.com",
        order_id=None,
        fault_id=None,
        site_id=None,
        facts={**FACTS, "what": what},
        state="waiting",
        created_at=NOW,
        not_before=NOW,
        lease=0,
        leased_until=None,
        attempts=0,
        done_at=None,
        text="",
    )


@pytest.mark.parametrize(("kind", "what"), SAID)
@pytest.mark.parametrize("language", words.LANGUAGES)
def test_each_says_what_when_and_where_to_answer(kind: Kind, what: str, language: str) -> None:
    matter = Matter(reader=replace(READER, language=language), home_timezone="Asia/Shanghai")
    link = "https://watch.example.com/duty/swaps#s1"
    text = messages.render(a_notice(kind, what), matter, link, NOW)
    assert "2026-06-20" in text.body
    assert "08:00" in text.body  # on the company's clocks
    assert link in text.body
    assert "wedding" in text.body
    assert "· spare cameras" in text.body
    assert text.subject.startswith("[")


def test_an_offer_answered_and_a_note_read_are_not_sent() -> None:
    over = Standing(settled_at=NOW)
    for kind in (Kind.SWAP, Kind.HANDOVER):
        assert rules.unwanted(kind, READER.id, Standing()) is None
        assert rules.unwanted(kind, READER.id, over) == "settled"
    for kind in (Kind.SWAP_NEWS, Kind.OCCASION):
        assert rules.unwanted(kind, READER.id, over) is None
