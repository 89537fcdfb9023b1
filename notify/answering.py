"""Letters that can be answered by mail: by what token the answer is known, and how one is told.

The token is part of the letter's Message-ID, which every mail program names when it answers. It is
a keyed hash of the notice, so that a repeat keeps its Message-ID and nobody can guess it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import words
from notify.channel import Channel
from notify.mail import MailProvider
from rules.model import NoticeId
from rules.notices import Kind
from storage import reply_tokens
from storage.db import Tx
from storage.outbox import Notice

KINDS = frozenset(
    {Kind.PAGE, Kind.REPORT, Kind.GO, Kind.ASSIGNED, Kind.ALERT, Kind.DRILL, Kind.ANSWER}
)
LENGTH = 40  # hexadecimal digits: 160 bits


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Replies:
    """`address` is the mailbox that is read; `mark` a hash nobody else can make."""

    address: str
    mark: Callable[[str], str]

    def token(self, notice_id: NoticeId) -> str:
        return self.mark(str(notice_id))[:LENGTH]


def expected(
    tx: Tx,
    to: Replies | None,
    notice: Notice,
    channel: Channel,
    now: datetime,
    lasts: timedelta,
) -> str:
    """The token an answer to this letter carries; empty where it cannot be answered."""
    mails = all(isinstance(one, MailProvider) for one in channel.providers)
    if to is None or channel.group or not mails or notice.kind not in KINDS:
        return ""
    token = to.token(notice.id)
    reply_tokens.expect(tx, token, notice.id, now, now + lasts)
    return token


def line(notice: Notice, language: str) -> str:
    """How to answer, below the letter."""
    how = "notice.drill.reply_how" if "drill_id" in notice.facts else "notice.reply_how"
    return "\n" + words.say(language, how) + "\n"
