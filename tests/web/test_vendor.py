"""Foreign files are exactly those that were taken in, each with its licence; pages stay small."""

import gzip
import hashlib
import re
from pathlib import Path

from rules.model import Role
from tests.web.conftest import House

VENDOR = Path(__file__).parents[2] / "web" / "static" / "vendor"
TEMPLATES = Path(__file__).parents[2] / "web" / "templates"
MOST_ON_THE_WIRE = 100 * 1024


def test_every_vendored_file_has_the_recorded_checksum() -> None:
    lines = (VENDOR / "CHECKSUMS").read_text().splitlines()
    recorded = {name: sha for sha, _, name in (line.partition("  ") for line in lines)}
    there = {file.name for file in VENDOR.iterdir()} - {"CHECKSUMS"}
    assert there == set(recorded)
    for name, sha in recorded.items():
        assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == sha, name


def test_every_vendored_package_brings_its_licence() -> None:
    for package in ("htmx", "leaflet", "tabler", "tabler-icons", "uplot"):
        assert len((VENDOR / f"{package}.LICENSE").read_text()) > 200


def test_every_icon_a_template_asks_for_is_in_the_sprite() -> None:
    known = set(re.findall(r'<symbol id="([^"]+)"', (VENDOR / "icons.svg").read_text()))
    for file in TEMPLATES.rglob("*.html"):
        for name in re.findall(r'icon\("([a-z0-9-]+)"', file.read_text(encoding="utf-8")):
            assert name in known, f"{file.name}: {name}"


def test_a_first_visit_stays_under_100_kb_on_the_wire(house: House) -> None:
    browser = house.enter(Role.ADMIN)
    html = browser.get("/rota").text
    names = set(re.findall(r'(?:src|href)="(/static/[^"#]+)', html))
    names |= set(re.findall(r'href="(/static/[^"#]+)#', html))
    sizes = {name: len(gzip.compress(browser.get(name).content)) for name in names}
    assert sum(sizes.values()) + len(gzip.compress(html.encode())) < MOST_ON_THE_WIRE, sizes


def test_trimming_lost_no_value_that_is_used() -> None:
    sheet = (VENDOR / "tabler.css").read_text(encoding="utf-8")
    used = set(re.findall(r"var\((--tblr-body-[a-z-]+|--tblr-border-[a-z]+)\)", sheet))
    lost = {name for name in used if f"{name}:" not in sheet}
    assert lost <= {"--tblr-border-dashed"}
