"""Fit for everybody: WCAG 2.2 AA by axe-core, nothing that scrolls sideways, room for a thumb."""

from pathlib import Path

from playwright.sync_api import Page

from tests.browser.test_frame import SMALL

_AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
_RUN = """async (tags) => (await axe.run(document, {runOnly: tags})).violations
  .map((v) => v.id + ": " + v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160)).join(" | "))"""


def unfit(page: Page, targets: str) -> list[str]:
    """What is wrong with the page as it stands; `targets` must be large enough for a thumb."""
    page.wait_for_load_state("load")
    page.evaluate(_AXE)
    wrong: list[str] = page.evaluate(_RUN, _TAGS)
    if not page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
        wrong.append("scrolls sideways")
    return wrong + [f"too small: {one}" for one in page.evaluate(SMALL, targets)]


def misfits(page: Page, targets: str, *paths: str) -> dict[str, list[str]]:
    """What is wrong on each of these pages, whatever they keep folded."""
    found: dict[str, list[str]] = {}
    for path in paths:
        page.goto(path)
        page.evaluate("document.querySelectorAll('main details').forEach((d) => d.open = true)")
        if wrong := unfit(page, targets):
            found[path] = wrong
    return found
