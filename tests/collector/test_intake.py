"""A batch has its effect once or not at all: repeats, poison, conflicts, a dead database."""

import contextlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, text

from collector import batch
from collector.message import Message
from rules.policy import Policy
from storage import faults as fault_rows
from storage import listening, rejects
from storage.db import Database, DatabaseDownError, reading, transaction
from storage.rejects import Reject
from storage.views import rejects as reject_views
from tests.collector.field import Field


def kept(field: Field) -> list[Reject]:
    with reading(field.database) as tx:
        return list(reject_views.newest(tx, limit=50).rows)


def again(message: Message) -> Message:
    """As the broker repeats it."""
    return Message(message.topic, message.body, message.mid, dup=True)


# Exactly one effect


def test_a_repeated_message_whose_number_is_known_is_skipped(field: Field) -> None:
    field.has("cam")
    first, second = field.health("cam", seq=1), field.health("cam", seq=2)
    field.takes(first, second)
    field.takes(again(first), again(second), field.health("cam", seq=3))
    ears = field.ears()
    assert (ears.messages, ears.repeated) == (3, 2)
    assert field.last("cam").seq == 3


def test_it_is_skipped_across_a_restart_too(field: Field) -> None:
    field.has("cam")
    first = field.health("cam", seq=1)
    field.takes(first)
    field.restarts()
    field.takes(again(first))
    assert (field.ears().messages, field.ears().repeated) == (1, 1)


def test_a_number_given_out_again_is_another_message(field: Field) -> None:
    field.has("cam")
    first = field.health("cam", seq=1)
    field.takes(first)
    other = Message(first.topic, b'{"seq": 2}', first.mid, dup=True)
    field.takes(other, Message(first.topic, first.body, first.mid))
    assert (field.ears().messages, field.ears().repeated) == (3, 0)


def test_what_was_never_taken_is_not_skipped_for_being_a_repeat(field: Field) -> None:
    field.has("cam")
    field.takes(again(field.health("cam", seq=9)))
    assert field.last("cam").seq == 9


def test_a_reborn_broker_repeats_without_saying_so(field: Field) -> None:
    """Killed, it goes on from its last save: same packets, same numbers, no DUP."""
    field.has("cam")
    first = field.health("cam", seq=1)
    field.takes(first)
    field.takes(first, reborn=True)
    assert (field.ears().messages, field.ears().repeated) == (1, 1)


def test_a_new_session_counts_its_packets_anew(field: Field) -> None:
    field.has("cam")
    first = field.health("cam", seq=1)
    field.takes(first)
    field.intake.begin_session(None, "", forget=True)
    field.takes(again(first))
    assert (field.ears().messages, field.ears().repeated) == (2, 0)


def test_no_more_pairs_are_kept_than_mqtt_has_numbers(field: Field) -> None:
    field.has("cam")
    said = field.health("cam")
    for start in range(0, listening.MIDS + 20_000, 5000):
        numbers = [mid % listening.MIDS + 1 for mid in range(start, start + 5000)]
        field.takes(*(Message(said.topic, said.body, mid) for mid in numbers))
    with reading(field.database) as tx:
        batches = listening.remembered(tx)
    count = sum(len(pairs) for _, pairs in batches)
    assert listening.MIDS - 5000 <= count <= listening.MIDS + 5000


# Poison


@contextlib.contextmanager
def unkeepable(database: Database, metric: str) -> Iterator[None]:
    """A database that refuses every device state which holds this metric."""
    name = f"%{metric}%"
    if database.sqlite:
        made = f"""CREATE TRIGGER poison BEFORE INSERT ON device_states
            WHEN NEW.metrics LIKE '{name}' BEGIN SELECT RAISE(ABORT, 'unkeepable'); END"""
        gone = "DROP TRIGGER poison"
    else:
        made = f"""ALTER TABLE device_states
            ADD CONSTRAINT poison CHECK (metrics NOT LIKE '{name.replace("%", "%%")}')"""
        gone = "ALTER TABLE device_states DROP CONSTRAINT poison"
    with transaction(database) as tx:
        tx.exec_driver_sql(made)
    try:
        yield
    finally:
        with transaction(database) as tx:
            tx.exec_driver_sql(gone)


def forget_behind_its_back(field: Field, device: str) -> None:
    """The device's row goes, and nobody tells the collector: its faults now point nowhere."""
    device_id = field.id_of(device)
    with transaction(field.database) as tx:
        tx.execute(text("DELETE FROM devices WHERE id = :id"), {"id": device_id})


def test_the_culprit_goes_to_the_rejects_and_the_others_have_their_effect(field: Field) -> None:
    for device in ("a", "gone", "b"):
        field.has(device)
        field.says(device)
    forget_behind_its_back(field, "gone")
    batch = [
        field.message("a", "event", {"code": "RF_JAM", "active": True}),
        field.message("gone", "event", {"code": "BATT_LOW", "active": True}),
        field.health("b", metrics={"luma": 5}),
        field.message("a", "event", {"code": "BATT_LOW", "active": True}),
    ]
    field.takes(*batch)
    assert field.open() == [("a", "BATT_LOW")]
    assert field.last("b").metrics["luma"] == 5
    [culprit] = kept(field)
    assert (culprit.topic, culprit.body) == (batch[1].topic, batch[1].body)
    assert "IntegrityError" in culprit.reason
    assert "Traceback" in culprit.traceback
    assert "fault_rows.add" in culprit.traceback
    ears = field.ears()
    assert (ears.messages, ears.rejected) == (7, 1)
    field.passes(35)
    assert ("a", "RF_JAM") in field.open()  # the timer of a message taken alone runs too


def test_poison_does_not_loop(field: Field) -> None:
    field.has("gone")
    field.says("gone")
    forget_behind_its_back(field, "gone")
    poison = field.message("gone", "event", {"code": "BATT_LOW", "active": True})
    field.takes(poison)
    field.takes(again(poison))
    field.restarts()
    field.takes(again(poison))
    assert len(kept(field)) == 1
    assert field.ears().repeated == 2


def test_what_cannot_be_written_is_a_culprit_too(field: Field) -> None:
    field.has("a")
    field.has("b")
    with unkeepable(field.database, "gremlin"):
        field.takes(
            field.health("a", seq=1, metrics={"luma": 1}),
            field.health("a", seq=2, metrics={"gremlin": 1}),
            field.health("a", seq=3, metrics={"luma": 3}),
            field.health("b", seq=4, metrics={"luma": 4}),
        )
    assert (field.last("a").seq, field.last("a").metrics["luma"]) == (3, 3)
    assert field.last("b").seq == 4
    [culprit] = kept(field)
    assert b"gremlin" in culprit.body
    assert "gremlin" not in field.intake.memory.watched[field.id_of("a")].metrics


def test_a_timer_that_fails_does_not_hold_the_others_up(field: Field) -> None:
    for device in ("a", "gone", "b"):
        field.has(device)
        field.says(device)
    forget_behind_its_back(field, "gone")
    field.passes(minutes=4)
    field.now += timedelta(minutes=2)
    with reading(field.database) as tx:
        found = tx.execute(text("SELECT code FROM faults WHERE cleared_at IS NULL")).all()
    assert [row.code for row in found] == ["DEV_OFFLINE", "DEV_OFFLINE"]


def test_rejects_are_bounded_and_counted(
    database: Database, telemetry: Database, tmp_path: Path
) -> None:
    field = Field(database, telemetry, tmp_path, Policy(rejects_kept=10))
    for _ in range(5):
        field.takes(*(field.message("cam", "health", b"\x00nonsense\xff") for _ in range(7)))
    with reading(database) as tx:
        assert rejects.count(tx) == 10
    assert field.ears().rejected == 35


def test_a_huge_reject_is_cut_and_its_size_told(field: Field) -> None:
    field.takes(field.message("cam", "health", b"x" * 70_000))
    [one] = kept(field)
    assert (len(one.body), one.size) == (rejects.BODY_KEPT, 70_000)
    assert "70000" in one.reason


# Memory and the database


def test_memory_is_untouched_when_the_commit_fails(field: Field) -> None:
    device_id = field.has("cam")
    field.says("cam", seq=1, metrics={"luma": 1})
    before = field.intake.memory.watched[device_id]
    pairs = field.intake._seen._count  # noqa: SLF001 - the other half of memory
    with transaction(field.database) as tx:
        tx.exec_driver_sql("ALTER TABLE seen_batches RENAME TO seen_elsewhere")
    try:
        with pytest.raises(Exception, match="seen_batches"):
            field.says("cam", seq=2, flags={"tamper": True})
    finally:
        with transaction(field.database) as tx:
            tx.exec_driver_sql("ALTER TABLE seen_elsewhere RENAME TO seen_batches")
    assert field.intake.memory.watched[device_id] is before
    assert (before.seq, before.flags) == (1, {})
    assert field.intake._seen._count == pairs  # noqa: SLF001
    field.says("cam", seq=3)
    assert (field.last("cam").seq, field.ears().messages) == (3, 2)


@pytest.mark.parametrize("engine", ["postgresql"])  # SQLite has one writer; the others wait
def test_a_conflict_is_tried_again_at_once(field: Field) -> None:
    """PostgreSQL says 40001 three times, and then lets us through: a sequence never rolls back."""
    field.has("cam")
    with transaction(field.database) as tx:
        tx.exec_driver_sql("CREATE SEQUENCE tries")
        tx.exec_driver_sql(
            """CREATE FUNCTION in_the_way() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF nextval('tries') <= 3 THEN RAISE EXCEPTION 'wait' USING ERRCODE = '40001'; END IF;
            RETURN NEW; END $$"""
        )
        tx.exec_driver_sql(
            """CREATE TRIGGER in_the_way BEFORE INSERT ON seen_batches
            FOR EACH ROW EXECUTE FUNCTION in_the_way()"""
        )
    try:
        field.says("cam", seq=1)
        with reading(field.database) as tx:
            assert tx.scalar(text("SELECT last_value FROM tries")) == 4
    finally:
        with transaction(field.database) as tx:
            tx.exec_driver_sql("DROP TRIGGER in_the_way ON seen_batches")
            tx.exec_driver_sql("DROP FUNCTION in_the_way")
            tx.exec_driver_sql("DROP SEQUENCE tries")
    assert (field.ears().messages, field.ears().rejected) == (1, 0)


# A storm keeps nobody from writing


@contextlib.contextmanager
def cut_off(field: Field, after: int) -> Iterator[list[int]]:
    """The database goes away once `after` transactions have begun; the list counts them."""
    begun: list[int] = []

    def begins(_: object) -> None:
        if len(begun) == after:
            raise DatabaseDownError("gone")
        begun.append(1)

    event.listen(field.database.writer, "begin", begins)
    try:
        yield begun
    finally:
        event.remove(field.database.writer, "begin", begins)


FEW = 4


@pytest.fixture
def soon_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "MOST_TURNS", FEW)


def opened(field: Field) -> int:
    with reading(field.database) as tx:
        return sum(fault.code == "WEAK_PASSWORD" for fault in fault_rows.all_open(tx))


@pytest.mark.usefixtures("soon_full")
def test_a_storm_is_cut_and_what_is_durable_is_not_heard_twice(field: Field) -> None:
    """Others wait ten seconds for a transaction at the most (D05): none opens very many faults."""
    count = 2 * FEW + 2
    for number in range(count):
        field.has(f"cam{number}")
    weak = {"weak_password": True}  # a fault at once
    storm = [field.health(f"cam{number}", flags=weak) for number in range(count)]
    with cut_off(field, after=1), pytest.raises(DatabaseDownError):
        field.takes(*storm)
    assert opened(field) == FEW
    field.restarts()
    with cut_off(field, after=99) as begun:
        field.takes(*(again(message) for message in storm))
    assert len(begun) == 2
    assert opened(field) == count
    assert (field.ears().messages, field.ears().repeated) == (count, FEW)


@pytest.mark.usefixtures("soon_full")
def test_those_who_fall_silent_together_are_judged_in_parts_too(field: Field) -> None:
    count = FEW + 2
    for number in range(count):
        field.has(f"cam{number}", reporting_interval_s=60)
    field.takes(*(field.health(f"cam{number}") for number in range(count)))
    field.sleeps(minutes=10)
    with cut_off(field, after=99) as begun:
        field.rings()
    assert len(begun) == 2
    with reading(field.database) as tx:
        silent = {one.device_id for one in fault_rows.all_open(tx) if one.code == "DEV_OFFLINE"}
    assert len(silent) == count
