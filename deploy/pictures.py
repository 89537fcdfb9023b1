"""`make pictures`: the README's screenshots, taken from a demo that really runs.

Starts the demo in an empty folder, waits until something has broken, and takes the board, an
order, the board and an inspection on a phone with headless Chromium, and the first page of a
report as a customer downloads it.
"""

import functools
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
            address, passwords = _greeting(demo)
            with sync_playwright() as play:
                browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
                _take(browser, address, passwords)
                browser.close()
        finally:
            demo.terminate()
            demo.wait(30)


def _environment() -> dict[str, str]:
    return {**os.environ, "RINGWATCH_HTTP": "127.0.0.1:18087"}  # noqa: TID251 - for a child


def _greeting(demo: "subprocess.Popen[str]") -> tuple[str, dict[str, str]]:
    """Where it is, and the password of each login."""
    assert demo.stdout is not None  # noqa: S101 - it was asked for
    address = ""
    for line in demo.stdout:
        found = re.search(r"(http://127\.0\.0\.1:18087)", line)
        address = address or (found.group(1) if found else "")
        passwords = dict(re.findall(r"(\w+) / ([\w-]+)", line))
        if address and "dispatcher" in passwords:
            return address, passwords
    sys.exit("the demo ended without a greeting")


def _take(browser: Browser, address: str, passwords: dict[str, str]) -> None:
    visit = functools.partial(_enter, browser, address, passwords)
    page = visit("dispatcher", DESK, "en", "light")
    page.locator("[data-row]").nth(ROWS - 1).wait_for(timeout=PATIENCE_MS)
    page.screenshot(path=OUT / "board.png")
    page.locator("[data-row] a").first.click()
    page.wait_for_timeout(1500)
    page.screenshot(path=OUT / "order.png")
    phone = visit("dispatcher", PHONE, "zh", "dark")
    phone.wait_for_timeout(1500)
    phone.screenshot(path=OUT / "phone.png")
    _take_inspection(visit("engineer", PHONE, "zh", "light"), address)
    _take_report(visit("customer", DESK, "zh", "light"), address)


def _take_inspection(phone: Page, address: str) -> None:
    """A point of the sheet that is being walked."""
    phone.goto(f"{address}/inspections?stand=in_work")
    phone.locator("main a[href^='/inspections/']").first.click()
    phone.locator("#do a.main-act").click()
    phone.locator("#walk:not([data-settling])").wait_for()
    phone.screenshot(path=OUT / "inspection.png")


def _take_report(page: Page, address: str) -> None:
    """The first page of what the customer is handed."""
    page.goto(f"{address}/portal")
    with page.expect_download(timeout=PATIENCE_MS) as waiting:
        page.locator(".portal-paper a").first.click()
    tool = shutil.which("pdftoppm")
    if tool is None:
        sys.exit("pdftoppm is not installed: make deps")
    wanted = ["-r", "80", "-f", "1", "-singlefile", "-png"]
    subprocess.run([tool, *wanted, waiting.value.path(), OUT / "report"], check=True)  # noqa: S603


def _enter(  # noqa: PLR0913, PLR0917 - who, where, and how it is to look
    browser: Browser,
    address: str,
    passwords: dict[str, str],
    login: str,
    size: dict[str, int],
    language: str,
    theme: str,
) -> Page:
    context = browser.new_context(
        viewport={"width": size["width"], "height": size["height"]},
        color_scheme="dark" if theme == "dark" else "light",
    )
    context.add_cookies([{"name": "language", "value": language, "url": address}])
    page = context.new_page()
    page.goto(f"{address}/login")
    page.fill("input[name=name]", login)
    page.fill("input[name=password]", passwords[login])
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/login" not in url)
    return page


if __name__ == "__main__":
    main()
