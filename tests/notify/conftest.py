from collections.abc import Iterator

import pytest

from tests.notify.receivers import WebServer, web_server
from words import catalogue

catalogue.be_strict(strict=True)


@pytest.fixture
def web() -> Iterator[WebServer]:
    with web_server() as server:
        yield server


@pytest.fixture
def other_web() -> Iterator[WebServer]:
    with web_server() as server:
        yield server
