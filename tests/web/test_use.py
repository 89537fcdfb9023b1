"""Settings that are read anew while the web serves."""

from dataclasses import replace

from tests.web.conftest import House
from web.main import use


def test_what_is_read_anew_holds_for_pages_and_programs(house: House) -> None:
    settings = house.parts.settings.model_copy(update={"demo": True})
    before = house.browser().get("/login").text
    use(house.app, replace(house.parts, settings=settings))
    assert house.browser().get("/login").text != before
    assert house.app.state.api.state.parts.settings.demo
