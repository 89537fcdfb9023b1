"""What people read at three in the morning."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import words
from notify import messages, paper
from notify.matter import Matter
from rules.assets import Device, Site
from rules.codes import CATALOGUE
from rules.model import (
    ClockSource,
    CustomerId,
    DeviceId,
    DeviceType,
    Fault,
    FaultId,
    NoticeId,
    OrderId,
    Person,
    PersonId,
    Severity,
    SiteId,
    WorkOrder,
    Zone,
)
from rules.notices import Kind, Result, State
from storage.alerts import Alert
from storage.outbox import Notice

NOW = datetime(2026, 6, 15, 1, 2, tzinfo=UTC)
SINCE = NOW - timedelta(minutes=12)
LINK = "https://watch.example.com/l/abc"
LI = Person(
    id=PersonId(1),
    code="li",
    name="李工",
    roles=frozenset(),
    all_sites=True,
    site_ids=frozenset(),
    language="zh",
    phone="+86 138 0000 0000",
)
SITE = Site(
    id=SiteId(1),
    code="S1",
    name="春熙路银行",
    customer_id=CustomerId(1),
    contract_id=None,
    zone=Zone.RING1,
    on_site_hours=2,
    on_site_rule="ring1",
    timezone="Asia/Shanghai",
    address="春熙路 1 号",
    access_note="找保安老王拿钥匙",
)
DEVICE = Device(
    id=DeviceId(1),
    site_id=SITE.id,
    site_code="S1",
    code="cam-3",
    name="3 号摄像机",
    type=DeviceType.CAMERA,
    enrolled_at=SINCE,
    location="大门",
)
FAULT = Fault(
    id=FaultId(1),
    device_id=DEVICE.id,
    site_id=SITE.id,
    code="CAM_VIDEO_LOSS",
    point="ch-3",
    severity=Severity.EMERGENCY,
    opened_at=SINCE,
    source=ClockSource.MONITOR,
    why="flag",
)
ORDER = WorkOrder(
    id=OrderId(9),
    number="2026-00009",
    site_id=SITE.id,
    root_fault_id=FAULT.id,
    severity=Severity.EMERGENCY,
    opened_at=SINCE,
    clock_started_at=SINCE,
    clock_source=ClockSource.MONITOR,
    zone=Zone.RING1,
    on_site_hours=2,
    on_site_rule="ring1",
    on_site_by=SINCE + timedelta(hours=2),
)
MATTER = Matter(
    reader=LI,
    home_timezone="Asia/Shanghai",
    site=SITE,
    device=DEVICE,
    fault=FAULT,
    order=ORDER,
    others=("陈主任", "王工"),
)


def notice(kind: str = "page", **facts: Any) -> Notice:
    return Notice(
        id=NoticeId(7),
        key="k",
        kind=kind,
        rank=0,
        person_id=LI.id,
        channel="mail",
        target="li@example.com",
        order_id=ORDER.id,
        fault_id=FAULT.id,
        site_id=SITE.id,
        facts=facts,
        state="sending",
        created_at=SINCE,
        not_before=SINCE,
        lease=1,
        leased_until=None,
        attempts=1,
        done_at=None,
        text="",
    )


def test_a_page_in_chinese() -> None:
    text = messages.render(notice(), MATTER, LINK, NOW)
    assert text.subject == "【紧急】请接单：春熙路银行 3 号摄像机 摄像机视频丢失 2026-00009"
    assert text.body.splitlines() == [
        "请您接单：有故障等待处理。打开链接，按“接单”。",
        "",
        "站点：春熙路银行",
        "地址：春熙路 1 号",
        "设备：3 号摄像机 (cam-3)",
        "位置：大门",
        "点位：ch-3",
        "故障：摄像机视频丢失 (CAM_VIDEO_LOSS)",
        "说明：摄像机没有画面，该点位无监控。",
        "等级：紧急",
        "开始：2026-06-15 周一 08:50 (12 分)",
        "到场时限：2026-06-15 周一 10:50 (还剩 1 小时 48 分)",
        "先做：看摄像机能否连通：不通查供电和网线，能通查编码和通道配置。",
        "进场：找保安老王拿钥匙",
        "同时通知：陈主任、王工",
        "工单：2026-00009",
        "",
        f"打开：{LINK}",
        "链接仅供您本人使用，24 小时后失效；打开只查看，按下按钮才生效。",
    ]


def test_a_page_in_english_at_a_site_in_another_time_zone() -> None:
    matter = replace(
        MATTER,
        reader=replace(LI, language="en"),
        site=replace(SITE, name="Bank", timezone="Europe/Berlin"),
        order=replace(ORDER, on_site_by=NOW - timedelta(minutes=30)),
    )
    text = messages.render(notice(), matter, LINK, NOW)
    assert text.subject.startswith("[Emergency] Please take: Bank")
    assert "Since: 2026-06-15 Mon 02:50 Europe/Berlin" in text.body
    assert "On site by: 2026-06-15 Mon 02:32 Europe/Berlin (30 min late)" in text.body


def test_a_page_in_english_says_all_that_the_chinese_one_does() -> None:
    matter = replace(MATTER, reader=replace(LI, language="en"))
    text = messages.render(notice(), matter, LINK, NOW)
    assert text.subject == "[Emergency] Please take: 春熙路银行 3 号摄像机 Video lost 2026-00009"
    labels = [line.partition(": ")[0] for line in text.body.splitlines() if ": " in line]
    assert labels == [
        "Site",
        "Address",
        "Device",
        "Location",
        "Point",
        "Fault",
        "Meaning",
        "Severity",
        "Since",
        "On site by",
        "First",
        "Access",
        "Also told",
        "Work order",
        "Open",
    ]
    assert "Since: 2026-06-15 Mon 08:50 (12 min)" in text.body
    assert "On site by: 2026-06-15 Mon 10:50 (1 h 48 min left)" in text.body


@pytest.mark.parametrize(
    ("language", "said"), [("zh", "无人值班"), ("en", "Nobody is on the rota")]
)
def test_a_gap_in_the_rota_is_the_first_thing_said(language: str, said: str) -> None:
    matter = replace(MATTER, reader=replace(LI, language=language))
    for kind in ("page", "report"):
        lines = messages.render(notice(kind, nobody_on_duty=True), matter, LINK, NOW).body
        assert said in lines.splitlines()[2]
        assert said not in messages.render(notice(kind), matter, LINK, NOW).body


@pytest.mark.parametrize(
    ("language", "still", "over"),
    [("zh", "工单仍未关闭", "工单已关闭"), ("en", "The order stays open", "The order is closed")],
)
def test_restored_says_whether_anything_is_to_be_done(language: str, still: str, over: str) -> None:
    reader = replace(LI, language=language)
    open_one = replace(MATTER, reader=reader)
    closed = replace(open_one, order=replace(ORDER, closed_at=NOW, close_reason="recovered"))
    assert still in messages.render(notice("restored"), open_one, LINK, NOW).body
    said = messages.render(notice("restored"), closed, LINK, NOW).body
    assert over in said
    assert still not in said
    deadline = words.say(language, "notice.line.on_site_by", value="")
    assert deadline.strip() not in said


def test_a_dead_letter_says_whom_to_call_and_why() -> None:
    missed = replace(LI, id=PersonId(2), name="王工", phone="+86 139 1111 1111")
    facts = {"missed_id": 2, "channel": "mail", "words": "550 no such user"}
    text = messages.render(
        notice("dead_letter", **facts), replace(MATTER, missed=missed), LINK, NOW
    )
    assert text.subject.startswith("【通知未送达】王工")
    assert "电话：+86 139 1111 1111" in text.body
    assert "原因：mail: 550 no such user" in text.body


def test_a_group_reads_neither_phone_nor_access_note() -> None:
    missed = replace(LI, id=PersonId(2), name="王工", phone="+86 139 1111 1111")
    about = replace(MATTER, missed=missed)
    facts = {"missed_id": 2, "channel": "mail", "words": "550"}
    mine = messages.render(notice("dead_letter", **facts), about, LINK, NOW).body
    ours = messages.render(notice("dead_letter", **facts), about, LINK, NOW, group=True).body
    for secret in ("139 1111 1111", SITE.access_note):
        assert secret in mine
        assert secret not in ours


def test_an_alert_of_our_own() -> None:
    alert = Alert(id=3, code="MON_INGEST_STALLED", subject="collector", opened_at=SINCE)
    matter = Matter(reader=LI, home_timezone="Asia/Shanghai", alert=alert)
    text = messages.render(notice("alert", alert_id=3), matter, LINK, NOW)
    assert text.subject == "【紧急】监控系统自身告警：监控中断"
    assert "先做：" in text.body


@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize(
    "kind", [kind for kind in Kind if kind is not Kind.EVENT and kind not in paper.KINDS]
)
def test_every_kind_can_be_said(kind: Kind, language: str) -> None:
    reader = replace(LI, language=language)
    told = notice(kind, subject="said") if kind is Kind.TELLING else notice(kind)  # as it was made
    text = messages.render(told, replace(MATTER, reader=reader), LINK, NOW)
    assert (LINK in text.body) is (kind is not Kind.TEST)  # a test leads nowhere
    assert "\n" not in text.subject
    bare = messages.render(told, Matter(reader=reader, home_timezone="Asia/Shanghai"), "", NOW)
    assert bare.subject


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_every_code_and_word_of_the_ledger_is_in_both_catalogues(language: str) -> None:
    for code in CATALOGUE:
        for part in ("name", "meaning", "first"):
            assert words.say(language, f"code.{code}.{part}")
    for name, values in (("kind", Kind), ("state", State), ("result", Result)):
        for value in values:
            assert words.say(language, f"notice.{name}.{value}")


def test_a_name_with_a_line_break_stays_one_subject() -> None:
    matter = replace(MATTER, site=replace(SITE, name="Bank\r\nBcc: x@y.z"))
    assert "\n" not in messages.render(notice(), matter, LINK, NOW).subject
