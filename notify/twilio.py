"""Twilio: `twilio+sms://api.twilio.com/?account=AC…&from=+1…&token_file=FILE`, `twilio+voice://…`.

Free text; a call asks for a key. Every callback is signed with the account's token: HMAC-SHA1 of
the address and the sorted fields (twilio.com/docs/usage/security). A key is pressed during the
call, so the answer is told to whoever holds the phone.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit
from xml.sax.saxutils import escape, quoteattr

from notify import allowances, carrier, numbers, segments
from notify.allowances import Allowance
from notify.carrier import Account, Answer, Ask, Call, Carrier, Craft, NotTheirsError, Thanks
from notify.channel import Letter, ProviderAddressError
from rules.receipts import Status, Tiding

_ACCOUNT = re.compile(r"AC[0-9a-fA-F]{32}")
_SENDER = re.compile(r"MG[0-9a-fA-F]{32}|[A-Za-z0-9 ]{2,11}")
_SEGMENTS = 3
_RING_S = 30  # a mailbox usually answers after 25 to 30 s (ours)
_MOST_SPOKEN = 600
_LISTENS_S = 8
_VOICES = {"zh": "zh-CN", "en": "en-GB"}
_TOO_MANY = {"20429": 30.0, "14107": 30.0, "30022": 30.0}
# Nobody there, the operator's own trouble: another try may reach.
_LATER = ("20500", "20503", "30001", "30003", "30008", "10001")
_STATUSES = {
    **dict.fromkeys(("accepted", "scheduled", "queued", "sending", "sent"), Status.QUEUED),
    **dict.fromkeys(("initiated", "ringing"), Status.QUEUED),
    **dict.fromkeys(("in-progress", "completed"), Status.ANSWERED),
    **dict.fromkeys(("undelivered", "failed", "canceled"), Status.FAILED),
    "delivered": Status.DELIVERED,
    "read": Status.READ,
    "busy": Status.BUSY,
    "no-answer": Status.UNANSWERED,
}
_STEPS = ("initiated", "ringing", "answered", "completed")


def sign(token: str, url: str, fields: Iterable[tuple[str, str]]) -> str:
    """Base64; `fields` as they were posted."""
    text = url + "".join(name + value for name, value in sorted(set(fields)))
    made = hmac.new(token.encode(), text.encode(), hashlib.sha1)  # their choice
    return base64.b64encode(made.digest()).decode()


def twiml(letter: Letter, action: str) -> str:
    """What the call says, twice; where a key can be heard it asks for one."""
    voice = quoteattr(_VOICES.get(letter.language, "en-GB"))
    spoken = (letter.brief.spoken or letter.subject)[:_MOST_SPOKEN]
    said = f"<Say language={voice}>{escape(f'{spoken} {letter.brief.keys}'.strip())}</Say>"
    twice = f'{said}<Pause length="1"/>{said}'
    if not (action and letter.brief.keys):
        return f"<Response>{twice}</Response>"
    asked = (
        f'<Gather numDigits="1" timeout="{_LISTENS_S}" method="POST" action={quoteattr(action)}>'
    )
    return f"<Response>{asked}{twice}</Gather></Response>"


def _ask_sms(account: Account, letter: Letter) -> Ask:
    head = "\n".join(filter(None, (letter.subject, letter.brief.until)))
    most = allowances.figure(account.options, "segments", _SEGMENTS, least=1, most=10)
    fields = [("To", letter.target), ("Body", segments.fitted(head, letter.link, most=most))]
    sender = account.get("from")
    service = sender.startswith("MG")
    fields.append(("MessagingServiceSid" if service else "From", sender))
    return _ask(account, letter, "Messages", fields)


def _ask_call(account: Account, letter: Letter) -> Ask:
    ring_s = allowances.figure(account.options, "ring_s", _RING_S, least=5, most=120)
    fields = [
        ("To", letter.target),
        ("From", account.get("from")),
        ("Twiml", twiml(letter, _hook(account, letter))),
        ("Timeout", str(ring_s)),
        *([("StatusCallbackEvent", step) for step in _STEPS] if letter.hooks else []),
    ]
    return _ask(account, letter, "Calls", fields)


def _ask(account: Account, letter: Letter, what: str, fields: list[tuple[str, str]]) -> Ask:
    if hook := _hook(account, letter):
        fields = [*fields, ("StatusCallback", hook)]
    user = f"{account.get('account')}:{account.secret}".encode()
    return Ask(
        where=f"/2010-04-01/Accounts/{account.get('account')}/{what}.json",
        body=urlencode(fields).encode(),
        headers={
            "Content-Type": "application/x-www-form-urlencoded",
            "Authorization": f"Basic {base64.b64encode(user).decode()}",
        },
    )


def _hook(account: Account, letter: Letter) -> str:
    """It carries our own name of the try: a callback may come before the answer to our request."""
    if not letter.hooks:
        return ""
    return (
        f"{letter.hooks}/{account.hook}?attempt={quote(letter.attempt)}&language={letter.language}"
    )


def _read(said: Mapping[str, Any]) -> Answer | None:
    if isinstance(said.get("sid"), str):
        lost = said.get("status") in {"failed", "undelivered"} or bool(said.get("error_code"))
        code = str(said.get("error_code") or said.get("status", ""))
        words = str(said.get("error_message") or "")
        return Answer(taken=not lost, code=code, words=words, ref=said["sid"])
    if isinstance(said.get("code"), int):
        return Answer(taken=False, code=str(said["code"]), words=str(said.get("message", "")))
    return None


def _hear(account: Account, call: Call) -> tuple[Tiding, ...]:
    try:
        fields = parse_qsl(call.body.decode("utf-8"), keep_blank_values=True)
    except (UnicodeDecodeError, ValueError):
        raise NotTheirsError("that is no form") from None
    given = call.headers.get("x-twilio-signature", "").encode()
    goods = [sign(account.secret, url, fields).encode() for url in _spellings(call.url)]
    if not any(hmac.compare_digest(good, given) for good in goods):
        raise NotTheirsError("the signature is not Twilio's")
    said = dict(fields)
    if said.get("AccountSid") != account.get("account"):
        raise NotTheirsError("another account")
    told = said.get("MessageStatus") or said.get("SmsStatus") or said.get("CallStatus") or ""
    status = _STATUSES.get(told)
    if status is None:
        return ()
    code, key = said.get("ErrorCode", ""), said.get("Digits", "")[:1]
    return (
        Tiding(
            status=Status.ANSWERED if key else status,
            words=" ".join(filter(None, (told, code, f"[{key}]" if key else ""))),
            ref=said.get("MessageSid") or said.get("SmsSid") or said.get("CallSid", ""),
            attempt=dict(parse_qsl(call.url.partition("?")[2])).get("attempt", ""),
            key=key,
            for_good=bool(code) and code not in _LATER,
        ),
    )


def _spellings(url: str) -> tuple[str, ...]:
    """Twilio signs https with or without the port, whatever it was given (their own libraries)."""
    parts = urlsplit(url)
    port = parts.port or {"http": 80}.get(parts.scheme, 443)
    whole = (parts.hostname or "", f"{parts.hostname}:{port}")
    return tuple(parts._replace(netloc=netloc).geturl() for netloc in whole)


def _thank(words: str, language: str) -> Thanks:
    said = ""
    if words:
        voice = quoteattr(_VOICES.get(language, "en-GB"))
        said = f"<Say language={voice}>{escape(words)}</Say>"
    return Thanks(media_type="text/xml", body=f"<Response>{said}</Response>")


def _check(product: str, options: Mapping[str, str]) -> None:
    if not _ACCOUNT.fullmatch(options["account"]):
        raise ProviderAddressError("account is AC and 32 hexadecimal digits")
    if numbers.is_e164(options["from"]):
        return
    if product == "voice" or not _SENDER.fullmatch(options["from"]):
        raise ProviderAddressError("from is a number such as %2B14155550100, or MG… for SMS")


def _craft(product: str, ask: Any, option: str, allowance: Allowance) -> Craft:
    return Craft(
        name=f"twilio+{product}",
        secret="token_file",  # noqa: S106 - the option's name
        needed=("account", "from"),
        signs=True,
        options=(option,),
        allowance=allowance,
        check=partial(_check, product),
        ask=ask,
        read=_read,
        waits_s=_TOO_MANY,
        later=_LATER,
        hear=_hear,
        thank=_thank,
    )


# A long number sends one SMS a second, and an account places one call a second, unless more
# was agreed (twilio.com/docs/messaging, /voice).
SMS = _craft("sms", _ask_sms, "segments", Allowance(per_s=1))
VOICE = _craft("voice", _ask_call, "ring_s", Allowance(per_s=1))


def sms(url: str) -> Carrier:
    return carrier.provider(SMS, url)


def voice(url: str) -> Carrier:
    return carrier.provider(VOICE, url)
