"""A letter to send."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from notify.channel import Letter

NOW = datetime(2026, 6, 15, 1, 2, 3, tzinfo=UTC)
LETTER = Letter(
    id="notice-7-1781485323",
    kind="page",
    rank=0,
    language="zh",
    target="li",
    subject="【紧急】请接单:银行 3 号摄像机",
    body="请您接单。\n打开:https://watch.example.com/l/secret\n",
    link="https://watch.example.com/l/secret",
    order_number="2026-00001",
    order_numbers=("2026-00001",),
    at=NOW,
)


def letter(**changes: Any) -> Letter:
    return replace(LETTER, **changes)
