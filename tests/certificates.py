"""Certificates of a day, by openssl, as an administrator makes one."""

import shutil
import subprocess
from pathlib import Path

from tests.conftest import needs


def self_signed(folder: Path, *, days: int, name: str, more: str = "") -> tuple[Path, Path]:
    """A certificate for `name` and its key; `more` is an extension."""
    if not shutil.which("openssl"):
        needs("openssl")
    certificate, key = folder / "cert.pem", folder / "key.pem"
    make = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    who = ["-nodes", "-days", str(days), "-subj", f"/CN={name}"]
    extension = ["-addext", more] if more else []
    files = ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*make, *who, *extension, *files], check=True, capture_output=True)
    return certificate, key
