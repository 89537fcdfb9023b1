"""How `web/static/vendor/` was made: unpack the npm packages, trim, record every sha256.

    npm pack htmx.org@4.0.1 @tabler/core@1.6.1 @tabler/icons@3.51.0 leaflet@1.9.4 uplot@1.6.32
    tar xzf each one into FOLDER/<name>/, then: python deploy/vendor.py FOLDER

Tabler loses the components no page of ours uses (calendars, carousels, social colours...), so
that a whole page stays under 100 KB on the wire. Icons become one sprite. No node at run time.
"""

import hashlib
import re
import shutil
import sys
from pathlib import Path

VENDOR = Path(__file__).parent.parent / "web" / "static" / "vendor"

ICONS = """
access-point activity address-book alert-octagon-filled alert-triangle-filled archive
arrow-back-up arrow-right bell
bell-ringing building calendar-week camera check chevron-down chevron-left chevron-right
circle-check-filled circle-dashed circle-filled clipboard-check clipboard-list clock
clock-exclamation cpu device-desktop dots download eraser external-link eye-off file-text
heart-rate-monitor help-circle history home hourglass info-circle language layout-dashboard
list-check lock logout mail map-pin menu-2 message-report moon info-square-rounded-filled pencil
phone photo plus point-filled radar-2 refresh route search send settings shield-check signature sun
tool tools trash truck upload user user-check users wifi-off x
""".split()  # noqa: SIM905 - one name a line would be a page

UNUSED = re.compile(
    r"\.(accordion|apexcharts|avatar-(upload|cover)|blockquote|btn-(facebook|twitter|linkedin|google|"
    r"youtube|vimeo|dribbble|github|instagram|pinterest|vk|rss|flickr|bitbucket|tabler|x\b)|"
    r"bg-(facebook|twitter|linkedin|google|youtube|vimeo|dribbble|github|instagram|pinterest|vk|"
    r"rss|flickr|bitbucket|tabler|x)\b|"
    r"text-(facebook|twitter|linkedin|google|youtube|vimeo|dribbble|github|instagram|pinterest|vk|"
    r"rss|flickr|bitbucket|tabler|x)\b|"
    r"(bg|text|btn|link|border|status|badge|ribbon|table|list-group-item|alert|progress-bar|focus-ring)-"
    r"(outline-|ghost-)?(pink|purple|indigo|cyan|teal|lime|gray-\d+|azure|facebook|flickr)\b|"
    r"btn-(outline|ghost)-(info|light|dark|blue|green|red|yellow|orange)|"
    r"calendar|card-(rotate|stacked|tabs|cover|sponsor|stamp|img)|carousel|chat|chart-sparkline|"
    r"chips|color-(input|cloud)|cookie|dropdown-menu-(sm|md|lg|xl|xxl)|dropend|dropstart|"
    r"flatpickr|form-(colorinput|imagecheck|selectgroup|floating|range|switch)|figure|fs-|"
    r"fslightbox|hr-text|img-|input-icon-addon-|io-|input-otp|"
    r"io|jvm|legend|litepicker|markdown|mention|navbar-(side|overlap|vertical|transparent)|noUi|"
    r"offcanvas|otp|payment|placeholder|plyr|popover|pricing|ratio|ribbon|settings|signal|"
    r"signature|social|sortable|sparkline|star|strength|switch|tag|tags|toast|tooltip|tox|tracking|"
    r"ts-|typed|vc|vr|wysiwyg|zoom|tom-select|dropzone|nav-segmented|bs-popover|bs-tooltip|"
    r"page-cover|layout-(fluid|boxed)|theme|link-[a-z]+|g[xy]?-|order-|offset-|"
    r"(text|bg|border|shadow)-opacity|[a-z-]+-xxl|(?!container-xl)[a-z-]+-xl(-|\b)|divide-|steps-|"
    r"columns-|cursor-|space-|object-|hover-|rotate-|scale-|opacity-\d|tracking|"
    r"(bg|text)-(blue|green|red|yellow|orange)-(lt|fg)|avatar-rounded|ps-5|pe-5)"
)
DROP_MEDIA = ("min-width:1400px", "max-width:1399.98px", "min-width:1200px", "max-width:1199.98px")


def main(folder: Path) -> None:
    VENDOR.mkdir(parents=True, exist_ok=True)
    htmx, core, icons, leaflet, uplot = (
        _package(folder, name)
        for name in ("htmx.org", "tabler-core", "tabler-icons", "leaflet", "uplot")
    )
    shutil.copy(htmx / "dist" / "htmx.min.js", VENDOR / "htmx.min.js")
    shutil.copy(htmx / "dist" / "ext" / "hx-sse.min.js", VENDOR / "hx-sse.min.js")
    shutil.copy(htmx / "LICENSE", VENDOR / "htmx.LICENSE")
    shutil.copy(leaflet / "dist" / "leaflet.js", VENDOR / "leaflet.js")
    shutil.copy(leaflet / "dist" / "leaflet.css", VENDOR / "leaflet.css")
    shutil.copy(leaflet / "LICENSE", VENDOR / "leaflet.LICENSE")
    shutil.copy(uplot / "dist" / "uPlot.iife.min.js", VENDOR / "uplot.js")
    shutil.copy(uplot / "dist" / "uPlot.min.css", VENDOR / "uplot.css")
    shutil.copy(uplot / "LICENSE", VENDOR / "uplot.LICENSE")
    shutil.copy(icons / "LICENSE", VENDOR / "tabler-icons.LICENSE")
    mit = (icons / "LICENSE").read_text(
        encoding="utf-8"
    )  # the core package names MIT, ships no text
    (VENDOR / "tabler.LICENSE").write_text(
        re.sub(r"Copyright.*", "Copyright (c) 2018-2026 The Tabler Authors", mit), encoding="utf-8"
    )
    sheet = (core / "dist" / "css" / "tabler.min.css").read_text(encoding="utf-8")
    (VENDOR / "tabler.css").write_text(trimmed(sheet), encoding="utf-8")
    (VENDOR / "icons.svg").write_text(sprite(icons / "icons"), encoding="utf-8")
    lines = [
        f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}"
        for file in sorted(VENDOR.iterdir())
        if file.name != "CHECKSUMS"
    ]
    (VENDOR / "CHECKSUMS").write_text("\n".join(lines) + "\n", encoding="utf-8")


def trimmed(sheet: str) -> str:
    """The sheet without unused rules; what stays is byte for byte as Tabler wrote it."""
    banner = re.search(r"/\*!.*?\*/", sheet, flags=re.DOTALL)
    plain = re.sub(r"/\*.*?\*/|@charset[^;]*;", "", sheet.removeprefix("\ufeff"), flags=re.DOTALL)
    kept = "".join(filter(None, (_kept(rule) for rule in _rules(plain))))
    return f'@charset "UTF-8";{banner.group() if banner else ""}{kept}'


def _kept(rule: str) -> str:
    head, _, body = rule.partition("{")
    if head.startswith("@media"):
        if any(width in head for width in DROP_MEDIA):
            return ""
        inner = "".join(filter(None, (_kept(each) for each in _rules(body[:-1]))))
        return f"{head}{{{inner}}}" if inner else ""
    if head.startswith("@"):
        return rule
    stays = [one for one in _selectors(head) if not UNUSED.search(one) and "data-vc" not in one]
    return ",".join(stays) + "{" + body if stays else ""


def _selectors(head: str) -> list[str]:
    return re.split(r",(?![^(]*\))", head)


def _rules(sheet: str) -> list[str]:
    """Top-level rules; strings and url(...) may hold braces."""
    found, depth, start = [], 0, 0
    for token in re.finditer(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|url\([^)]*\)|[{};]', sheet):
        mark = token.group()
        if mark == "{":
            depth += 1
        elif mark == "}":
            depth -= 1
        if depth == 0 and mark in "};":
            found.append(sheet[start : token.end()])
            start = token.end()
    return found


def sprite(folder: Path) -> str:
    """One file of symbols; strokes and fills take the colour of the words beside them."""
    symbols = []
    for name in ICONS:
        kind, plain = (
            ("filled", name.removesuffix("-filled"))
            if name.endswith("-filled")
            else ("outline", name)
        )
        drawing = (folder / kind / f"{plain}.svg").read_text(encoding="utf-8")
        paths = "".join(re.findall(r"<(?:path|circle|line)[^>]*/>", drawing))
        paint = (
            'fill="currentColor"'
            if kind == "filled"
            else (
                'fill="none" stroke="currentColor" stroke-width="2" '
                'stroke-linecap="round" stroke-linejoin="round"'
            )
        )
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24"><g {paint}>{paths}</g></symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg">' + "\n".join(symbols) + "</svg>\n"


def _package(folder: Path, name: str) -> Path:
    return next(folder.glob(f"{name}-*/package"))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
