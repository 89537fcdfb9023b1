"""Somebody answers a page by mail: a real letter by SMTP, a real answer read by IMAP (A02, D05)."""

import email
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from email.message import EmailMessage, Message
from pathlib import Path

import pytest

from operations import alerts as alert_desk
from operations import drills as drill_desk
from operations import ladder
from operations import work_orders as order_desk
from operations.drills import Wish
from rules.model import PersonId, WorkOrder
from rules.policy import Policy
from scheduler import sending
from scheduler.mail_replies import UNREAD, Postman
from storage import alerts as alert_rows
from storage import drills as drill_rows
from storage import journal, ledger
from storage import people as people_rows
from storage import replies as reply_rows
from storage import work_orders as order_rows
from storage.db import Database, reading, transaction
from storage.outbox import Notice
from tests import company as companies
from tests.company import CHEN, LI, WANG, Company
from tests.imap import Dovecot, an_answer, dovecot
from tests.mailbox import Mailbox, opened
from tests.notify.desk import PATIENCE_S
from tests.waiting import until
from wiring.clock import SteadyClock
from wiring.in_force import Figures
from wiring.parts import Parts
from wiring.settings import Settings

POLICY = Policy()
REAL = SteadyClock()


@pytest.fixture(scope="module")
def imap() -> Iterator[Dovecot]:
    with dovecot() as server:
        yield server


@dataclass
class Night:
    """A company whose people have mail; an order nobody has taken; the postman between."""

    parts: Parts
    company: Company
    order: WorkOrder
    post: Mailbox
    imap: Dovecot
    ahead: timedelta = field(default_factory=timedelta)
    postman: Postman = field(default_factory=Postman)

    def __post_init__(self) -> None:
        self.parts = replace(self.parts, clock=lambda: REAL() + self.ahead)

    def letter_to(self, who: str, subject: str = "") -> EmailMessage:
        """What lies in that person's mail box, the newest whose subject says this."""

        def _found() -> list[EmailMessage]:
            mine = [one for one in self.post.received if one["To"] == f"{who}@mail"]
            return [one for one in mine if subject in str(one["Subject"])]

        return until(_found)[-1]

    def answers(self, text: str, who: str = LI, **more: str) -> None:
        """That person answers the last letter; the postman comes round."""
        to = str(self.letter_to(who)["Message-ID"])
        self.imap.receives(an_answer(text, to=to, **{"sender": f"{who}@mail", **more}))
        self.comes_round()

    def comes_round(self) -> None:
        self.ahead += timedelta(seconds=20)
        self.postman.look(self.parts)

    def order_now(self) -> WorkOrder:
        with reading(self.parts.database) as tx:
            found = order_rows.get(tx, self.order.id)
        assert found
        return found

    def notices(self, kind: str = "page") -> list[Notice]:
        with reading(self.parts.database) as tx:
            return [one for one in ledger.newest(tx, limit=500) if one.kind == kind][::-1]

    def became(self) -> list[str]:
        with reading(self.parts.database) as tx:
            found = [reply_rows.of_notice(tx, one.id) for one in ledger.newest(tx, limit=500)]
            return [one.result for several in found for one in several]


@pytest.fixture
def night(
    database: Database, telemetry: Database, tmp_path: Path, imap: Dovecot
) -> Iterator[Night]:
    with opened(Mailbox()) as post:
        yield from _night(database, telemetry, tmp_path, imap, post)


def _night(
    database: Database, telemetry: Database, folder: Path, imap: Dovecot, post: Mailbox
) -> Iterator[Night]:
    settings = Settings.model_validate(
        {
            "data": folder,
            "channel": [
                {
                    "name": "mail",
                    "providers": [f"smtp://127.0.0.1:{post.port}/?from=watch@example.com"],
                }
            ],
            "mail_replies": {"mailbox": imap.url, "address": "answers@example.com"},
        }
    )
    with transaction(database) as tx:
        company = companies.found(tx, channels=1)
        order = companies.breaks(tx, company, 0, POLICY, REAL())
    parts = Parts(
        settings=settings,
        database=database,
        telemetry=telemetry,
        figures=Figures(POLICY),
        clock=REAL,
    )
    night = Night(parts=parts, company=company, order=order, post=post, imap=imap)
    sender = sending.sender(night.parts)
    sender.start()
    try:
        yield night
    finally:
        sender.stop(within_s=PATIENCE_S)


def test_one_word_by_mail_takes_the_order_and_silences_every_channel(night: Night) -> None:
    letter = night.letter_to(LI)
    assert letter["Reply-To"] == "answers@example.com"
    assert "回复本邮件" in letter.get_content()
    with transaction(night.parts.database) as tx:  # the ladder has called the second one too
        ladder.climb(tx, night.order_now(), POLICY, night.parts.clock() + timedelta(minutes=11))
    night.answers("收到，马上去")
    order = night.order_now()
    assert order.received_by == night.company.id_of(LI)
    with reading(night.parts.database) as tx:
        said = next(e for e in journal.of_order(tx, order.id) if e.verb == "acknowledged")
    assert said.facts["how"] == "mail"
    until(lambda: {one.state for one in night.notices()} <= {"sent", "silenced"})
    assert "已记录" in night.letter_to(LI, "回复").get_content()


def test_two_and_a_reason_passes_it_on(night: Night) -> None:
    night.answers("2 发烧了")
    assert night.order_now().received_by is None
    assert {one.person_id for one in night.notices()} == {
        night.company.id_of(LI),
        night.company.id_of(WANG),
    }
    with reading(night.parts.database) as tx:
        told = [e for e in journal.of_order(tx, night.order.id) if e.verb == "declined"]
    assert [e.facts["reason"] for e in told] == ["发烧了"]
    assert "正在呼叫下一位" in night.letter_to(LI, "回复").get_content()


def test_the_head_s_yes_to_the_report_arranges_it(night: Night) -> None:
    night.answers("ok", who=CHEN)
    assert night.order_now().arranged_by == night.company.id_of(CHEN)
    assert night.order_now().received_by is None
    assert "仍会呼叫值班人员" in night.letter_to(CHEN, "回复").get_content()  # as it does


def test_the_head_asked_again_still_arranges_and_takes_nothing(night: Night) -> None:
    """His yes to the letter that explains how to answer is a yes to the report (A02)."""
    first = str(night.letter_to(CHEN)["Message-ID"])
    night.imap.receives(an_answer("哪个站？", to=first, sender=f"{CHEN}@mail"))
    night.comes_round()
    told = night.letter_to(CHEN, "回复")
    night.imap.receives(an_answer("1", to=str(told["Message-ID"]), sender=f"{CHEN}@mail"))
    night.comes_round()
    order = night.order_now()
    assert (order.arranged_by, order.received_by) == (night.company.id_of(CHEN), None)


def test_each_mail_once_whoever_else_reads_the_box(night: Night) -> None:
    """Read by a colleague first, and looked at again by a postman who remembers nothing."""
    letter = an_answer("2 ill", to=str(night.letter_to(LI)["Message-ID"]))
    night.imap.receives(letter)
    night.imap.read_by_somebody()
    night.comes_round()
    pages = len(night.notices())
    night.imap.receives(letter)
    night.postman = Postman()
    night.comes_round()
    assert night.became() == ["done"]
    assert len(night.notices()) == pages


def test_what_is_not_understood_is_answered_once_and_calls_go_on(night: Night) -> None:
    first = str(night.letter_to(LI)["Message-ID"])
    for number in range(3):
        night.imap.receives(an_answer(f"what is this? {number}", to=first))
    night.comes_round()
    assert "1、ok、ack" in night.letter_to(LI, "回复").get_content()
    assert len(night.notices("answer")) == 1
    assert night.order_now().received_by is None
    night.answers("1")  # to the very letter that explains it
    assert night.order_now().received_by == night.company.id_of(LI)


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"X_Auto_Response_Suppress": "All"},
        {"Precedence": "bulk"},
        {"X_Autoreply": "yes"},
    ],
)
def test_an_automatic_reply_acknowledges_nothing(night: Night, headers: dict[str, str]) -> None:
    night.answers("ok", **headers)
    assert night.order_now().received_by is None
    assert night.became() == ["automatic"]
    assert night.notices("answer") == []  # nothing that could go back and forth


def test_only_from_an_address_of_their_own(night: Night) -> None:
    to = str(night.letter_to(LI)["Message-ID"])
    night.imap.receives(an_answer("1", to=to, sender="mallory@mail"))
    night.comes_round()
    assert night.order_now().received_by is None
    assert night.became() == ["stranger"]
    with transaction(night.parts.database) as tx:
        people_rows.change(tx, night.company.id_of(LI), {"email": "Li.Private@Example.com"})
    night.imap.receives(an_answer("1", to=to, sender="li.private@example.com"))
    night.comes_round()
    assert night.order_now().received_by == night.company.id_of(LI)


@pytest.mark.parametrize("token", ["0" * 40, "f" * 40, ""])
def test_without_a_token_of_ours_a_mail_says_nothing(night: Night, token: str) -> None:
    page = next(one for one in night.notices() if one.person_id == night.company.id_of(LI))
    guessed = f"<notice-{page.id}-{int(page.created_at.timestamp())}.{token}@example.com>"
    night.imap.receives(an_answer("1", to=guessed))
    night.comes_round()
    assert night.order_now().received_by is None
    assert night.became() == []


def test_after_a_day_the_token_is_gone(night: Night) -> None:
    night.letter_to(LI)
    night.ahead += timedelta(hours=25)
    night.answers("1")
    assert night.order_now().received_by is None


def test_somebody_was_faster(night: Night) -> None:
    night.letter_to(LI)
    with transaction(night.parts.database) as tx:
        by = night.company.id_of(WANG)
        order_desk.acknowledge(tx, night.order.id, by, night.parts.clock())
    night.answers("1")
    assert "Wang 已接单" in night.letter_to(LI, "回复").get_content()


def test_an_alert_of_our_own_is_seen_by_mail(night: Night) -> None:
    with transaction(night.parts.database) as tx:
        now = night.parts.clock()
        alert = alert_desk.raise_alert(tx, "MON_DISK_FULL", "data", {}, POLICY, now)
    assert alert
    to = str(night.letter_to(LI, "自身告警")["Message-ID"])
    night.imap.receives(an_answer("1", to=to))
    night.comes_round()
    assert _seen_by(night, alert.id) == night.company.id_of(LI)


def _seen_by(night: Night, alert_id: int) -> PersonId | None:
    with reading(night.parts.database) as tx:
        alert = alert_rows.get(tx, alert_id)
    assert alert
    return alert.acknowledged_by


def test_an_answer_to_a_drill_is_the_drill_s_alone(night: Night) -> None:
    """While a real page waits: the order stays as it is, and no letter of the drill looks real."""
    li = night.company.id_of(LI)
    with transaction(night.parts.database) as tx:
        wish = Wish(name="夜间呼叫", people=(li,))
        chen = night.company.id_of(CHEN)
        drill = drill_desk.plan(tx, wish, chen, night.parts.clock())
    before, letter = night.order_now(), night.letter_to(LI, "夜间呼叫")
    assert "我来" not in letter.get_content()  # nothing of it is to be taken
    night.imap.receives(an_answer("是不是演练？", to=str(letter["Message-ID"])))
    night.comes_round()
    told = night.letter_to(LI, "回执")
    night.imap.receives(an_answer("1", to=str(told["Message-ID"])))  # to the one that explains it
    night.comes_round()
    with reading(night.parts.database) as tx:
        [call] = drill_rows.calls(tx, drill.id)
    assert (call.person_id, call.channel, call.answered_how) == (li, "mail", "mail")
    assert night.order_now() == before
    newest = until(lambda: one if (one := night.letter_to(LI, "回执")) is not told else None)
    assert newest
    for one in (letter, told, newest):
        assert str(one["Subject"]).startswith("演练")
        assert one.get_content().startswith("演练")
        assert "紧急" not in one.get_content()
    assert "已记录" in newest.get_content()


REPORT = """\
From: MAILER-DAEMON@mx.example.com
To: watch@example.com
Subject: Undelivered Mail Returned to Sender
Message-ID: <{key}>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="cut"

--cut
Content-Type: text/plain

This is the mail system. ok

--cut
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com

Final-Recipient: rfc822; li@mail
Action: {action}
Status: 5.1.1
Diagnostic-Code: smtp; 550 no such user here

--cut
Content-Type: {kind}

{head}

--cut--
"""


def bounced(letter: EmailMessage, *, action: str, kind: str = "message/rfc822") -> Message:
    """A report as mail servers send it (RFC 3464)."""
    head = "\n".join(f"{name}: {value}" for name, value in letter.items() if name != "Subject")
    key = f"{action}-{letter['Message-ID'].strip('<>')}"
    return email.message_from_string(REPORT.format(key=key, action=action, kind=kind, head=head))


@pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers"])
def test_a_bounce_is_a_failed_delivery_and_the_head_hears(night: Night, kind: str) -> None:
    """B24: he was not reached, whatever the first mail server said."""
    letter = night.letter_to(LI)
    page = until(lambda: [one for one in night.notices() if one.state == "sent"])[0]
    night.imap.receives(bounced(letter, action="failed", kind=kind))
    night.comes_round()
    [now_] = [one for one in night.notices() if one.id == page.id]
    assert now_.state == "dead"
    with reading(night.parts.database) as tx:
        [tried] = ledger.attempts_of(tx, [page.id])[page.id]
    assert "no such user here" in tried.words
    assert night.order_now().received_by is None
    assert "Li" in night.letter_to(CHEN, "未送达")["Subject"]


def test_a_letter_that_is_only_late_is_not_lost(night: Night) -> None:
    letter = night.letter_to(LI)
    until(lambda: [one for one in night.notices() if one.state == "sent"])
    night.imap.receives(bounced(letter, action="delayed"))
    night.comes_round()
    assert {one.state for one in night.notices()} == {"sent"}


def test_a_mailbox_that_cannot_be_read_is_an_alert_until_it_can(
    night: Night, imap: Dovecot
) -> None:
    def _open() -> list[str]:
        with reading(night.parts.database) as tx:
            return [one.code for one in alert_rows.open_ones(tx)]

    imap.kill()
    try:
        night.comes_round()
        assert _open() == []
        night.ahead += timedelta(minutes=6)
        night.comes_round()
        assert _open() == [UNREAD]
    finally:
        imap.start()
    night.comes_round()
    assert _open() == []


def test_the_letter_hides_its_token_in_the_ledger(night: Night) -> None:
    token = str(night.letter_to(LI)["Message-ID"]).split(".")[-2].split("@")[0][-40:]
    until(lambda: [one for one in night.notices() if one.state == "sent"])
    with reading(night.parts.database) as tx:
        found = ledger.newest(tx, limit=100)
        tries = [
            t for several in ledger.attempts_of(tx, [n.id for n in found]).values() for t in several
        ]
    assert all(token not in one.text for one in found)
    assert all(token not in one.words for one in tries)


def test_nothing_is_read_where_no_mailbox_is_set(night: Night) -> None:
    settings = night.parts.settings.model_copy(update={"mail_replies": None})
    night.parts = replace(night.parts, settings=settings)
    night.answers("1")
    assert night.order_now().received_by is None
