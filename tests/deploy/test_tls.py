"""Pages come by TLS: our own, or that of the proxy in front. Cookies and headers know either."""

import re
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest
import yaml

from tests import started
from tests.certificates import self_signed
from tests.keeping.office import environment_for, ringwatch
from tests.waiting import until
from wiring.settings import Settings

ROOT = Path(__file__).parents[2]
CHOICE = {"language": "en", "next": "/login"}


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1, and its key."""
    return self_signed(tmp_path, days=2, name="x", more="subjectAltName=IP:127.0.0.1")


@contextmanager
def web(environment: Mapping[str, str], client: httpx2.Client) -> Iterator[httpx2.Client]:
    """The real process, answering."""
    assert ringwatch(environment, "migrate").returncode == 0
    process = started.start("ringwatch", "web", environment=environment)
    try:
        until(lambda: _answers(client), 120)
        yield client
    finally:
        process.terminate()
        process.wait(timeout=120)
        client.close()


def _answers(client: httpx2.Client) -> bool:
    try:
        return client.get("/login").status_code < 500
    except httpx2.TransportError:
        return False


def guarded(client: httpx2.Client, **headers: str) -> tuple[bool, bool]:
    """Are browsers told to stay with TLS, and cookies never to travel without?"""
    chosen = client.post("/language", data=CHOICE, headers={"Sec-Fetch-Site": "none", **headers})
    kept = chosen.headers["set-cookie"]
    return "strict-transport-security" in chosen.headers, "; secure" in kept.lower()


def test_our_own_certificate_is_served(
    pair: tuple[Path, Path], tmp_path: Path, free_port: Callable[[], int]
) -> None:
    port = free_port()
    mine = environment_for(tmp_path / "var") | {
        "RINGWATCH_HTTP": f"127.0.0.1:{port}",
        "RINGWATCH_TLS_CERT": str(pair[0]),
        "RINGWATCH_TLS_KEY": str(pair[1]),
    }
    trusting = ssl.create_default_context(cafile=str(pair[0]))
    client = httpx2.Client(base_url=f"https://127.0.0.1:{port}", verify=trusting, timeout=60)
    with web(mine, client) as browser:
        assert guarded(browser) == (True, True)
        with pytest.raises(httpx2.TransportError):
            httpx2.get(f"http://127.0.0.1:{port}/login", timeout=60)


def test_behind_a_proxy_on_this_machine_pages_know_that_they_came_by_tls(
    tmp_path: Path, free_port: Callable[[], int]
) -> None:
    """As Caddy says it; whoever comes without a proxy gets what fits plain HTTP."""
    port = free_port()
    mine = environment_for(tmp_path / "var") | {"RINGWATCH_HTTP": f"127.0.0.1:{port}"}
    client = httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=60)
    forwarded = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "198.51.100.7"}
    with web(mine, client) as browser:
        assert guarded(browser, **forwarded) == (True, True)
        assert guarded(browser) == (False, False)


def test_caddy_leads_to_where_we_listen_and_lets_the_stream_through() -> None:
    """Read word by word, as far as a machine without Caddy can."""
    text = (ROOT / "deploy/caddy/Caddyfile").read_text("utf-8")
    assert text.count("{") == text.count("}")
    assert re.findall(r"^\s*reverse_proxy (\S+)", text, re.MULTILINE) == [Settings().http]
    assert re.search(r"^\s*flush_interval -1\b", text, re.MULTILINE)


def test_the_container_believes_the_proxy_that_alone_can_reach_it() -> None:
    """Else all people would be one address to the login's brake, and cookies would lack Secure."""
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))["services"]
    assert services["web"]["environment"]["FORWARDED_ALLOW_IPS"] == "*"
    assert all(port.startswith("127.0.0.1:") for port in services["web"]["ports"])
