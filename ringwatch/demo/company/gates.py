"""How one gets into the demo's sites (E02): as their guards and caretakers would say it."""

from datetime import datetime

from operations import site_access as access_desk
from rules.site_access import AccessCard
from storage import people as people_rows
from storage import sites as site_rows
from storage.db import Tx

CARDS = {
    "S01": AccessCard(
        guard_phone="028 8555 0101",
        key_holder="物业值班经理 杨静",
        key_phone="138 0001 0101",
        permit="营业时间凭工作证登记；夜间抢修由保安队长放行",
        parking="B2 层货运通道，限高 2.2 米",
        travel_min=25,
    ),
    "S02": AccessCard(
        guard_phone="028 8555 0102",
        key_holder="保卫科 刘强",
        key_phone="138 0001 0102",
        permit="两人同行，身份证与介绍信；金库须提前报备",
        escort="全程由保卫科陪同",
        parking="后院，先按门铃",
        travel_min=30,
    ),
    "S04": AccessCard(
        guard_phone="028 8555 0104",
        permit="急诊楼随时可进；手术区须护士长同意",
        parking="3 号门内，免费两小时",
    ),
    "S10": AccessCard(
        guard_phone="028 8555 0110",
        key_holder="夜班库管",
        key_phone="138 0001 0110",
        escort="冷库内不得单独作业",
        travel_min=55,
    ),
    "S12": AccessCard(
        guard_phone="0836 555 0112",
        permit="雅康高速封闭时走国道 318",
        travel_min=300,
    ),
}


def fill(tx: Tx, now: datetime) -> None:
    dispatcher = people_rows.by_code(tx, "dispatcher")
    assert dispatcher is not None  # noqa: S101 - of the demo's own list
    for site in site_rows.all_sites(tx):
        if card := CARDS.get(site.code):
            access_desk.change(tx, site.id, card, by=dispatcher.id, now=now)
