"""No address makes a page stumble: numbers beyond any row, none, and what is no number."""

from itertools import product

from rules.model import Role
from tests.web.conftest import House
from tests.web.test_access import ENDLESS, OPEN
from tests.web.test_walk import PLACED

NUMBERS = ("0", "-1", "9" * 19, "9" * 30, "٣", "x", "a%00b")


def test_no_number_makes_a_page_stumble(house: House) -> None:
    """On both engines: what does not fit a row's number is a page that is not there."""
    browser = house.enter(Role.ADMIN)
    for (method, path), number in product(sorted(OPEN), NUMBERS):
        if not PLACED.search(path) or (method, path) in ENDLESS:
            continue
        address = PLACED.sub(number, path.replace("{kind}", "sites"))
        answer = browser.request(method, address)
        assert answer.status_code < 500, (method, address)
        if "_id" in path and method == "GET":
            assert answer.status_code in {403, 404}, (address, answer.status_code)


NAMES = ("q", "site", "person", "state", "stand", "period", "kind", "verb", "after", "before")


def test_no_words_of_a_filter_make_a_list_stumble(house: House) -> None:
    """A NUL is nothing PostgreSQL keeps; half a letter is nothing anybody keeps."""
    browser = house.enter(Role.ADMIN)
    for method, path in sorted(OPEN):
        if method != "GET" or PLACED.search(path) or (method, path) in ENDLESS:
            continue
        for words in ("a%00b", "%ff", "%ED%A0%80"):
            query = "&".join(f"{name}={words}" for name in NAMES)
            answer = browser.get(f"{path}?{query}")
            assert answer.status_code < 500, (path, words)


def test_what_is_typed_before_any_login_makes_nothing_stumble(house: House) -> None:
    for address in ("/login", "/login/mail", "/login/code", "/a/x", "/setup"):
        typed = dict.fromkeys(("name", "password", "address", "email", "code", "token"), "a\0b")
        assert house.browser().post(address, data=typed).status_code < 500, address
