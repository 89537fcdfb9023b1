"""The key our documents are signed with: made once, kept apart, renewed before it ends.

`report.pem` (key and certificate) is readable by its owner alone and used by the scheduler alone;
certificates of former keys stay beside it, so that every document ever issued can still be told
from a stranger's.
"""

import datetime as dt
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from reports.signing import KeyPair, fingerprint_of
from storage.files import write_whole

PAIR, FORMER = "report.pem", "former"
LASTS = dt.timedelta(days=5 * 365)
_BLOCK = re.compile(rb"(-----BEGIN ([A-Z ]+)-----.+?-----END \2-----)", re.DOTALL)
LONGEST_NAME = 64  # X.520: ub-common-name


class SigningKeyError(ValueError):
    """Why a key cannot be used, in a sentence that says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFacts:
    name: str
    fingerprint: str
    valid_from: datetime
    valid_until: datetime


def create(name: str, now: datetime) -> KeyPair:
    """A new P-256 key and a certificate of its own for `name`, good for five years."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:LONGEST_NAME] or "Ringwatch")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(minutes=5))
        .not_valid_after(now + LASTS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return KeyPair(key=pem, certificate=certificate.public_bytes(Encoding.PEM))


def check(pair: KeyPair, now: datetime) -> KeyFacts:
    """What it is. Raises `SigningKeyError` when the two do not belong together, or time is over."""
    facts = describe(pair.certificate)
    try:
        key = load_pem_private_key(pair.key, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise SigningKeyError(
            "The key file holds no private key in PEM without a passphrase."
        ) from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise SigningKeyError("The key must be ECDSA on P-256 (openssl ecparam -name prime256v1).")
    spki = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    given = x509.load_pem_x509_certificate(pair.certificate).public_key()
    if given.public_bytes(*spki) != key.public_key().public_bytes(*spki):
        raise SigningKeyError("The certificate belongs to another key.")
    if not facts.valid_from <= now <= facts.valid_until:
        raise SigningKeyError(
            f"The certificate is good from {facts.valid_from:%Y-%m-%d} to"
            f" {facts.valid_until:%Y-%m-%d}, and not today: ringwatch keys renew"
        )
    return facts


def describe(certificate: bytes) -> KeyFacts:
    """Raises `SigningKeyError` when it is no certificate."""
    try:
        loaded = x509.load_pem_x509_certificate(certificate)
    except ValueError as error:
        raise SigningKeyError("The certificate file holds no certificate in PEM.") from error
    names = loaded.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return KeyFacts(
        name=str(names[0].value) if names else "",
        fingerprint=fingerprint_of(certificate),
        valid_from=loaded.not_valid_before_utc,
        valid_until=loaded.not_valid_after_utc,
    )


def read(folder: Path) -> KeyPair | None:
    """The pair in force; None as long as there is none."""
    try:
        return split((folder / PAIR).read_bytes())
    except FileNotFoundError:
        return None


def split(pem: bytes) -> KeyPair:
    """A key and its certificate out of PEM text in any order. Raises `SigningKeyError`."""
    blocks = {kind: block for block, kind in _BLOCK.findall(pem)}
    certificate = blocks.pop(b"CERTIFICATE", None)
    key = next((block for kind, block in blocks.items() if kind.endswith(b"PRIVATE KEY")), None)
    if key is None or certificate is None:
        missing = "private key" if key is None else "certificate"
        raise SigningKeyError(f"There is no {missing} in PEM in it; one key and one certificate.")
    return KeyPair(key=key + b"\n", certificate=certificate + b"\n")


def first(folder: Path, name: str, now: datetime) -> KeyPair:
    """The pair in force, made now if there is none; several at once agree on one."""
    found = read(folder)
    if found is None:
        write_whole(folder / PAIR, _joined(create(name, now)))
        found = read(folder)
    if found is None:
        raise SigningKeyError(f"{folder}: no key could be kept there")
    return found


def keep(folder: Path, pair: KeyPair) -> None:
    """Put it in force. The former certificate stays as `former/<fingerprint>.crt`."""
    old = read(folder)
    if old is not None:
        name = f"{fingerprint_of(old.certificate)}.crt"
        write_whole(folder / FORMER / name, old.certificate, anew=True)
    write_whole(folder / PAIR, _joined(pair), anew=True)


def ours(folder: Path) -> frozenset[str]:
    """Fingerprints of every certificate we ever signed with."""
    present = read(folder)
    certificates = [path.read_bytes() for path in (folder / FORMER).glob("*.crt")]
    certificates += [present.certificate] if present else []
    return frozenset(fingerprint_of(one) for one in certificates)


def _joined(pair: KeyPair) -> bytes:
    return pair.key + pair.certificate


def _usage() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
