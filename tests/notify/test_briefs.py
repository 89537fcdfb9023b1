"""What a call says and what fills a maker's template, for every kind of notice (D05)."""

from notify.channel import Channel, Letter
from rules.model import Severity
from storage import people as people_rows
from storage.db import Database, transaction
from tests.company import CHEN, LI
from tests.notify.desk import breaks, founded, sending, settled, tell
from tests.waiting import until
from tests.world import Phones


def rings(database: Database, language: str = "zh") -> dict[str, Letter]:
    """A night's first letters, by the name of who gets them."""
    phones = Phones("calls")
    firm = founded(database)
    with transaction(database) as tx:
        for who in (LI, CHEN):
            people_rows.change(tx, firm.id_of(who), {"language": language})
    with sending(database, {"mail": Channel(name="mail", providers=(phones,))}):
        breaks(database, firm)
        settled(database)
    return {who: letters[0] for who, letters in phones.letters.items()}


def test_a_page_says_what_and_by_when_and_which_key(database: Database) -> None:
    page = rings(database)[LI]
    brief = page.brief
    assert "请接单" in brief.title
    assert brief.fault == "摄像机视频丢失"
    assert brief.number == page.order_number
    assert page.link.endswith(f"/l/{brief.token}")
    assert brief.until.startswith("请在 ")
    assert brief.until in brief.spoken
    assert brief.number not in brief.spoken
    assert "按 1" in brief.keys
    assert "按 2" in brief.keys
    assert not set("【】") & set(brief.title + brief.spoken)


def test_the_head_is_asked_whether_he_has_arranged_it(database: Database) -> None:
    assert rings(database)[CHEN].brief.keys == "已安排处理请按 1。"


def test_in_english_too(database: Database) -> None:
    brief = rings(database, "en")[LI].brief
    assert brief.until.startswith("Be on site by ")
    assert "press 1" in brief.keys


def test_each_try_has_a_name_of_its_own(database: Database) -> None:
    notice_id, _, number = rings(database)[LI].attempt.partition("-")
    assert notice_id.isdigit()
    assert number == "1"


def test_without_an_address_of_ours_outside_none_is_given(database: Database) -> None:
    assert rings(database)[LI].hooks == ""


def test_what_asks_for_nothing_names_no_key(database: Database) -> None:
    phones = Phones("calls")
    firm = founded(database)
    with sending(database, {"mail": Channel(name="mail", providers=(phones,))}):
        tell(database, firm.people[LI], "well", kind="restored", severity=Severity.EMERGENCY)
        until(lambda: phones.letters[LI])
    brief = phones.letters[LI][0].brief
    assert (brief.keys, brief.until, brief.token) == ("", "", "")
    assert brief.spoken
