"""Reports are promises: printed and signed outside of any transaction, then filed and sent.

A promise is leased before the work and ended with the row of the document, in one transaction.
Whoever dies in between leaves a lease that runs out, and two schedulers never file one report
twice. Files of a print that came to nothing stay in the store and harm nobody.
"""

import contextlib
import functools
import logging
import secrets
import traceback
from dataclasses import dataclass
from datetime import datetime, timedelta

from operations import alerts as alert_desk
from operations import documents as document_desk
from reports import keys, signing
from reports.pool import LIMIT_S, START_S, Job, Printer
from reports.sealing import seal
from reports.stamps import Stamp
from rules import documents as document_rules
from rules.documents import Draft, Kind, Language
from scheduler import papers
from scheduler.papers import Paper
from scheduler.tick import ERROR_KEPT, FAILED, FAILURES_TO_ALERT, FIRST_RETRY_S, LONGEST_RETRY_S
from storage import company, deadlines
from storage import documents as document_rows
from storage.db import ConflictError, DatabaseDownError, Tx, reading, transaction
from storage.deadlines import Deadline
from storage.deadlines import Kind as Promise
from wiring.parts import Parts

log = logging.getLogger(__name__)

AT_ONCE = 20  # in one look, so that a stop is heard in between
LEASE = timedelta(seconds=LIMIT_S + START_S + 30)
PUBLIC_ID_BYTES = 12  # 96 bits: nobody guesses which reports there are


class NothingToPrintError(Exception):
    """The promise is about something that is not there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """What will be printed, as it was read at one instant."""

    paper: Paper
    revision: int
    stamp: Stamp
    public_id: str


class Press:
    """Prints what is due. Its workers are started with the first report and kept warm."""

    def __init__(self, *, limit_s: float = LIMIT_S) -> None:
        self._printer = Printer(limit_s=limit_s)
        self._closing = False

    def look(self, parts: Parts) -> int:
        """Print what is due now; how many were filed. Raises `DatabaseDownError`."""
        now = parts.clock()
        with reading(parts.database) as tx:
            due = deadlines.due(tx, now, AT_ONCE, kinds=frozenset({Promise.RENDER}))
        return sum(self._keep(parts, each) for each in due if not self._closing)

    def close(self) -> None:
        """What is being printed is given up, and due again at once."""
        self._closing = True
        self._printer.close()

    def _keep(self, parts: Parts, due: Deadline) -> bool:
        now = parts.clock()
        try:
            with transaction(parts.database) as tx:
                leased = deadlines.lease(tx, due, now + LEASE)
        except ConflictError:
            return False
        if leased is None:
            return False
        try:
            return self._print(parts, leased)
        except (ConflictError, DatabaseDownError) as error:
            if isinstance(error, DatabaseDownError):
                raise
            log.info("%s: held up; again later", _name(leased))
            return False
        except Exception as error:
            if self._closing:
                _give_back(parts, leased)
                return False
            log.exception("%s: not printed", _name(leased))
            _postpone(parts, leased, error)
            return False

    def _print(self, parts: Parts, leased: Deadline) -> bool:
        now = parts.clock()
        with reading(parts.database) as tx:
            plan = _plan(tx, leased, parts.settings.base_url, now)
            name = company.fact(tx, "name") or ""
        folder = parts.settings.keys_folder
        certificate = keys.first(folder, name, now).certificate
        job = plan.paper.job(
            plan.paper.language,
            parts.files.get,
            at=now,
            stamp=plan.stamp,
            seal=functools.partial(seal, folder, now),
            fonts=parts.settings.fonts,
        )
        signed = self._printer.render(job)
        file = parts.files.put(signed)
        draft = _draft(plan, job, signed, file, signing.fingerprint_of(certificate))
        with transaction(parts.database) as tx:
            return _file(tx, draft, plan, leased, parts.clock())


def _plan(tx: Tx, leased: Deadline, base_url: str, now: datetime) -> _Plan:
    paper = papers.read(tx, leased, base_url, now)
    if paper is None:
        raise NothingToPrintError(f"there is nothing to print: {_name(leased)}")
    about = paper.kind, paper.subject_id, paper.language
    revision = document_rows.next_revision(tx, *about)
    public_id = secrets.token_urlsafe(PUBLIC_ID_BYTES)
    number = document_rules.number_of(
        paper.kind, paper.period, paper.subject_id, paper.language, revision
    )
    stamp = Stamp(number=number, verify_url=f"{base_url}/verify/{public_id}")
    return _Plan(paper=paper, revision=revision, stamp=stamp, public_id=public_id)


def _draft(plan: _Plan, job: Job, signed: bytes, file: str, certificate: str) -> Draft:
    paper = plan.paper
    return Draft(
        kind=paper.kind,
        subject_id=paper.subject_id,
        language=paper.language,
        number=plan.stamp.number,
        public_id=plan.public_id,
        site_id=paper.site_id,
        customer_id=paper.customer_id,
        period=paper.period,
        title=" · ".join(job.data["title"]),
        file=file,
        content_hash=job.data["hash"],
        size=len(signed),
        pages=signing.count_pages(signed),
        certificate=certificate,
        issued_by=paper.issued_by,
    )


def _file(tx: Tx, draft: Draft, plan: _Plan, leased: Deadline, now: datetime) -> bool:
    """The document, its letters and the end of the promise, or nothing of it."""
    if not papers.hold(tx, leased) or not deadlines.end(tx, leased):
        log.info("report %s: somebody else has it by now", draft.number)
        return False
    if document_rows.next_revision(tx, *_key(draft)) != plan.revision:
        raise ConflictError(f"report {draft.number}: another was filed meanwhile")
    document = document_desk.file_away(tx, draft, now)
    if leased.step == 0:
        document_desk.send(tx, document, None, now)
    if leased.failures >= FAILURES_TO_ALERT:
        alert_desk.clear_alert(tx, FAILED, _name(leased), now)
    log.info("report %s: %d pages filed", draft.number, draft.pages)
    return True


def _key(draft: Draft) -> tuple[Kind, int, Language]:
    return draft.kind, draft.subject_id, draft.language


def _give_back(parts: Parts, leased: Deadline) -> None:
    with contextlib.suppress(ConflictError), transaction(parts.database) as tx:
        deadlines.lease(tx, leased, parts.clock())


def _postpone(parts: Parts, leased: Deadline, error: Exception) -> None:
    """Again after 5 s, doubling to 5 min; the third failure pages the head, as for any promise."""
    now = parts.clock()
    wait_s = min(FIRST_RETRY_S * 2 ** min(leased.failures, 10), LONGEST_RETRY_S)
    told = "".join(traceback.format_exception(error)).replace("\0", "")[-ERROR_KEPT:]
    try:
        with transaction(parts.database) as tx:
            deadlines.postpone(tx, leased, now + timedelta(seconds=wait_s), told)
            if leased.failures + 1 >= FAILURES_TO_ALERT:
                facts = {"promise": _name(leased), "error": str(error)[:200].replace("\0", "")}
                alert_desk.raise_alert(tx, FAILED, _name(leased), facts, parts.policy, now)
    except ConflictError:
        log.warning("%s: its failure was not noted; its lease will run out", _name(leased))


def _name(one: Deadline) -> str:
    return f"{one.kind}:{one.subject_kind}:{one.subject_id}:{one.step}"
