"""The channels of the settings. Only the administrator's file can aim our server at a host."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from notify import aliyun, dingtalk, feishu, mail, ntfy, pagerduty, tencent, twilio, webhook, wecom
from notify.carrier import Carrier, Reporting
from notify.channel import Channel, Provider, ProviderAddressError

_KINDS: dict[str, Callable[[str], Provider]] = {
    "smtp": mail.provider,
    "smtps": mail.provider,
    "ntfy": ntfy.provider,
    "ntfys": ntfy.provider,
    "webhook+http": webhook.provider,
    "webhook+https": webhook.provider,
}
_CARRIERS: dict[str, Callable[[str], Carrier]] = {
    "aliyun+sms": aliyun.sms,
    "aliyun+voice": aliyun.voice,
    "tencent+sms": tencent.sms,
    "tencent+voice": tencent.voice,
    "twilio+sms": twilio.sms,
    "twilio+voice": twilio.voice,
}
_ROBOTS: dict[str, Callable[[str], Provider]] = {
    "dingtalk": dingtalk.provider,
    "feishu": feishu.provider,
    "pagerduty": pagerduty.provider,
    "wecom": wecom.provider,
}
HOOKS = "/hooks/from"
ACCEPTED = (
    "smtp[s]://user@host:port/?from=ADDRESS&password_file=FILE, ntfy[s]://host:port, "
    "webhook+http[s]://host:port/path, "
    "dingtalk://, wecom://, feishu:// or pagerduty://host/?token_file=FILE, "
    "twilio+sms:// or twilio+voice://host/?account=AC…&from=NUMBER&token_file=FILE, "
    "aliyun+sms://, aliyun+voice://, tencent+sms:// or tencent+voice://host/"
    "?key_id=ID&secret_file=FILE&template=ID&params=title,until,token"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelPlan:
    """A `[[channel]]` of the settings; `providers` are addresses with their secrets."""

    name: str
    providers: tuple[str, ...]
    group: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelProblem:
    """`value` is masked; `why` says what is wrong, `ACCEPTED` what would be right."""

    setting: str
    value: str
    why: str


def check(plans: Iterable[ChannelPlan]) -> list[ChannelProblem]:
    """What would keep these channels from being built; nothing is sent."""
    problems = []
    seen: set[str] = set()
    for place, plan in enumerate(plans):
        if plan.name in seen:
            problems.append(
                ChannelProblem(
                    setting=f"channel[{place}].name", value=plan.name, why="the name is taken"
                )
            )
        seen.add(plan.name)
        problems += _provider_problems(place, plan)
    return problems


def _provider_problems(place: int, plan: ChannelPlan) -> list[ChannelProblem]:
    problems = []
    labels: set[str] = set()
    for number, url in enumerate(plan.providers):
        setting = f"channel[{place}].providers[{number}]"
        try:
            made = provider(url)
        except ProviderAddressError as error:
            problems.append(ChannelProblem(setting=setting, value=masked(url), why=str(error)))
            continue
        made.close()
        if made.label in labels:
            why = "this one is there already; fail-over needs another one"
            problems.append(ChannelProblem(setting=setting, value=made.label, why=why))
        labels.add(made.label)
    return problems


def build(plans: Iterable[ChannelPlan]) -> dict[str, Channel]:
    """Channels by name. Raises `ProviderAddressError`; `check` first.

    What a robot hears a whole group hears: such a channel is a group, whatever its plan says.
    """
    return {
        plan.name: Channel(
            name=plan.name,
            providers=tuple(provider(url) for url in plan.providers),
            group=plan.group or any(_robot(url) for url in plan.providers),
            rings=any(_bare(url).endswith("+voice") for url in plan.providers),
        )
        for plan in plans
    }


def provider(url: str) -> Provider:
    scheme = url.partition("://")[0].lower()
    kind = _KINDS.get(scheme) or _CARRIERS.get(_bare(url)) or _robot(url)
    if kind is None:
        raise ProviderAddressError(f"no such kind of provider: {scheme[:20]!r}")
    return kind(url)


def _robot(url: str) -> Callable[[str], Provider] | None:
    return _ROBOTS.get(_bare(url))


def _bare(url: str) -> str:
    return url.partition("://")[0].lower().removesuffix("+http")


def carriers(channels: Mapping[str, Channel], name: str) -> int:
    """How many providers carry letters of that channel; at least one, be it gone by now."""
    return len(channels[name].providers) if name in channels else 1


def hooks_at(public_url: str | None) -> str:
    """Where providers tell what became of a letter; empty when they cannot reach us."""
    return f"{public_url.rstrip('/')}{HOOKS}" if public_url else ""


def reporting(channels: Iterable[Channel]) -> dict[str, Reporting]:
    """Who tells at an address of ours what became of a letter, by the name in that address."""
    providers = (one for channel in channels for one in channel.providers)
    return {one.hook: one for one in providers if isinstance(one, Carrier)}


def masked(url: str) -> str:
    """Scheme, host and port; user, password, path and query may be secrets."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "•••"
    return f"{parts.scheme}://{parts.hostname or '•••'}{port}"
