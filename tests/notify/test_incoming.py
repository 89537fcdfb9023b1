"""Mails as programs and servers write them: who wrote it, to which letter, and in what words."""

import email
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notify import incoming
from rules import incoming as rules
from rules.replies import own_words

TOKEN, OTHER = "a" * 40, "b" * 40
OURS = f"<notice-7-1781485323.{TOKEN}@example.com>"
OLDER = f"<notice-5-1781485000.{OTHER}@example.com>"


def a_mail(text: str = "1", subtype: str = "plain", **headers: str) -> EmailMessage:
    letter = EmailMessage()
    for name, value in {"From": "Li <li@example.com>", "Message_ID": "<x@y>", **headers}.items():
        letter[name.replace("_", "-")] = value
    letter.set_content(text, subtype=subtype)
    return letter


def test_the_nearest_letter_of_ours_comes_first() -> None:
    thread = a_mail(In_Reply_To=OURS, References=f"{OLDER} {OURS}")
    assert incoming.read(thread).tokens == (TOKEN, OTHER)
    only_references = a_mail(References=f"{OLDER} {OURS}")
    assert incoming.read(only_references).tokens == (TOKEN, OTHER)
    assert incoming.read(a_mail(In_Reply_To="<someone@else>")).tokens == ()


def test_words_in_a_page_are_words() -> None:
    page = '<html><head><title>2</title></head><body><div dir="ltr">收到<br></div>'
    page += '<div class="gmail_quote"><div>On Mon wrote:</div><blockquote>2 no</blockquote></div>'
    assert own_words(incoming.read(a_mail(page, subtype="html")).text) == "收到"


def test_words_in_an_old_character_set() -> None:
    raw = b"From: li@example.com\r\nContent-Type: text/plain; charset=gb2312\r\n\r\n"
    assert own_words(incoming.read(email.message_from_bytes(raw + "收到".encode("gb18030"))).text)
    unknown = raw.replace(b"gb2312", b"x-nobody-knows") + "我来".encode("gb18030")
    assert own_words(incoming.read(email.message_from_bytes(unknown)).text) == "我来"


def test_one_letter_has_one_key() -> None:
    assert incoming.read(a_mail("1")).key == incoming.read(a_mail("2")).key
    assert incoming.read(a_mail(Message_ID="<other@y>")).key != incoming.read(a_mail()).key
    assert len(incoming.read(email.message_from_string("From: x\n\n1")).key) > 20


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Auto-Submitted", "auto-replied"),
        ("Auto-Submitted", "auto-generated; x=y"),
        ("X-Auto-Response-Suppress", "DR, OOF, All"),
        ("Precedence", "BULK"),
        ("Return-Path", "<>"),
        ("List-Id", "<talk.example.com>"),
        ("From", "Mail Delivery <MAILER-DAEMON@example.com>"),
        ("From", "no-reply@example.com"),
        ("Subject", "自动回复：请接单"),
        ("Subject", "Automatic reply: Please take"),
        ("Subject", "Out of Office"),
    ],
)
def test_programs_write_mails_too(name: str, value: str) -> None:
    """RFC 3834 and what the common mail systems add."""
    assert rules.automatic([(name, value)])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Auto-Submitted", "no"),
        ("From", "Li <li@example.com>"),
        ("From", "Nora Reply <nora@example.com>"),
        ("Return-Path", "<li@example.com>"),
        ("Subject", "Re: Please take: automatic gate"),
        ("X-Auto-Response-Suppress", "OOF"),
    ],
)
def test_people_write_mails_as_well(name: str, value: str) -> None:
    assert rules.automatic([(name, value)]) == ""


def test_a_report_without_a_recipient_says_nothing() -> None:
    assert rules.bounce({}) is None
    assert rules.bounce({"action": "relayed"}) is None
    assert rules.bounce({"action": "failed"}) == rules.Bounce(failed=True, words="failed")


@given(st.binary(max_size=600))
def test_nothing_in_a_mail_makes_it_fail(raw: bytes) -> None:
    said = incoming.read(email.message_from_bytes(raw))
    assert isinstance(said.text, str)
