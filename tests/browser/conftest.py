"""The web door on a real port, and a real browser before it that lets no complaint pass."""

import re
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect, sync_playwright

from tests.waiting import until
from tests.web.conftest import PASSWORD, House, clock, empty_house, house

__all__ = ["clock", "empty_house", "house"]

expect.set_options(timeout=60_000)  # what is not there by then does not come, on a busy machine too
DESKTOP, PHONE = (1440, 900), (390, 844)
Open = Callable[..., Page]


def context_of(browser: Browser, address: str, **how: Any) -> BrowserContext:
    """As patient as `expect`, and without motion: what is where, is there at once."""
    context = browser.new_context(base_url=address, reduced_motion="reduce", **how)
    context.set_default_timeout(60_000)
    return context


def arrived(page: Page, address: str | re.Pattern[str]) -> None:
    """The page after a click is here, with its styles and scripts; before, the old one answers."""
    expect(page).to_have_url(address)
    page.wait_for_load_state("load")


def held(page: Page, pattern: str) -> Callable[[int], Route]:
    """What is asked for at such addresses waits from now on; gives the n-th of them."""
    routes: list[Route] = []

    def keep(route: Route) -> None:
        routes.append(route)

    def nth(number: int) -> Route:
        until(lambda: page.evaluate("true") and len(routes) >= number)
        return routes[number - 1]

    page.route(re.compile(pattern), keep)
    return nth


@pytest.fixture
def address(house: House) -> Iterator[str]:
    """Where the house is served; on one engine, for a browser sees no difference."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    config = uvicorn.Config(house.app, log_config=None, timeout_graceful_shutdown=2)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    until(lambda: server.started, 120)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join(60)
    listening.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=_chromium(), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield launched
        launched.close()


def _chromium() -> str:
    import shutil  # noqa: PLC0415

    from tests.conftest import needs  # noqa: PLC0415

    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if not found:
        needs("Chromium")
    return str(found)


@pytest.fixture
def open_page(browser: Browser, address: str) -> Iterator[Open]:
    """`open_page(path, size=PHONE, language="zh", dark=True)`; fails on any complaint after."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_one(
        path: str, *, size: tuple[int, int] = DESKTOP, language: str = "en", dark: bool = False
    ) -> Page:
        context = context_of(
            browser,
            address,
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if dark else "light",
        )
        contexts.append(context)
        context.add_cookies([{"name": "language", "value": language, "url": address}])
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda said: (
                complaints.append(said.text) if "Content Security Policy" in said.text else None
            ),
        )
        page.goto(path)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert complaints == []


def log_in(page: Page, name: str = "head") -> None:
    page.fill("#name", name)
    page.fill("#password", PASSWORD)
    page.click("main button")
    page.wait_for_url(lambda url: "/login" not in url)
