"""C12: whoever changes something through the web is on record, whichever way it was done."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from operations import alerts as alert_desk
from operations import notices as notice_desk
from operations import policy as policy_desk
from operations import rule_remarks as remark_desk
from operations import setup as setup_desk
from operations import stickers as sticker_desk
from operations.policy import Proposal
from rules.access import Purpose
from rules.model import Role, SiteId, WorkOrder
from rules.tellings import Step, Template
from storage import access_links as link_rows
from storage import alerts as alert_rows
from storage import contracts as contract_rows
from storage import inspections as inspection_rows
from storage import journal, ledger, links
from storage import limits as limit_rows
from storage import people as people_rows
from storage import push as push_rows
from storage import tellings as telling_rows
from storage.db import reading, transaction
from storage.discovered import Heard, heard
from storage.journal import Entry
from tests.storage.assets import a_contract
from tests.web import drills, escalations, inspected, rotas
from tests.web.conftest import PASSWORD, START, House, a_window, an_order
from tests.web.drills import a_drill
from tests.web.inspected import a_photo, a_signature
from tests.web.test_access import routes
from tests.web.test_documents import a_pdf, filed
from tests.web.test_link_lists import letter_to
from tests.web.test_setup import form

UNRECORDED = {
    *(("POST", path) for path in ("/language", "/theme")),  # a cookie of the browser, not ours
    ("POST", "/login/mail"),  # asked by nobody we know; the ledger tells what was mailed
    ("POST", "/verify"),  # compares a file and forgets it
    ("POST", "/verify/{public_id}"),
    ("POST", "/templates/{telling}/{language}/preview"),  # shown, and forgotten
    ("POST", "/hooks/from/{hook}"),  # a maker tells of a letter; a key pressed: test_hooks.py
    ("POST", "/hooks/from/{hook}/{secret}"),
    ("POST", "/hooks/in/{name}"),  # a program, for a person: test_inbound.py reads the journal
    ("POST", "/login/again"),  # whoever was in by half was never in
}


@pytest.fixture
def order(house: House) -> WorkOrder:
    """Beside it: an alert of our own, and a stranger that speaks."""
    with transaction(house.parts.database) as tx:
        alert_desk.raise_alert(tx, "MON_NOTIFY_FAILED", "mail", {}, house.parts.policy, START)
        one = Heard(site="S-1", device="cam", at=START, messages=1, topic="t", sample="{}")
        two = replace(one, dialect="axis", guess={"type": "camera"})
        heard(tx, [one, two], keep=10)
        return an_order(tx, house)


def link_of(house: House, order: WorkOrder) -> str:
    with transaction(house.parts.database) as tx:
        expires = START + timedelta(hours=24)
        who = house.people[Role.ENGINEER]
        return "/l/" + links.create(tx, who, "order", order.id, None, START, expires)


def drill_of(house: House, _: WorkOrder) -> str:
    with transaction(house.parts.database) as tx:
        return f"/drills/{a_drill(tx, house).id}"


def drill_link_of(house: House, _: WorkOrder) -> str:
    with transaction(house.parts.database) as tx:
        drill = a_drill(tx, house)
    return drills.link_of(house, drill).replace("/l/", "/l/drill/")


def list_of(house: House, order: WorkOrder) -> str:
    return letter_to(house, Role.ENGINEER, [order]).replace("/l/", "/l/list/")


def alert_of(house: House, _: WorkOrder) -> str:
    with reading(house.parts.database) as tx:
        return f"/alerts/{alert_rows.open_ones(tx)[0].id}/acknowledge"


def coming_of(house: House, _: WorkOrder) -> str:
    """A change still to come."""
    said = Proposal(
        name="zone_hours.ring1", typed="1", why="why", effective_from=START + timedelta(days=1)
    )
    with transaction(house.parts.database) as tx:
        by = house.people[Role.ADMIN]
        made = policy_desk.change(tx, said, house.parts.figures.base, by=by, now=START)
    return f"/policy/changes/{made.id}/withdraw"


def limit_of(house: House, _: WorkOrder) -> str:
    row = {"scope": "type", "subject": "camera", "name": HOT["name"], "value": 55, "why": "why"}
    with transaction(house.parts.database) as tx:
        row |= {"made_by": house.people[Role.ADMIN], "made_at": START}
        return f"/limits/{limit_rows.add(tx, row).id}/withdraw"


def remark_of(house: House, _: WorkOrder) -> str:
    with transaction(house.parts.database) as tx:
        by = house.people[Role.SALES]
        return f"/remarks/{remark_desk.write(tx, 'A03', 'too short', by=by, now=START)}/review"


def magic_of(house: House, _: WorkOrder) -> str:
    with transaction(house.parts.database) as tx:
        who, ends = house.people[Role.CUSTOMER], START + timedelta(minutes=15)
        return "/a/" + link_rows.create(tx, Purpose.MAGIC, who, by=None, now=START, expires=ends)


def another_session(house: House, _: WorkOrder) -> str:
    house.enter(Role.HEAD)
    return "/account/sessions/end"


def browser_of(house: House, _: WorkOrder) -> str:
    """The head's own, told until now."""
    with transaction(house.parts.database) as tx:
        held = push_rows.add(tx, house.people[Role.HEAD], "https://x", "k", "s", "Chrome", START)
    return f"/push/{held.id}/off"


def page_of(house: House, order: WorkOrder) -> str:
    """The engineer is paged; he answers from the notification."""
    with transaction(house.parts.database) as tx:
        person = people_rows.get(tx, house.people[Role.ENGINEER])
        assert person
        notice_desk.tell(
            tx, person, "page", key="own", severity=order.severity, order=order, now=START
        )
        return f"/push/answer/{ledger.of_reason(tx, 'own:')[0].id}"


def login_of_engineer(house: House, _: WorkOrder) -> str:
    return f"/logins/{house.people[Role.ENGINEER]}/end"


def sticker_of(house: House, _: WorkOrder) -> str:
    with transaction(house.parts.database) as tx:
        by = house.people[Role.ADMIN]
        [made] = sticker_desk.make(tx, SiteId(1), [None], revoke_old=False, by=by, now=START)
    return f"/stickers/{made.id}/revoke"


def document_of(house: House, _: WorkOrder) -> str:
    return f"/documents/{filed(house, a_pdf()).id}/send"


def issued_of(house: House, _: WorkOrder) -> str:
    """An inspection that went out."""
    walk = inspected.planned(house)
    with transaction(house.parts.database) as tx:
        inspection_rows.change(tx, walk.id, issued_at=START)
    return f"{walk.address}/copies"


def window_of(house: House, order: WorkOrder) -> int:
    with transaction(house.parts.database) as tx:
        return a_window(tx, house, order).id


def override_of(house: House, _: WorkOrder) -> str:
    with transaction(house.parts.database) as tx:
        return f"/rota/overrides/{rotas.an_override(tx, house).id}/revoke"


def rotation_of(house: House, _: WorkOrder) -> str:
    with transaction(house.parts.database) as tx:
        return f"/rota/rotations/{rotas.a_rotation(tx, house)}"


def own_words_of(house: House, _: WorkOrder) -> str:
    with transaction(house.parts.database) as tx:
        own = Template(subject="{number}", body="{found}")
        telling_rows.set_template(tx, Step.FOUND, "en", own, house.people[Role.HEAD], START)
    return "/templates/found/en/reset"


def contract_of(house: House, _: WorkOrder) -> str:
    with transaction(house.parts.database) as tx:
        a_contract(tx)
        contract = contract_rows.by_number(tx, "K1")
        assert contract is not None
    return f"/tellings/{contract.id}"


def plan_of(house: House) -> str:
    with transaction(house.parts.database) as tx:
        return f"/escalations/{escalations.a_plan(tx, house).id}"


def binding_of(house: House) -> int:
    with transaction(house.parts.database) as tx:
        return escalations.bound(tx, house, escalations.a_plan(tx, house)).id


STRANGER = {"site": "S-1", "device": "cam", "name": "cam", "type": "camera"}
HOT = {"name": "limits.TEMP_HIGH.raise_at", "value": "55", "scope": "device", "why": "roof"}
NEW = {"current": PASSWORD, "new": "noch vier gute worte", "again": "noch vier gute worte"}
BROWSER = {
    "endpoint": "https://fcm.googleapis.com/x",
    "p256dh": "BA" + "A" * 85,
    "auth": "A" * 22,
}
REPORT = {"symptom": "black", "reporter": "Zhou"}
# Route -> who does it, with what, where, and the verb that must be found in the journal.
DONE: dict[str, tuple[Role, dict[str, str], Callable[[House, WorkOrder], str], str]] = {
    "/a/{token}": (Role.CUSTOMER, {}, magic_of, "logged_in"),
    "/account/second-factor": (
        Role.HEAD,
        {},
        lambda _, __: "/account/second-factor",
        "second_factor_begun",
    ),
    "/account/sessions/end": (Role.HEAD, {}, another_session, "session_ended"),
    "/logins/{person_id}/{verb}": (Role.ADMIN, {}, login_of_engineer, "sessions_ended"),
    "/duty/{order_id}": (
        Role.ENGINEER,
        {"verb": "acknowledge"},
        lambda _, order: f"/duty/{order.id}",
        "acknowledged",
    ),
    "/sites/{site_id}/access": (
        Role.DISPATCHER,
        {"parking": "rear yard"},
        lambda _, __: "/sites/1/access",
        "access_card_changed",
    ),
    "/push": (Role.HEAD, BROWSER, lambda _, __: "/push", "push_on"),
    "/push/{subscription_id}/off": (Role.HEAD, {}, browser_of, "push_off"),
    "/push/answer/{notice_id}": (Role.ENGINEER, {}, page_of, "acknowledged"),
    "/alerts/{alert_id}/acknowledge": (Role.HEAD, {}, alert_of, "alert_acknowledged"),
    "/devices/{device_id}/report": (
        Role.DISPATCHER,
        REPORT,
        lambda _, __: "/devices/2/report",
        "fault_reported",
    ),
    "/discovered/ignore": (Role.HEAD, STRANGER, lambda _, __: "/discovered/ignore", "set_aside"),
    "/discovered/enrol": (Role.HEAD, STRANGER, lambda _, __: "/discovered/enrol", "enrolled"),
    "/discovered/enrol-all": (
        Role.HEAD,
        {"site": "S-1", "dialect": "axis"},
        lambda _, __: "/discovered/enrol-all",
        "enrolled",
    ),
    "/drills/new": (
        Role.HEAD,
        {"name": "night", "layers": "first", "limit": "300", "when": "now"},
        lambda _, __: "/drills/new",
        "drill_planned",
    ),
    "/drills/{drill_id}/answer": (
        Role.ENGINEER,
        {"channel": "mail"},
        lambda house, order: f"{drill_of(house, order)}/answer",
        "drill_answered",
    ),
    "/drills/{drill_id}/cancel": (
        Role.HEAD,
        {},
        lambda house, order: f"{drill_of(house, order)}/cancel",
        "drill_cancelled",
    ),
    "/l/drill/{token}": (Role.ENGINEER, {}, drill_link_of, "drill_answered"),
    "/l/{token}": (Role.ENGINEER, {"verb": "acknowledge"}, link_of, "acknowledged"),
    "/l/list/{token}": (Role.ENGINEER, {"order": "all"}, list_of, "acknowledged"),
    "/orders/{order_id}/{verb}": (
        Role.HEAD,
        {},
        lambda _, order: f"/orders/{order.id}/arrange",
        "arranged",
    ),
    "/password": (Role.ENGINEER, NEW, lambda _, __: "/password", "password_changed"),
    "/maintenance/{scope}/{number}": (
        Role.ENGINEER,
        {"half_hours": "2", "reason": "new lens"},
        lambda _, __: "/maintenance/device/2",
        "maintenance_started",
    ),
    "/maintenance/windows/{window_id}/prolong": (
        Role.ENGINEER,
        {"half_hours": "4"},
        lambda house, order: f"/maintenance/windows/{window_of(house, order)}/prolong",
        "maintenance_prolonged",
    ),
    "/maintenance/windows/{window_id}/end": (
        Role.HEAD,
        {},
        lambda house, order: f"/maintenance/windows/{window_of(house, order)}/end",
        "maintenance_ended",
    ),
    "/rota": (Role.DISPATCHER, rotas.TONIGHT | rotas.SAVE, lambda _, __: "/rota", "shift_set"),
    "/rota/overrides/{override_id}/revoke": (Role.HEAD, {}, override_of, "override_revoked"),
    "/rota/days": (
        Role.HEAD,
        {"on": "2027-02-20", "kind": "work"},
        lambda _, __: "/rota/days",
        "calendar_day_entered",
    ),
    "/rota/country": (
        Role.HEAD,
        {"country": "DE", "subdivision": "BY"},
        lambda _, __: "/rota/country",
        "calendar_chosen",
    ),
    "/rota/rotations/new": (
        Role.DISPATCHER,
        rotas.TURNS | rotas.SAVE,
        lambda _, __: "/rota/rotations/new",
        "rotation_planned",
    ),
    "/rota/rotations/{rotation_id}": (
        Role.HEAD,
        rotas.TURNS | rotas.SAVE,
        rotation_of,
        "rotation_changed",
    ),
    "/rota/rotations/{rotation_id}/archive": (
        Role.HEAD,
        rotas.SAVE,
        lambda house, order: f"{rotation_of(house, order)}/archive",
        "rotation_archived",
    ),
    "/templates/{telling}/{language}": (
        Role.HEAD,
        {"subject": "{number}", "body": "{customer}"},
        lambda _, __: "/templates/found/en",
        "template_changed",
    ),
    "/templates/{telling}/{language}/reset": (
        Role.HEAD,
        {},
        own_words_of,
        "template_reset",
    ),
    "/tellings/{contract_id}": (
        Role.SALES,
        {"step": "repaired"},
        contract_of,
        "tellings_set",
    ),
    "/escalations/new": (
        Role.HEAD,
        escalations.PLAIN,
        lambda _, __: "/escalations/new",
        "escalation_saved",
    ),
    "/escalations/{plan_id}/edit": (
        Role.HEAD,
        {**escalations.PLAIN, "seen": "1"},
        lambda house, _: f"{plan_of(house)}/edit",
        "escalation_saved",
    ),
    "/escalations/{plan_id}/bind": (
        Role.HEAD,
        {"site": "S-1"},
        lambda house, _: f"{plan_of(house)}/bind",
        "escalation_bound",
    ),
    "/escalations/{plan_id}/retire": (
        Role.HEAD,
        {},
        lambda house, _: f"{plan_of(house)}/retire",
        "escalation_retired",
    ),
    "/escalations/bindings/{binding_id}/remove": (
        Role.HEAD,
        {},
        lambda house, _: f"/escalations/bindings/{binding_of(house)}/remove",
        "escalation_unbound",
    ),
    "/login": (
        Role.ENGINEER,
        {"name": "engineer", "password": PASSWORD},
        lambda _, __: "/login",
        "logged_in",
    ),
    "/logout": (Role.SALES, {}, lambda _, __: "/logout", "logged_out"),
    "/policy/{name}": (
        Role.HEAD,
        {"value": "1.5", "why": "agreed"},
        lambda _, __: "/policy/zone_hours.ring1",
        "policy_changed",
    ),
    "/devices/{device_id}/limits/{fault_code}": (
        Role.HEAD,
        HOT,
        lambda _, __: "/devices/1/limits/TEMP_HIGH",
        "limit_changed",
    ),
    "/limits/{override_id}/withdraw": (Role.HEAD, {}, limit_of, "limit_withdrawn"),
    "/policy/changes/{change_id}/withdraw": (Role.HEAD, {}, coming_of, "policy_withdrawn"),
    "/remarks": (Role.SALES, {"text": "does not fit"}, lambda _, __: "/remarks", "rule_remarked"),
    "/remarks/{remark_id}/review": (Role.HEAD, {"outcome": "stays"}, remark_of, "rule_reviewed"),
    "/labels/{site_id}": (
        Role.ENGINEER,
        {"points": "site"},
        lambda _, __: "/labels/1",
        "labels_made",
    ),
    "/stickers/{sticker_id}/{verb}": (Role.HEAD, {}, sticker_of, "label_revoked"),
    "/documents/{document_id}/send": (Role.HEAD, {}, document_of, "document_sent"),
    "/inspections/{inspection_id}/copies": (
        Role.HEAD,
        {"language": "en"},
        issued_of,
        "document_ordered",
    ),
    "/channels/test": (
        Role.ENGINEER,
        {"channel": "mail", "target": "wang@example.com"},
        lambda _, __: "/channels/test",
        "channel_tested",
    ),
}
# One sheet's way: a test of its own below.
WALKED = {
    "/inspections/{inspection_id}/{step}": "inspection_started",
    "/inspections/{inspection_id}/sign": "inspection_handed_over",
    "/inspections/{inspection_id}/unsigned": "inspection_unsigned",
    "/inspections/{inspection_id}/points/{point_id}": "inspection_answered",
    "/inspections/{inspection_id}/points/{point_id}/decide": "inspection_decided",
    "/inspections/{inspection_id}/points/{point_id}/photos": "inspection_photo_added",
    "/inspections/{inspection_id}/points/{point_id}/photos/{photo_id}/remove": (
        "inspection_photo_removed"
    ),
}
BY_FORM = {  # a line and its stamp, a file and its preview: test_records.py, test_imports.py
    *(f"/manage/{{kind}}/{what}" for what in ("new", "{number}")),
    *(f"/manage/{{kind}}/{{number}}/{what}" for what in ("archive", "restore")),
    *("/import", "/import/apply"),
    "/devices/{device_id}/swap",  # test_swaps.py
    *(f"/duty/swaps/{what}" for what in ("offer", "{swap_id}/accept")),  # test_rota_swaps.py
    *(f"/duty/swaps/{{swap_id}}/{what}" for what in ("decline", "withdraw")),
    *("/duty/notes/write", "/duty/notes/{note_id}/read"),  # test_handovers.py
    *("/duty/calendar/issue", "/duty/calendar/revoke"),  # test_feeds.py
    *(  # test_occasions.py
        "/occasions/new",
        "/occasions/{occasion_id}",
        "/occasions/{occasion_id}/archive",
        "/occasions/{occasion_id}/guards",
        "/occasions/{occasion_id}/guards/{guard_id}/stand-down",
        "/occasions/{occasion_id}/duty",
        "/occasions/{occasion_id}/duty/{override_id}/drop",
        "/occasions/{occasion_id}/items",
        "/occasions/{occasion_id}/items/{item_id}/{verb}",
    ),
}
FIRST_RUN = {"/setup"}  # in a house without people: its own test below
WITH_A_CODE = {  # of a phone: test_second_factor.py
    "/login/code",
    *(f"/account/second-factor/{what}" for what in ("confirm", "spare", "off")),
}


def newest(house: House) -> list[Entry]:
    with reading(house.parts.database) as tx:
        return journal.after(tx, 0, START - timedelta(days=1), limit=1000)


def test_every_route_that_changes_something_is_asked_here() -> None:
    changing = {(method, path) for method, path in routes() if method not in {"GET", "HEAD"}}
    assert {
        path for _, path in changing - UNRECORDED
    } == DONE.keys() | WALKED.keys() | FIRST_RUN | WITH_A_CODE | BY_FORM


@pytest.mark.parametrize("route", DONE)
def test_each_leaves_a_line_with_who_did_it(house: House, order: WorkOrder, route: str) -> None:
    role, data, address, verb = DONE[route]
    where = address(house, order)
    by_link = {"/login", "/l/{token}", "/l/list/{token}", "/a/{token}"}
    browser = house.browser() if route in by_link else house.enter(role)
    before = len(newest(house))
    answer = browser.post(where, data=data)
    assert answer.status_code in {200, 303}, answer.text
    said = [entry for entry in newest(house)[before:] if entry.verb == verb]
    assert [entry.person_id for entry in said] == [house.people[role]]


def test_each_step_of_an_inspection_leaves_a_line_with_who_took_it(house: House) -> None:
    """From the first point to the head's decision; the customer's signature is handed over."""
    walk = inspected.planned(house)
    engineer, head = house.enter(Role.ENGINEER), house.enter(Role.HEAD)
    engineer.post(f"{walk.address}/start")
    engineer.post(walk.at("V-0"), data={"say": "normal"})
    photos = f"{walk.at('V-0')}/photos"
    engineer.post(photos, files={"photo": ("a.jpg", a_photo(), "image/jpeg")})
    engineer.post(f"{photos}/{walk.point('V-0').photos[0].id}/remove")
    inspected.is_offline(house, "V-1", since=timedelta(hours=5))
    walk.finished()
    engineer.post(f"{walk.address}/unsigned", data={"reason": "nobody there"})
    engineer.post(f"{walk.address}/sign", data={"signer_name": "Liu", "drawn": a_signature()})
    head.post(f"{walk.at('V-1')}/decide", data={"decision": "false", "reason": "not there"})
    engineer_did = [one for one in newest(house) if one.verb in set(WALKED.values())]
    who = {one.verb: one.person_id for one in engineer_did}
    me, leading = house.people[Role.ENGINEER], house.people[Role.HEAD]
    assert who == {
        verb: leading if verb == "inspection_decided" else me for verb in WALKED.values()
    }


def test_the_founding_is_the_first_line(empty_house: House) -> None:
    with transaction(empty_house.parts.database) as tx:
        token = setup_desk.create_token(tx, empty_house.clock())
    empty_house.browser().post("/setup", data=form(token))
    assert "founded" in {entry.verb for entry in newest(empty_house)}


def test_a_wrong_password_or_link_is_nobodys_line(house: House) -> None:
    """Tries are counted by the throttle; the journal tells what was done."""
    browser = house.browser()
    browser.post("/login", data={"name": "engineer", "password": "wrong"})
    browser.post("/l/nonsense", data={"verb": "acknowledge"})
    assert [entry.verb for entry in newest(house) if entry.verb != "login_given"] == []
