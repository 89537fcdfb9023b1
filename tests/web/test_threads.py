"""The web's threads and the pool's places: as many of one as of the other."""

import anyio.to_thread
from fastapi.testclient import TestClient

from storage.db import POOL_SIZE
from tests.web.conftest import House


def test_there_are_as_many_threads_as_places(house: House) -> None:
    """One thread more would wait up to 30 s for a connection, and a page with it."""

    def threads() -> float:
        return anyio.to_thread.current_default_thread_limiter().total_tokens

    with TestClient(house.app) as browser:
        assert browser.portal is not None
        assert browser.portal.call(threads) == POOL_SIZE
