"""What people write at night, and what it means; what is not sure is neither yes nor no (A02)."""

import pytest

from rules.replies import Said, own_words, read

QUOTE = "\n\nOn Mon, 23 Nov 2026 at 02:01, Ringwatch <watch@example.com> wrote:\n> 1 means ok\n"
OUTLOOK = "\n\n-----Original Message-----\nFrom: Ringwatch\nSubject: 2026-00001\n\n2 means no\n"
CHINESE = "\n\n在 2026年11月23日 02:01，Ringwatch <watch@example.com> 写道：\n> 不行\n"


@pytest.mark.parametrize(
    "text",
    [
        *(
            "1",
            "１",
            "1.",
            " ok ",
            "OK!",
            "Ack",
            "收到",
            "收到。",
            "我来",
            "好的，马上去",
            "收到马上去",
        ),
        *("ok, on my way", "I take it", "I’ll take it.", "On it", "行", "明白"),
        *(
            "Yes, I'm leaving now, there in 20 min. Thank you!",
            "好的，我 10 分钟后出发",
            "收到，在路上了",
        ),
        *(
            f"1{QUOTE}",
            f"OK{OUTLOOK}",
            f"收到{CHINESE}",
            "ok\n\n-- \nLi, no. 2",
            "好的\n\n发自我的 iPhone",
        ),
        f"> 2 means no\n{QUOTE}\nok",  # below what it answers
    ],
)
def test_a_yes_is_a_yes(text: str) -> None:
    said = read(text)
    assert said is not None
    assert said.said is Said.TAKE


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2 sick in bed", "sick in bed"),
        ("2", "2"),
        ("No, the car is broken", "the car is broken"),
        ("不行，发烧了", "发烧了"),
        ("不行发烧了", "发烧了"),
        ("我来不了 在外地", "在外地"),
        ("I can't: abroad", "abroad"),
        (f"no ill{QUOTE}", "ill"),
        ("拒绝", "拒绝"),
    ],
)
def test_a_no_carries_its_reason(text: str, reason: str) -> None:
    said = read(text)
    assert said is not None
    assert (said.said, said.reason) == (Said.CANNOT, reason)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "   ",
            "?",
            "who is this?",
            "ok, but I can't before nine",
            "ok, let Wang go",
            "ok, my colleague comes",
            "ok, Wang comes",
            "yes, somebody will be there",
            "OK you go",
            "收到，王强去",
            "好的，同事马上到",
            "好的，明天去",
            "收到，让王强去",
            "好的，已派李敏",
            "ok?",
            "收到了吗",
            "好的，不过要晚点",
        ),
        *("1号摄像机坏了", "行政部会联系你们", "noon", "11", "12", "okra", "No problem, I go"),
        *(
            "1 if nobody else can",
            "可以吗",
            QUOTE,
            OUTLOOK,
            "> 1",
            "Thank you for your message. I am away.",
        ),
    ],
)
def test_what_is_not_sure_is_neither(text: str) -> None:
    assert read(text) is None


def test_a_reason_is_no_novel() -> None:
    said = read("2 " + "x" * 5000)
    assert said is not None
    assert len(said.reason) == 500


def test_own_words_are_what_stands_before_the_quote() -> None:
    assert own_words(f"\n  收到 {CHINESE}") == "收到"
