"""The second factor: codes of an authenticator (RFC 6238), each once, and codes for a lost phone.

The secret is sealed with the installation's own; a stolen database makes no code.
"""

import hmac
import secrets
from datetime import datetime

import pyotp

from operations import notes, tries
from operations.seals import Seal
from rules.model import PersonId
from storage import journal, throttles
from storage import logins as login_rows
from storage import sessions as session_rows
from storage.db import Tx
from storage.logins import Login

STEP_S, DIGITS, SPARE = 30, 6, 10
_TRIES = 5
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that looks like something else
_HALF = 5


def offer(tx: Tx, login: Login, seal: Seal) -> str:
    """A new secret, shown until it is confirmed; it does not count before."""
    secret = pyotp.random_base32()
    login_rows.offer_totp(tx, login.id, seal.close(secret, _about(login)))
    return secret


def offered(login: Login, seal: Seal) -> str:
    """The secret that waits to be confirmed; empty when there is none."""
    waiting = login.totp_secret and not login.second_factor
    return (seal.open(login.totp_secret, _about(login)) or "") if waiting else ""


def readable(login: Login, seal: Seal) -> bool:
    """False when the installation's secret is not the one it was sealed with."""
    return seal.open(login.totp_secret, _about(login)) is not None


def address(secret: str, login: Login, company: str) -> str:
    """What the QR code holds."""
    issuer = company or "Ringwatch"
    return pyotp.TOTP(secret).provisioning_uri(name=login.name, issuer_name=issuer)


def confirm(
    tx: Tx, login: Login, seal: Seal, code: str, *, session: str, now: datetime
) -> list[str]:
    """Switch it on; the spare codes are returned here and never again. Empty: a wrong code.

    Every other session of this login ends: it was begun without a second factor.
    """
    secret = offered(login, seal)
    if not secret or not _fits(tx, login, secret, code, now):
        return []
    codes = _spare()
    login_rows.confirm_totp(tx, login.id, [_mark(seal, login, one) for one in codes], now)
    session_rows.end_others(tx, login.id, session)
    session_rows.proven(tx, session)
    throttles.clear(tx, [_key(login)])
    notes.of_act(tx, "second_factor_on", login.person_id, now)
    return codes


def count(tx: Tx, login: Login, now: datetime) -> datetime | None:
    """One more code is tried, as if it were wrong; until when none is heard."""
    return tries.count(tx, {_key(login): _TRIES}, now)


def passes(tx: Tx, login: Login, seal: Seal, code: str, now: datetime) -> bool:
    """Is it a code of now, or a spare one? It is used up."""
    secret = seal.open(login.totp_secret, _about(login)) or ""
    typed = code.strip().replace(" ", "")
    if typed.isdecimal():
        good = bool(secret) and _fits(tx, login, secret, typed, now)
    else:
        good = _uses_spare(tx, login, seal, typed, now)
    if good:
        throttles.clear(tx, [_key(login)])
    return good


def renew_spare(tx: Tx, login: Login, seal: Seal, now: datetime) -> list[str]:
    """New spare codes; the old ones open nothing any more."""
    codes = _spare()
    login_rows.confirm_totp(
        tx, login.id, [_mark(seal, login, one) for one in codes], login.totp_since or now
    )
    notes.of_act(tx, "spare_codes_renewed", login.person_id, now)
    return codes


def switch_off(tx: Tx, login: Login, by: PersonId, now: datetime, name: str = "") -> None:
    """By its owner, or by the administrator for someone (`name`) whose phone is lost."""
    login_rows.drop_totp(tx, login.id)
    if by == login.person_id:
        notes.of_act(tx, "second_factor_off", by, now)
    else:
        session_rows.end_all(tx, login.id)
        notes.of_act(tx, "second_factor_reset", by, now, {"name": name})


def lift(tx: Tx, login: Login, now: datetime) -> None:
    """From the command line, where nobody is logged in."""
    login_rows.drop_totp(tx, login.id)
    session_rows.end_all(tx, login.id)
    facts = {"name": login.name}
    person = login.person_id
    verb = "second_factor_lifted"
    entry = journal.Entry(at=now, actor="system", person_id=person, verb=verb, facts=facts)
    journal.write(tx, entry)


def _fits(tx: Tx, login: Login, secret: str, code: str, now: datetime) -> bool:
    """One step early or late is taken: phones' clocks go wrong."""
    typed = code.strip().replace(" ", "")
    step = int(now.timestamp()) // STEP_S
    made = pyotp.TOTP(secret, digits=DIGITS)
    for each in (step, step - 1, step + 1):
        if hmac.compare_digest(made.generate_otp(each).encode(), typed.encode()):
            return login_rows.use_step(tx, login.id, each)
    return False


def _uses_spare(tx: Tx, login: Login, seal: Seal, typed: str, now: datetime) -> bool:
    given = _mark(seal, login, typed)
    left = [one for one in login.recovery_hashes if not hmac.compare_digest(one, given)]
    if len(left) == len(login.recovery_hashes):
        return False
    if not login_rows.keep_recovery(tx, login.id, login.recovery_hashes, left):
        return False
    notes.of_act(tx, "spare_code_used", login.person_id, now, {"left": str(len(left))})
    return True


def _spare() -> list[str]:
    def piece() -> str:
        return "".join(secrets.choice(_LETTERS) for _ in range(_HALF))

    return [f"{piece()}-{piece()}" for _ in range(SPARE)]


def _mark(seal: Seal, login: Login, code: str) -> str:
    return seal.mark(code.casefold().replace("-", ""), _about(login))


def _about(login: Login) -> str:
    return f"login {login.id}"


def _key(login: Login) -> str:
    return f"code:{login.id}"
