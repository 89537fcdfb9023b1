"""The doctor looks at the ways in besides a password."""

from datetime import UTC, datetime
from pathlib import Path

from ringwatch import doctor
from tests.servers import free_port
from tests.web.identity_provider import CLIENT, SECRET, identity_provider
from wiring.settings import Settings

MAIL = {"channel": [{"name": "mail", "providers": ["smtp://127.0.0.1:25/?from=a@example.com"]}]}
ROBOT = {"channel": [{"name": "app", "providers": ["webhook+http://127.0.0.1:9/x"]}]}


def found(**given: object) -> list[tuple[str, str]]:
    settings = Settings.model_validate(given)
    return [(one.mark.value, one.what) for one in doctor._logins(settings)]  # noqa: SLF001


def test_links_need_mail_and_an_address_people_can_reach() -> None:
    assert found() == [("!", "no_mail")]
    assert found(**ROBOT) == [("!", "no_mail")]
    assert found(**MAIL) == [("!", "no_public_url")]
    assert found(**MAIL, public_url="https://watch.example.com") == []


def test_a_secret_too_short_to_be_one(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    near = {**MAIL, "public_url": "https://watch.example.com", "secret_file": str(file)}
    file.write_text("short\n", encoding="utf-8")
    assert found(**near) == [("X", "secret_short")]
    file.write_text("this one is long enough\n", encoding="utf-8")
    assert found(**near) == []


def test_the_companys_own_login_is_knocked_at(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text(SECRET, encoding="utf-8")
    told = {"client_id": CLIENT, "client_secret": f"file:{file}"}
    near = {**MAIL, "public_url": "https://watch.example.com"}
    with identity_provider(lambda: datetime.now(UTC)) as provider:
        assert found(**near, oidc={**told, "issuer": provider.issuer}) == [("ok", "provider")]
    gone = f"http://127.0.0.1:{free_port()}"
    assert found(**near, oidc={**told, "issuer": gone}) == [("X", "provider_down")]
