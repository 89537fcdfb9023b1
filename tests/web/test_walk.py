"""C12: every route, API call and topic × every role × one's own and a foreign customer's.

What is foreign is not even there: 404 (or 403 where the role may not at all), nothing changes,
and no page, list, answer or event tells a word of it.
"""

import contextlib
import re
from collections.abc import Iterator
from itertools import product

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from rules.model import Role
from storage import journal
from storage.db import reading, transaction
from storage.journal import Entry
from tests.waiting import until
from tests.web.api import test_access as api_table
from tests.web.api.conftest import a_token, client
from tests.web.conftest import House
from tests.web.test_access import LETTERS, OPEN
from tests.web.test_stream import Ear
from tests.web.test_stream import enter as entered
from tests.web.test_stream import server as served
from tests.web.two_customers import MARK, World, two, unbound
from web.stream import TOPIC

enter, server = entered, served  # fixtures

PLACED = re.compile(r"\{(\w+)(?::\w+)?\}")
# What an address names: of a site, or of our own house, whose permits alone decide.
OF_A_SITE = {
    "site_id", "device_id", "system_id", "customer_id", "order_id", "inspection_id", "point_id",
    "item_id", "photo_id", "document_id", "sticker_id", "contract_id", "site", "code", "window_id",
    "occasion_id", "guard_id", "notice_id", "planned_id",
}  # fmt: skip
OF_THE_HOUSE = {
    "alert_id", "reject_id", "person_id", "change_id", "remark_id", "name", "token", "version",
    "public_id", "noun", "fault_code", "override_id", "kind", "scope",
    "number", "verb", "step", "alias", "drill_id", "swap_id", "note_id", "rotation_id",
    "plan_id", "binding_id", "subscription_id", "telling", "language", "hook", "secret",
}  # fmt: skip
FILLING = {
    "fault_code": "TEMP_HIGH",
    "verb": "acknowledge",
    "step": "start",
    "version": "x",
    "name": "x",
}
DEEDS = ("acknowledge", "close", "start", "issue", "revoke")
# One set of pages for several nouns: which number is asked for with which.
KINDS = {
    "sites": "site_id",
    "systems": "system_id",
    "devices": "device_id",
    "customers": "customer_id",
    "contracts": "contract_id",
    "people": "person_id",
}
SCOPES = {"device": "device_id", "system": "system_id", "site": "site_id"}
OF_THE_COMPANY = {"customers", "contracts", "people"}  # for whoever sees all of it
WISHES = "/tellings/{contract_id}"  # of a contract: the company's too
OTHER_STATE = {404, 403}
PIECEWISE = {Role.CUSTOMER, Role.ENGINEER}  # for them also each page without its frame or filter
WIDEST = "?q=站点&state=all&site=2&reveal=yes&period=2026-06"


def named_in(path: str) -> set[str]:
    return set(PLACED.findall(path))


def of_kinds(path: str) -> list[str]:
    """The same address once for each noun it serves."""
    for name, nouns in (("kind", KINDS), ("scope", SCOPES)):
        if {name, "number"} <= named_in(path):
            return [
                path.replace("{" + name + "}", each).replace("{number}", "{" + noun + "}")
                for each, noun in nouns.items()
            ]
    return [path]


PATHS = sorted(
    (method, each)
    for method, path in OPEN
    for each in of_kinds(path)
    if each != path or named_in(path) & OF_A_SITE
)
LISTS = sorted(
    path for method, path in OPEN if method == "GET" and not named_in(path) and path != "/stream"
)


def letter_of(role: Role) -> str:
    return next(key for key, each in LETTERS.items() if each is role)


def may(role: Role, open_to: str) -> bool:
    return open_to in {"*", "+"} or letter_of(role) in open_to


def filled(world: World, path: str, deed: str = "") -> str:
    path = world.path(path)
    if deed:
        path = path.replace("{verb}", deed).replace("{step}", deed)
    return PLACED.sub(lambda found: FILLING.get(found.group(1), "1"), path)


def done_since(house: House, last: int) -> list[str]:
    with reading(house.parts.database) as tx:
        return [one.verb for one in journal.after(tx, last, house.clock()) if one.id > last]


def last_id(house: House) -> int:
    with reading(house.parts.database) as tx:
        return journal.last_id(tx)


def test_every_name_in_an_address_is_known_here() -> None:
    """A new noun of an address must be said to be of a site, and get a foreign one; or not."""
    names = {name for _, path in [*OPEN, *api_table.OPEN] for name in named_in(path)}
    assert names - OF_A_SITE - OF_THE_HOUSE == set()


@pytest.mark.parametrize("role", list(Role))
def test_what_is_foreign_is_not_even_there(house: House, role: Role) -> None:
    _, theirs = two(house)
    browser = house.enter(role)
    before = last_id(house)
    for method, path in PATHS:
        acts = DEEDS if named_in(path) & {"verb", "step"} else ("",)
        whole_and_pieces = method == "GET" and role in PIECEWISE
        ways = ({}, {"HX-Request": "true"}) if whole_and_pieces else ({},)
        for deed, htmx in product(acts, ways):
            answer = browser.request(method, filled(theirs, path, deed), headers=htmx)
            assert answer.status_code in OTHER_STATE, (method, path, deed, answer.status_code)
            assert MARK not in answer.text, (method, path, deed)
    assert done_since(house, before) == []


@pytest.mark.parametrize("role", list(Role))
def test_ones_own_is_there_for_whom_it_is_open(house: House, role: Role) -> None:
    """The same addresses: nothing above was refused only because it was never there."""
    ours, _ = two(house)
    browser = house.enter(role)
    for method, path in PATHS:
        if method != "GET":
            continue
        answer = browser.get(filled(ours, path))
        assert MARK not in answer.text, path
        if (method, path) not in OPEN:  # of several nouns: each in test_records.py
            expected = {403} if path.split("/")[2] in OF_THE_COMPANY else {200, 403}
            assert answer.status_code in expected, path
            continue
        allowed = may(role, OPEN[method, path]) and path != WISHES
        assert (answer.status_code == 403) is not allowed, (path, answer.status_code)
        if allowed and role is not Role.CUSTOMER:  # whose sheets begin with their issue
            assert answer.status_code != 404 or path in NOT_YET, path


# Nobody has signed, and no sheet of labels is of that moment.
NOT_YET = {"/inspections/{inspection_id}/signature", "/labels/{site_id}/sheet.pdf"}


@pytest.mark.parametrize("role", list(Role))
def test_no_list_tells_a_word_of_it(house: House, role: Role) -> None:
    two(house)
    for bound in (True, False) if role is Role.CUSTOMER else (True,):
        if not bound:
            unbound(house)
        browser = house.enter(role)
        for path in LISTS:
            for query in ("", WIDEST) if role in PIECEWISE else (WIDEST,):
                assert MARK not in browser.get(path + query).text, path + query


@pytest.mark.parametrize("role", list(Role))
def test_no_answer_of_the_api_does_either(house: House, role: Role) -> None:
    """Lists with and without filters for the foreign site; each address with foreign ids."""
    _, theirs = two(house)
    program = client(house, a_token(house, role))
    before = last_id(house)
    for (method, path), open_to in sorted(api_table.OPEN.items()):
        if (method, path) in api_table.ENDLESS:
            continue
        address = f"/api/v1{filled(theirs, path)}"
        if method == "GET":
            for query in ("", "?state=all&site=S-9", f"?state=all&site={theirs.site}"):
                answer = program.get(address + query)
                assert MARK not in answer.text, (path, query)
        else:
            answer = _posted(program, address, theirs)
        if named_in(path) & OF_A_SITE:
            assert answer.status_code in {*OTHER_STATE, 422}, (method, path, open_to)
    assert done_since(house, before) == []


def _posted(program: TestClient, address: str, theirs: World) -> Response:
    body = {
        "site": theirs.site_code,
        "device": theirs.device_code,
        "symptom": "black",
        "reporter": "Zhou",
    }
    answer = program.post(address, json=body)
    assert MARK not in answer.text.replace(theirs.device_code, ""), address
    assert answer.status_code in {403, 404, 422}, address
    return answer


# --- the stream


def topics(world: World) -> list[str]:
    """Every kind of topic there is, of this world."""
    kinds = re.findall(r"\(([\w|]+)\)-", TOPIC.pattern)[0].split("|")
    return [f"{kind}-{world.ids[f'{kind}_id']}" for kind in kinds]


def happens_in(house: House, world: World) -> None:
    with transaction(house.parts.database) as tx:
        numbers = {f"{kind}_id": int(world.ids[f"{kind}_id"]) for kind in ("order", "site")}
        journal.write(
            tx,
            Entry(
                at=house.clock(),
                actor="clock",
                verb="paged",
                device_id=world.device,
                **numbers,  # type: ignore[arg-type]
            ),
        )


@pytest.mark.parametrize("address", ["/stream", "/api/v1/events"])
def test_every_topic_is_said_to_whom_it_concerns(house: House, server: str, address: str) -> None:
    """All roles listen to all topics of both worlds at once; then both worlds have news."""
    ours, theirs = two(house)
    wanted = ",".join(["board", *topics(ours), *topics(theirs)])
    with contextlib.ExitStack() as stack:
        ears = {
            role: stack.enter_context(_ear(house, server, role, address, wanted)) for role in Role
        }
        happens_in(house, theirs)
        happens_in(house, ours)
        for role, ear in ears.items():
            due = {*topics(ours), *({"board"} if role is not Role.CUSTOMER else ())}
            until(lambda ear=ear, due=due: ear.hears(*due))  # type: ignore[misc]
            assert set(ear.events) - {"hello"} == due, role


@contextlib.contextmanager
def _ear(house: House, server: str, role: Role, address: str, wanted: str) -> Iterator[Ear]:
    import httpx2  # noqa: PLC0415

    if address == "/stream":
        kept = {"cookies": {"ringwatch": house.enter(role).cookies["ringwatch"]}}
    else:
        kept = {"headers": {"Authorization": f"Bearer {a_token(house, role)}"}}
    with httpx2.Client(base_url=server, timeout=60, **kept) as one:  # type: ignore[arg-type]
        yield Ear(one, wanted, address=address)


def test_nobody_hears_without_a_session(house: House, server: str) -> None:
    import httpx2  # noqa: PLC0415

    ours, _ = two(house)
    for topic in ("board", *topics(ours)):
        assert httpx2.get(f"{server}/stream?on={topic}", timeout=60).status_code == 401
