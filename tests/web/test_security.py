"""What every request passes and every answer carries."""

import re

import pytest
from starlette.datastructures import Headers

from rules.model import Role
from tests.web.conftest import PASSWORD, House
from web.security import LARGEST_BODY, is_same_site, largest

ADDRESSES = ("/login", "/nothing-here", "/healthz", "/rota", "/static/x/ringwatch.css")


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_answer_carries_the_guards(house: House, address: str) -> None:
    said = house.browser().get(address).headers
    policy = said["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert said["x-content-type-options"] == "nosniff"
    assert said["x-frame-options"] == "DENY"
    assert said["referrer-policy"] == "same-origin"
    if not address.startswith("/static"):
        assert said["cache-control"] == "private, no-store"


def test_pages_hold_no_inline_script_or_style(house: House) -> None:
    browser = house.enter(Role.ADMIN)
    for address in ("/rota", "/notices", "/discovered", "/rejects", "/password", "/nothing"):
        html = browser.get(address).text
        assert not re.search(r"<script(?![^>]*\ssrc=)", html), address
        assert not re.search(r"\sstyle=|<style|\son[a-z]+=|hx-on|javascript:", html), address


@pytest.mark.parametrize(
    ("headers", "taken"),
    [
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "none"}, True),
        ({"sec-fetch-site": "same-site", "origin": "http://ringwatch.lan"}, False),
        ({"sec-fetch-site": "cross-site", "origin": "http://evil.example"}, False),
        ({"origin": "http://ringwatch.lan", "host": "ringwatch.lan"}, True),
        ({"origin": "http://ringwatch.lan:8080", "host": "ringwatch.lan:8080"}, True),
        ({"origin": "http://evil.example", "host": "ringwatch.lan"}, False),
        ({"origin": "null", "host": "ringwatch.lan"}, False),
        ({"host": "ringwatch.lan"}, False),
        ({}, False),
    ],
)
def test_a_changing_request_must_come_from_one_of_our_pages(
    *, headers: dict[str, str], taken: bool
) -> None:
    assert is_same_site("POST", Headers(headers)) is taken
    assert is_same_site("GET", Headers(headers))


def test_a_cross_site_form_changes_nothing(house: House) -> None:
    browser = house.enter(Role.HEAD)
    foreign = {"Sec-Fetch-Site": "cross-site", "Origin": "http://evil.example"}
    assert browser.post("/logout", headers=foreign).status_code == 403
    assert browser.get("/rota").status_code == 200


def test_a_body_beyond_the_limit_is_refused(house: House) -> None:
    browser = house.browser()
    assert browser.post("/login", content=b"x" * (1024 * 1024 + 1)).status_code == 413
    chunks = (b"x" * 65536 for _ in range(20))
    form = {"content-type": "application/x-www-form-urlencoded"}
    assert browser.post("/login", content=chunks, headers=form).status_code == 413


def test_only_where_a_file_is_expected_may_a_body_be_longer() -> None:
    """A photo of a phone is larger than any form; no other address takes as much."""
    assert largest("/inspections/1/points/22/photos") > 16 * LARGEST_BODY
    for other in ("/login", "/inspections/1/points/22", "/inspections/1/points/2/photos/x", "/"):
        assert largest(other) == LARGEST_BODY


def test_markup_in_data_stays_text(house: House) -> None:
    answer = house.browser().post(
        "/login", data={"name": "<script>alert(1)</script>", "password": PASSWORD}
    )
    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;" in answer.text


def test_static_files_are_named_by_their_content_and_packed(house: House) -> None:
    browser = house.browser()
    html = browser.get("/login").text
    names = re.findall(r'(?:src|href)="(/static/[^"#]+)', html)
    assert len(set(names)) >= 6
    for name in set(names):
        answer = browser.get(name)
        assert answer.status_code == 200, name
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["content-encoding"] == "gzip"
    plain = browser.get(names[0], headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    old = re.sub(r"/static/[0-9a-f]+/", "/static/000000000000/", names[0])
    assert browser.get(old).headers["cache-control"] == "no-cache"
    assert browser.get("/static/x/../main.py").status_code == 404
    assert browser.get("/static/x/vendor/CHECKSUMS").status_code == 404
