"""`make pictures`: the README's screenshots, taken from a demo that really runs.

Starts the demo in an empty folder, waits until something has broken, and takes the board, an
order and the board on a phone with headless Chromium.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).parents[1]
OUT = HERE / "docs" / "pictures"
DESK, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
ROWS = 3
PATIENCE_MS = 600_000


def main() -> None:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("Chromium is not installed: make deps")
    OUT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "ringwatch", "demo", "--data", folder]
        demo = subprocess.Popen(  # noqa: S603 - our own program
            command, cwd=HERE, stdout=subprocess.PIPE, text=True, env=_environment()
        )
        try:
            address, password = _greeting(demo)
            with sync_playwright() as play:
                browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
                _take(browser, address, password)
                browser.close()
        finally:
            demo.terminate()
            demo.wait(30)


def _environment() -> dict[str, str]:
    return {**os.environ, "RINGWATCH_HTTP": "127.0.0.1:18087"}  # noqa: TID251 - for a child


def _greeting(demo: "subprocess.Popen[str]") -> tuple[str, str]:
    assert demo.stdout is not None  # noqa: S101 - it was asked for
    address = password = ""
    for line in demo.stdout:
        address = address or _found(r"(http://127\.0\.0\.1:18087)", line)
        password = password or _found(r"dispatcher / ([\w-]+)", line)
        if address and password:
            return address, password
    sys.exit("the demo ended without a greeting")


def _found(pattern: str, line: str) -> str:
    found = re.search(pattern, line)
    return found.group(1) if found else ""


def _take(browser: Browser, address: str, password: str) -> None:
    page = _enter(browser, address, password, DESK, "en", "light")
    page.locator("[data-row]").nth(ROWS - 1).wait_for(timeout=PATIENCE_MS)
    page.screenshot(path=OUT / "board.png")
    page.locator("[data-row] a").first.click()
    page.wait_for_timeout(1500)
    page.screenshot(path=OUT / "order.png")
    phone = _enter(browser, address, password, PHONE, "zh", "dark")
    phone.wait_for_timeout(1500)
    phone.screenshot(path=OUT / "phone.png")


def _enter(
    browser: Browser, address: str, password: str, size: dict[str, int], language: str, theme: str
) -> Page:
    context = browser.new_context(
        viewport={"width": size["width"], "height": size["height"]},
        color_scheme="dark" if theme == "dark" else "light",
    )
    context.add_cookies([{"name": "language", "value": language, "url": address}])
    page = context.new_page()
    page.goto(f"{address}/login")
    page.fill("input[name=name]", "dispatcher")
    page.fill("input[name=password]", password)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}/")
    return page


if __name__ == "__main__":
    main()
