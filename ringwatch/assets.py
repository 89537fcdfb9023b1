"""`ringwatch import KIND FILE`: the six CSV files and the city's rings; dry run first."""

import sys
from pathlib import Path

import words
from operations import imports, places
from operations.imports.outcome import Kind, Outcome, RowError
from ringwatch import together
from ringwatch.folder import StartError
from rules.rings import RingsError
from storage.db import transaction
from wiring.parts import Parts
from wiring.settings import Settings, terminal_language

RINGS = "rings"
KINDS = (*(kind.value for kind in Kind), RINGS)


def load_file(settings: Settings, kind: str, path: Path, *, dry_run: bool) -> int:
    """All or nothing. Exit code 1 when the file is wrong; then nothing was changed."""
    if kind not in KINDS:
        raise StartError(f"{kind!r} is no kind of file; accepted are {', '.join(KINDS)}.")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise StartError(f"{path} cannot be read: {error.strerror}") from error
    parts = together.ready_parts(settings)
    try:
        if kind == RINGS:
            return _rings(parts, data, dry_run=dry_run)
        with transaction(parts.database) as tx:
            outcome = imports.load(
                tx,
                Kind(kind),
                data,
                policy=parts.policy,
                by=None,
                now=parts.clock(),
                dry_run=dry_run,
            )
    finally:
        parts.close()
    return _tell(outcome)


def _rings(parts: Parts, data: bytes, *, dry_run: bool) -> int:
    language = terminal_language()
    try:
        with transaction(parts.database) as tx:
            taken = places.take_rings(tx, data, by=None, now=parts.clock(), dry_run=dry_run)
    except RingsError as error:
        sentence = words.say(language, error.message_id, **error.facts)
        print(sentence, file=sys.stderr)  # noqa: T201 - a command line speaks
        return 1
    elsewhere = ", ".join(taken.sites_elsewhere) or "-"
    key = "house.import.rings_dry_run" if dry_run else "house.import.rings"
    print(words.say(language, key, sites=elsewhere))  # noqa: T201
    return 0


def _tell(outcome: Outcome) -> int:
    language = terminal_language()
    for one in (*outcome.errors, *outcome.warnings):
        _say(one)
    key = "house.import.refused" if not outcome.fine else "house.import.done"
    if outcome.fine and outcome.dry_run:
        key = "house.import.dry_run"
    line = words.say(
        language,
        key,
        created=outcome.created,
        updated=outcome.updated,
        unchanged=outcome.unchanged,
        errors=outcome.errors_in_all,
        n=outcome.errors_in_all,
    )
    print(line)  # noqa: T201 - a command line speaks
    return 0 if outcome.fine else 1


def _say(error: RowError) -> None:
    language = terminal_language()
    sentence = words.say(language, error.message_id, **error.facts)
    if error.place:
        sentence = words.say(language, error.place, sentence=sentence, **error.facts)
    print(sentence, file=sys.stderr)  # noqa: T201
