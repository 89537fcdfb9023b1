"""A report is a promise: printed, signed, filed and sent once, whatever happens (B04, D04)."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from operations import documents as document_desk
from reports import signing
from reports.signing import Seal
from rules.documents import Document, Kind, Language
from scheduler import sending
from scheduler.printing import LEASE, Press
from storage import alerts, deadlines, journal, outbox
from storage import documents as document_rows
from storage import people as people_rows
from storage import sites as site_rows
from storage.db import Database, Tx, reading, transaction
from storage.deadlines import Kind as Promise
from tests import company as companies
from tests import inspected
from tests.company import CHEN, LI
from tests.mailbox import Mailbox
from tests.storage.assets import a_customer
from tests.waiting import until
from tests.web.conftest import TurnedClock
from wiring.in_force import Figures
from wiring.parts import Parts
from wiring.settings import Settings


class Office:
    """A company with one finished inspection, a customer's contact, and a press of its own."""

    def __init__(self, parts: Parts, clock: TurnedClock, *, contact: bool = True) -> None:
        self.parts, self.clock = parts, clock
        with transaction(parts.database) as tx:
            self.company = companies.found(tx, channels=1)
            system = inspected.under_contract(tx, self.company)
            if contact:
                _add_contact(tx)
            sheet = inspected.begun(tx, system, self.company.id_of(LI), clock())
            now = inspected.walk(tx, sheet, self.company.id_of(LI), clock())
            inspected.issued(tx, sheet.inspection.id, now)
            self.inspection = inspected.sheet_of(tx, sheet.inspection.id).inspection
        clock.at = now

    def filed(self) -> list[Document]:
        with reading(self.parts.database) as tx:
            return document_rows.of_subject(tx, Kind.INSPECTION, self.inspection.id)

    def owed(self) -> list[deadlines.Deadline]:
        with reading(self.parts.database) as tx:
            of_it = deadlines.of_subject(tx, "inspection", self.inspection.id)
        return [one for one in of_it if one.kind is Promise.RENDER]

    def told(self) -> list[tuple[str, str]]:
        """(kind, person's code) of every notice about a document."""
        with reading(self.parts.database) as tx:
            waiting = outbox.due(tx, self.clock() + timedelta(days=1), each=50)
            return [
                (one.kind, _code(tx, one.person_id))
                for one in waiting
                if "document_id" in one.facts
            ]


def _code(tx: Tx, person_id: Any) -> str:
    person = people_rows.get(tx, person_id)
    assert person is not None
    return person.code


def _add_contact(tx: Tx) -> None:
    row = {
        "code": "zhou",
        "name": "周敏",
        "roles": ["customer"],
        "customer_id": 1,
        "channels": [["mail", "zhou@customer.example"]],
        "language": "zh",
    }
    people_rows.add(tx, [row])


@pytest.fixture
def clock() -> TurnedClock:
    return TurnedClock(inspected.NOW)


@pytest.fixture
def parts(database: Database, telemetry: Database, tmp_path: Path, clock: TurnedClock) -> Parts:
    settings = Settings(data=tmp_path)
    return Parts(
        settings=settings,
        database=database,
        telemetry=telemetry,
        figures=Figures(settings.policy),
        clock=clock,
    )


@pytest.fixture
def office(parts: Parts, clock: TurnedClock) -> Office:
    return Office(parts, clock)


@pytest.fixture(scope="module")
def press() -> Iterator[Press]:
    """One for all tests: its worker is warm after the first."""
    made = Press()
    yield made
    made.close()


def test_an_issued_sheet_becomes_a_signed_file_in_the_archive(office: Office, press: Press) -> None:
    assert office.filed() == []
    assert press.look(office.parts) == 1
    (document,) = office.filed()
    content = office.parts.files.get(document.file)
    assert hashlib.sha256(content).hexdigest() == document.file
    seen = signing.examine(content)
    assert seen.seal is Seal.WHOLE
    assert seen.fingerprint == document.certificate
    assert (document.size, document.language) == (len(content), Language.ZH)
    assert document.number == f"MI-202611-{office.inspection.id}"
    assert office.owed() == []
    assert office.told() == [("document", "zhou")]
    assert press.look(office.parts) == 0


def test_nobody_to_send_to_is_told_to_the_head(
    parts: Parts, clock: TurnedClock, press: Press
) -> None:
    """D04: sent, not only offered; a customer without a contact may not go unnoticed."""
    office = Office(parts, clock, contact=False)
    press.look(parts)
    assert office.told() == [("unaddressed", "chen")]


def test_two_presses_file_one_report(office: Office, press: Press) -> None:
    other = Press()
    threads = [Thread(target=one.look, args=(office.parts,)) for one in (press, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other.close()
    assert len(office.filed()) == 1
    assert office.told() == [("document", "zhou")]


def test_whoever_died_while_printing_leaves_a_lease_that_runs_out(
    office: Office, press: Press
) -> None:
    with transaction(office.parts.database) as tx:
        assert deadlines.lease(tx, office.owed()[0], office.clock() + LEASE)
    assert press.look(office.parts) == 0
    office.clock.at += LEASE
    assert press.look(office.parts) == 1
    assert len(office.filed()) == 1


def test_who_comes_too_late_with_a_finished_print_files_nothing(office: Office) -> None:
    """The lease ran out while the slow one printed; another filed it meanwhile."""
    quick = Press()

    class Slow(Press):
        def _print(self, parts: Parts, leased: deadlines.Deadline) -> bool:
            office.clock.at += LEASE + timedelta(seconds=1)
            assert quick.look(parts) == 1
            return super()._print(parts, leased)

    slow = Slow()
    assert slow.look(office.parts) == 0
    assert len(office.filed()) == 1
    assert office.told() == [("document", "zhou")]
    slow.close()
    quick.close()


def test_what_cannot_be_printed_comes_again_and_pages_at_the_third_time(
    office: Office, press: Press
) -> None:
    hidden = office.parts.settings.keys_folder
    hidden.mkdir()
    (hidden / "report.pem").write_text("no key")
    for failures in (1, 2, 3):
        assert press.look(office.parts) == 0
        (owed,) = office.owed()
        assert owed.failures == failures
        assert "no private key" in owed.last_error
        office.clock.at = owed.due_at
    with reading(office.parts.database) as tx:
        assert [one.code for one in alerts.open_ones(tx)] == ["MON_DEADLINE_FAILED"]
    (hidden / "report.pem").unlink()
    assert press.look(office.parts) == 1
    with reading(office.parts.database) as tx:
        assert alerts.open_ones(tx) == []


def test_a_print_that_never_ends_is_given_up_and_comes_again(office: Office, press: Press) -> None:
    hasty = Press(limit_s=0.001)
    assert hasty.look(office.parts) == 0
    hasty.close()
    (owed,) = office.owed()
    assert (owed.failures, "not done within" in owed.last_error) == (1, True)
    office.clock.at = owed.due_at
    assert press.look(office.parts) == 1


def test_a_copy_in_another_language_is_a_document_of_its_own_and_not_sent(
    office: Office, press: Press
) -> None:
    press.look(office.parts)
    with transaction(office.parts.database) as tx:
        by = office.company.id_of(CHEN)
        for language in (Language.EN, Language.BOTH):
            document_desk.order_copy(tx, office.inspection.id, language, by, office.clock())
    assert press.look(office.parts) == 2
    numbers = [one.number for one in office.filed()]
    first = f"MI-202611-{office.inspection.id}"
    assert sorted(numbers) == [first, f"{first}-EN", f"{first}-ZH+EN"]
    assert office.told() == [("document", "zhou")]
    with transaction(office.parts.database) as tx:
        document_desk.order_copy(tx, office.inspection.id, Language.EN, by, office.clock())
    press.look(office.parts)
    assert office.filed()[-1].number == f"{first}-EN-R2"
    assert len({one.file for one in office.filed()}) == 4


def test_a_copy_is_for_the_customer_of_the_first_print(office: Office, press: Press) -> None:
    """C12: the site may have changed hands meanwhile; the sheet has not."""
    press.look(office.parts)
    with transaction(office.parts.database) as tx:
        other = a_customer(tx, "K-9")
        site_rows.change(tx, office.company.site_id, {"customer_id": other})
        by = office.company.id_of(CHEN)
        document_desk.order_copy(tx, office.inspection.id, Language.EN, by, office.clock())
    press.look(office.parts)
    first, copy = office.filed()
    assert copy.customer_id == first.customer_id != other


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_the_customer_receives_the_very_file_by_mail(
    parts: Parts, clock: TurnedClock, press: Press, mailbox: Mailbox
) -> None:
    """D04: the PDF is sent; the ledger says that the server took it."""
    provider = f"smtp://127.0.0.1:{mailbox.port}/?from=watch@example.com"
    channel = [{"name": "mail", "providers": [provider]}]
    settings = Settings.model_validate({"data": parts.settings.data, "channel": channel})
    parts = Parts(
        settings=settings,
        database=parts.database,
        telemetry=parts.telemetry,
        figures=parts.figures,
        clock=clock,
    )
    office = Office(parts, clock)
    press.look(parts)
    (document,) = office.filed()
    with sending.at_work(parts):
        until(lambda: len(mailbox.received) > 0)
        until(lambda: _sent(parts.database))
    (letter,) = [one for one in mailbox.received if one["To"] == "zhou@customer.example"]
    (attached,) = letter.iter_attachments()
    assert attached.get_filename() == f"{document.number}.pdf"
    content = attached.get_content()
    assert hashlib.sha256(content).hexdigest() == document.file
    body = letter.get_body()
    assert body is not None
    text = body.get_content()
    assert f"/verify/{document.public_id}" in text
    assert "/documents/" not in text  # the reader has no login


def _sent(database: Database) -> bool:
    with reading(database) as tx:
        told = [entry.verb for entry in journal.after(tx, 0, inspected.NOW)]
        return "document_sent" in told and not outbox.due(
            tx, inspected.NOW + timedelta(days=2), each=9
        )
