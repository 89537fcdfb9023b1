"""A real IMAP server with one mailbox, into which tests put letters."""

import contextlib
import grp
import imaplib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from email.message import EmailMessage, Message
from pathlib import Path

from tests.certificates import self_signed
from tests.conftest import needs
from tests.servers import answers, free_port
from tests.waiting import until

CONFIG = """
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
log_path = {folder}/log
default_internal_user = {internal}
default_login_user = {login}
default_internal_group = {group}
auth_mechanisms = plain
disable_plaintext_auth = no
ssl = yes
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
mail_location = maildir:{folder}/mail
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {folder}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


class Dovecot:
    """A real IMAP server with one mailbox; `kill` it and `start` it again as you like.

    Its clear port is `port`, its TLS port `tls_port` with the certificate `cert` for localhost.
    """

    USER, PASSWORD = "watch", "geheim"

    def __init__(self) -> None:
        self.port, self.tls_port = free_port(), free_port()
        self._folder = Path(tempfile.mkdtemp(prefix="rw-imap-"))
        self.cert, _ = self_signed(
            self._folder, days=2, name="localhost", more="subjectAltName=DNS:localhost"
        )
        root = os.geteuid() == 0
        owner = pwd.getpwnam("nobody") if root else pwd.getpwuid(os.geteuid())
        us = owner.pw_name
        (self._folder / "users").write_text(f"{self.USER}:{self.PASSWORD}\n", encoding="utf-8")
        (self._folder / "password").write_text(self.PASSWORD, encoding="utf-8")
        self._config = self._folder / "dovecot.conf"
        self._config.write_text(
            CONFIG.format(
                folder=self._folder,
                internal="dovecot" if root else us,
                login="dovenull" if root else us,
                group="dovecot" if root else grp.getgrgid(owner.pw_gid).gr_name,
                uid=owner.pw_uid,
                gid=owner.pw_gid,
                port=self.port,
                tls_port=self.tls_port,
            ),
            encoding="utf-8",
        )
        if root:
            shutil.chown(self._folder, us)
            self._folder.chmod(0o755)
            (self._folder / "users").chmod(0o644)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        program = shutil.which("dovecot", path=f"{os.environ['PATH']}:/usr/sbin")
        assert program
        self._process = subprocess.Popen([program, "-F", "-c", str(self._config)])
        until(lambda: answers(self.port))

    def kill(self) -> None:
        if self._process:
            self._process.terminate()
            self._process.wait(timeout=120)
            self._process = None

    def stop(self) -> None:
        self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def url(self) -> str:
        """As in the settings; the password stands in a file beside it."""
        return f"imap://{self.USER}@127.0.0.1:{self.port}/?password_file={self._folder}/password"

    @property
    def tls_url(self) -> str:
        files = f"password_file={self._folder}/password&ca_file={self.cert}"
        return f"imaps://{self.USER}@localhost:{self.tls_port}/INBOX?{files}"

    def receives(self, letter: Message) -> None:
        """It lies in the mailbox, unread."""
        with self._opened() as box:
            box.append("INBOX", "", None, letter.as_bytes())

    def flags(self) -> list[str]:
        """Of each letter, oldest first."""
        with self._opened() as box:
            box.select("INBOX", readonly=True)
            _, found = box.fetch("1:*", "(FLAGS)")
            return [line.decode() for line in found if isinstance(line, bytes)]

    def read_by_somebody(self) -> None:
        """Whoever else looks after the box has opened every letter."""
        with self._opened() as box:
            box.select("INBOX")
            box.store("1:*", "+FLAGS", "\\Seen")

    @contextlib.contextmanager
    def _opened(self) -> Iterator[imaplib.IMAP4]:
        box = imaplib.IMAP4("127.0.0.1", self.port)
        try:
            box.login(self.USER, self.PASSWORD)
            yield box
        finally:
            box.logout()


@contextlib.contextmanager
def dovecot() -> Iterator[Dovecot]:
    """Running; gone afterwards."""
    if not shutil.which("dovecot", path=f"{os.environ['PATH']}:/usr/sbin"):
        needs("Dovecot")
    server = Dovecot()
    try:
        server.start()
        yield server
    finally:
        server.stop()


def an_answer(
    text: str, *, to: str, sender: str = "li@mail", subtype: str = "plain", **headers: str
) -> EmailMessage:
    """What a mail program makes of an answer to the letter whose Message-ID is `to`."""
    letter = EmailMessage()
    letter["From"] = f"Li <{sender}>"
    letter["To"] = "watch@example.com"
    letter["Subject"] = "Re: please take"
    letter["Message-ID"] = f"<{abs(hash((text, sender, to)))}@phone.example>"
    letter["In-Reply-To"] = to
    letter["References"] = to
    for name, value in headers.items():
        letter[name.replace("_", "-")] = value
    letter.set_content(text, subtype=subtype)
    return letter
