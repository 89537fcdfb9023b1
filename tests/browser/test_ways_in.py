"""The ways in, in a real browser: by mail, with a phone's codes, by the company's login."""

import contextlib
import re
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyotp
import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page

from rules.model import Role
from storage.db import transaction
from tests.browser.conftest import DESKTOP, PHONE, arrived, context_of, log_in
from tests.browser.fitness import unfit
from tests.browser.test_axe import MEANT
from tests.waiting import until
from tests.web.conftest import House, an_order
from tests.web.identity_provider import CLIENT, SECRET, IdentityProvider, identity_provider
from tests.web.post import PostOffice, address_of, post_office
from tests.web.test_access_links import a_contact

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)

NEW = "noch vier gute worte"


@dataclass
class Front:
    """The house with a mail channel and a provider, where it is served, and browsers before it."""

    house: House
    address: str
    post: PostOffice
    provider: IdentityProvider
    browser: Browser
    opened: list[BrowserContext]

    def page(
        self, size: tuple[int, int] = DESKTOP, language: str = "en", *, dark: bool = False
    ) -> Page:
        context = context_of(
            self.browser,
            self.address,
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if dark else "light",
        )
        self.opened.append(context)
        context.add_cookies([{"name": "language", "value": language, "url": self.address}])
        return context.new_page()

    def sends(self, typed: str, button: str) -> None:
        """Asked for through the form."""
        page = self.page()
        page.goto("/login")
        page.click("text=Forgot your password")
        page.fill("#typed", typed)
        page.click(f"main button:has-text('{button}')")
        page.wait_for_selector("text=Look into your mailbox")


@pytest.fixture
def front(house: House, browser: Browser, tmp_path: Path) -> Iterator[Front]:
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    file = tmp_path / "oidc-secret"
    file.write_text(SECRET, encoding="utf-8")
    with contextlib.ExitStack() as stack:
        provider = stack.enter_context(identity_provider(house.clock))
        told = {"issuer": provider.issuer, "client_id": CLIENT, "client_secret": f"file:{file}"}
        oidc = {**told, "name": "Anxin ID"}
        post = stack.enter_context(post_office(house, public_url=address, oidc=oidc))
        stack.enter_context(_served(house, listening))
        opened: list[BrowserContext] = []
        yield Front(house, address, post, provider, browser, opened)
        for context in opened:
            context.close()


@contextlib.contextmanager
def _served(house: House, listening: socket.socket) -> Iterator[None]:
    config = uvicorn.Config(house.app, log_config=None, timeout_graceful_shutdown=2)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    until(lambda: server.started, 120)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(60)
        listening.close()


def test_a_customer_from_the_invitation_to_the_login_link(front: Front) -> None:
    """Invited by the administrator, without a password, and back another day by a mailed link."""
    page = _invited(front)
    page.click("text=不设密码，继续")
    arrived(page, f"{front.address}/portal")
    front.sends("zhou@example.com", "Log in without a password")
    later = front.page(PHONE, "zh")
    later.goto(front.post.link_to("zhou@example.com", 2))
    later.click("text=立即登录")
    arrived(later, f"{front.address}/portal")


def _invited(front: Front) -> Page:
    """The administrator mails an invitation; the customer's phone has just opened it."""
    person = a_contact(front.house)
    admin = front.page()
    admin.goto("/login")
    log_in(admin, "admin")
    admin.goto(f"/logins/{person}")
    admin.click("text=Mail an invitation")
    admin.wait_for_selector("text=the delivery ledger shows")
    page = front.page(PHONE, "zh")
    page.goto(front.post.link_to("zhou@example.com"))
    return page


def test_a_new_password_then_a_second_factor_then_a_lost_phone(front: Front) -> None:
    front.sends("head", "Choose a new password")
    page = front.page()
    page.goto(front.post.link_to(address_of(Role.HEAD)))
    page.fill("#new", NEW)
    page.fill("#again", NEW)
    page.click("text=保存并登录")
    arrived(page, f"{front.address}/")
    key, spare = _second_factor(front, page)
    front.house.clock.passes(minutes=1)
    for code in (pyotp.TOTP(key).at(front.house.clock()), spare[0]):
        again = front.page()
        again.goto("/login?next=/rota")
        again.fill("#name", "head")
        again.fill("#password", NEW)
        again.click("main form button")
        again.fill("#code", code)
        again.click("text=Go on")
        arrived(again, f"{front.address}/rota")


def _second_factor(front: Front, page: Page) -> tuple[str, list[str]]:
    """Set up from the account's page: the key of the phone, the spare codes."""
    page.goto("/account")
    page.click("main a:has-text('Set it up')")
    page.click("main button:has-text('Set it up')")
    picture = page.locator("img.qr")
    until(lambda: picture.evaluate("(one) => one.complete && one.naturalWidth > 100"))
    key = page.inner_text(".copyable").replace(" ", "")
    page.fill("#code", pyotp.TOTP(key).at(front.house.clock()))
    page.click("text=Switch it on")
    page.wait_for_selector(".spare-codes")
    page.wait_for_load_state("load")
    return key, page.locator(".spare-codes li").all_inner_texts()


def test_through_the_companys_own_login_and_back(front: Front) -> None:
    """Out and back with real cookies, redirects and content policy; the invitation as well."""
    front.provider.person = {
        "sub": "chen",
        "email": address_of(Role.HEAD),
        "email_verified": True,
    }
    page = front.page()
    page.goto("/login?next=/rota")
    page.click("text=Log in with Anxin ID")
    arrived(page, f"{front.address}/rota")
    front.provider.person = {"sub": "zhou"}
    invited = _invited(front)
    invited.click("text=通过 Anxin ID 开通")
    arrived(invited, f"{front.address}/portal")
    stranger = front.page()
    front.provider.person = {"sub": "nobody", "email": "x@y.z", "email_verified": True}
    stranger.goto("/login/oidc")
    assert "Ask your administrator" in stranger.inner_text("main")


@pytest.mark.parametrize(
    ("size", "dark", "language"),
    [(DESKTOP, True, "en"), (PHONE, False, "zh")],
    ids=["desk-dark-en", "phone-light-zh"],
)
def test_every_page_of_them_is_fit_for_everybody(
    front: Front, size: tuple[int, int], language: str, *, dark: bool
) -> None:
    with transaction(front.house.parts.database) as tx:
        an_order(tx, front.house)
    front.sends("customer", "Choose a new password")
    link = front.post.link_to(address_of(Role.CUSTOMER))
    found: dict[str, list[str]] = {}
    stranger = front.page(size, language, dark=dark)
    _look(stranger, ["/login", "/login/mail", link, "/a/nothing"], found)
    for name, paths in (
        ("customer", ["/portal", "/account"]),
        ("admin", ["/logins", "/logins/3", "/account/second-factor"]),
    ):
        page = front.page(size, language, dark=dark)
        page.goto("/login")
        log_in(page, name)
        _look(page, paths, found)
        if name == "admin":
            page.click("main form button")
            page.wait_for_selector("img.qr")
            _look(page, ["/account/second-factor"], found)
    assert found == {}


def _look(page: Page, paths: list[str], found: dict[str, list[str]]) -> None:
    for path in paths:
        page.goto(path)
        if wrong := unfit(page, MEANT):
            found[re.sub(r"^/a/.*", "/a/", path)] = wrong
