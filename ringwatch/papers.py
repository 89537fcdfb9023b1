"""`ringwatch keys|verify|report`: the key documents are signed with, a file in hand, a draft."""

import argparse
import hashlib
from pathlib import Path

import words
from reports import inspection as inspection_paper
from reports import keys, pool, signing
from reports.fonts import FontMissingError
from reports.keys import KeyFacts, SigningKeyError
from reports.signing import Seal
from reports.typesetting import TypesettingError
from ringwatch import together
from ringwatch.folder import StartError
from rules.inspections import InspectionId
from storage import company
from storage import documents as document_rows
from storage import inspections as inspection_rows
from storage.db import reading
from storage.views import inspection_sheets
from wiring import settings as wiring_settings
from wiring.settings import Settings, terminal_language

GENUINE, NOT_GENUINE = 0, 1


def show_key(_: argparse.Namespace) -> int:
    """What is signed with, and until when."""
    folder = wiring_settings.load().keys_folder
    try:
        pair = keys.read(folder)
    except (OSError, SigningKeyError) as error:
        raise StartError(f"{folder}: {error}") from error
    if pair is None:
        raise StartError(f"There is no key in {folder} yet: ringwatch keys create")
    _tell("house.key.shown", keys.describe(pair.certificate), folder)
    return 0


def create_key(given: argparse.Namespace) -> int:
    settings = wiring_settings.load()
    if keys.read(settings.keys_folder) is not None:
        raise StartError(f"There is a key in {settings.keys_folder} already: ringwatch keys renew")
    return _new(settings, given.name)


def renew_key(given: argparse.Namespace) -> int:
    """A new key from now on; what was signed with the old one stays as valid as it was."""
    return _new(wiring_settings.load(), given.name)


def import_key(given: argparse.Namespace) -> int:
    """The company's own key and certificate, in one PEM file."""
    settings = wiring_settings.load()
    try:
        pair = keys.split(given.file.read_bytes())
        parts = together.ready_parts(settings)
        facts = keys.check(pair, parts.clock())
        parts.close()
        keys.keep(settings.keys_folder, pair)
    except (OSError, SigningKeyError) as error:
        raise StartError(f"{given.file}: {error}") from error
    _tell("house.key.imported", facts, settings.keys_folder)
    return 0


def verify(given: argparse.Namespace) -> int:
    """Is this file the one that was issued? Exit code 0 only if it is, to the byte."""
    try:
        content = given.file.read_bytes()
    except OSError as error:
        raise StartError(f"{given.file}: {error.strerror}") from error
    parts = together.ready_parts(wiring_settings.load())
    sha256 = hashlib.sha256(content).hexdigest()
    with reading(parts.database) as tx:
        found = document_rows.by_file(tx, sha256)
    parts.close()
    seen = signing.examine(content)
    finding = (
        "issued"
        if found
        else {
            Seal.WHOLE: "foreign",
            Seal.ALTERED: "altered",
            Seal.UNSIGNED: "unknown",
            Seal.NO_PDF: "no_pdf",
        }[seen.seal]
    )
    language = terminal_language()
    print(words.say(language, f"verify.finding.{finding}"))  # noqa: T201 - a command line speaks
    number = found.number if found else ""
    print(words.say(language, f"verify.todo.{finding}", number=number))  # noqa: T201
    print(f"SHA-256 {sha256}")  # noqa: T201
    return GENUINE if found else NOT_GENUINE


def report(given: argparse.Namespace) -> int:
    """The report of an inspection as it would be printed now, unsigned and marked a draft."""
    parts = together.ready_parts(wiring_settings.load())
    now = parts.clock()
    try:
        with reading(parts.database) as tx:
            number = InspectionId(given.number)
            material = inspection_sheets.read(tx, number, now)
            planned = inspection_rows.get(tx, number)
        if material is None:
            raise StartError(_why_none(given.number, begun=planned is not None))
        job = inspection_paper.job(
            material, given.lang, parts.files.get, at=now, fonts=parts.settings.fonts
        )
        _write(given.pdf, pool.render(job))
    except (TypesettingError, FontMissingError) as error:
        raise StartError(str(error)) from error
    finally:
        parts.close()
    print(words.say(terminal_language(), "house.report.drafted", file=given.pdf))  # noqa: T201
    return 0


def _why_none(number: int, *, begun: bool) -> str:
    if begun:
        return f"Inspection {number} has not been begun: there is nothing to print."
    return f"There is no inspection {number}; its number is in the address of its page."


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise StartError(f"{path}: {error.strerror}") from error


def _new(settings: Settings, name: str | None) -> int:
    parts = together.ready_parts(settings)
    with reading(parts.database) as tx:
        holder = name or company.fact(tx, "name") or "Ringwatch"
    pair = keys.create(holder, parts.clock())
    parts.close()
    try:
        keys.keep(settings.keys_folder, pair)
    except (OSError, SigningKeyError) as error:
        raise StartError(f"{settings.keys_folder}: {error}") from error
    _tell("house.key.made", keys.describe(pair.certificate), settings.keys_folder)
    return 0


def _tell(message: str, facts: KeyFacts, folder: Path) -> None:
    said = words.say(
        terminal_language(),
        message,
        name=facts.name,
        fingerprint=facts.fingerprint,
        until=f"{facts.valid_until:%Y-%m-%d}",
        folder=folder,
    )
    print(said)  # noqa: T201
