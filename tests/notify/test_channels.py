"""The channels of the settings: checked at the start, secrets shown nowhere."""

from pathlib import Path

import pytest

from notify import channels
from notify.channels import ChannelPlan


def check(*providers: str) -> list[tuple[str, str, str]]:
    plan = ChannelPlan(name="mail", providers=providers)
    return [(found.setting, found.value, found.why) for found in channels.check([plan])]


def test_good_ones_are_built_in_order(tmp_path: Path) -> None:
    (tmp_path / "pw").write_text("geheim", encoding="utf-8")
    urls = (
        f"smtp://watch@mail.example.com:587/?from=w@example.com&password_file={tmp_path}/pw",
        "smtps://mail2.example.com/?from=w@example.com",
        "ntfys://ntfy.example.com",
        "webhook+https://hooks.example.com/x/y?key=secret",
    )
    assert check(*urls) == []
    built = channels.build([ChannelPlan(name="all", providers=urls, group=True)])["all"]
    assert built.group
    labels = [provider.label for provider in built.providers]
    assert labels == [
        "smtp://mail.example.com:587",
        "smtps://mail2.example.com",
        "ntfys://ntfy.example.com",
        "webhook+https://hooks.example.com",
    ]
    for provider in built.providers:
        provider.close()


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://example.com/", "no such kind"),
        ("file:///etc/passwd", "no such kind"),
        ("gopher://example.com", "no such kind"),
        ("", "no such kind"),
        ("smtp://user:geheim@mail.example.com/", "from="),
        ("ntfy://user:geheim@host/topic", "no topic here"),
        ("webhook+https://", "host is missing"),
        ("webhook+https://u:geheim@host:port/", "port"),
        ("webhook+https://host/?ca_file=/nowhere&key=geheim", "ca_file"),
    ],
)
def test_wrong_ones_are_named_with_their_secrets_masked(url: str, why: str) -> None:
    ((setting, value, said),) = check(url)
    assert setting == "channel[0].providers[0]"
    assert why in said
    assert "geheim" not in value + said


def test_names_and_hosts_are_not_used_twice() -> None:
    hook = "webhook+http://host:81/a"
    plans = [
        ChannelPlan(name="x", providers=(hook, "webhook+http://host:81/b")),
        ChannelPlan(name="x", providers=(hook,)),
    ]
    assert [found.setting for found in channels.check(plans)] == [
        "channel[0].providers[1]",
        "channel[1].name",
    ]
