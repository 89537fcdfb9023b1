"""The last step of a document of ours: the signature, by the key in a folder."""

from datetime import datetime
from pathlib import Path

from reports import keys
from reports.signing import sign


def seal(folder: Path, now: datetime, pdf: bytes) -> bytes:
    """Sign it with the pair in `folder`. Raises `SigningKeyError` when it cannot sign today.

    The worker reads the key itself, so that no key travels between processes.
    """
    pair = keys.read(folder)
    if pair is None:
        raise keys.SigningKeyError("There is no key to sign with: ringwatch keys create")
    keys.check(pair, now)
    return sign(pdf, pair, now)
