"""What is printed, kind by kind: read at one instant, held while it is filed."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from operations import documents as document_desk
from reports import contact_card as card_paper
from reports import inspection as inspection_paper
from reports.pool import Job
from rules.assets import Customer
from rules.documents import Kind, Language
from rules.inspections import InspectionId
from rules.model import CustomerId, PersonId, SiteId
from storage import company
from storage import contact_cards as card_rows
from storage import customers as customer_rows
from storage import documents as document_rows
from storage import inspections as inspection_rows
from storage.db import Tx
from storage.deadlines import Deadline
from storage.views import inspection_sheets
from storage.views.inspection_sheets import Material

_LANGUAGES = {step: language for language, step in document_desk.STEPS.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """Something to be printed: what the archive files it under, and how its pages are made.

    `job` is called as `reports.inspection.job` is, without the material.
    """

    kind: Kind
    subject_id: int
    site_id: SiteId | None
    customer_id: CustomerId
    period: str
    language: Language
    issued_by: PersonId | None
    job: Callable[..., Job]


def read(tx: Tx, leased: Deadline, base_url: str, now: datetime) -> Paper | None:
    """What the promise is about; None where that is not there any more."""
    if leased.subject_kind == "contact_card":
        return _contact_card(tx, leased, base_url)
    return _inspection(tx, leased, now)


def hold(tx: Tx, leased: Deadline) -> bool:
    """Nobody else files one of the same subject meanwhile."""
    if leased.subject_kind == "contact_card":
        return card_rows.lock(tx, leased.subject_id) is not None
    return inspection_rows.lock(tx, InspectionId(leased.subject_id)) is not None


def _inspection(tx: Tx, leased: Deadline, now: datetime) -> Paper | None:
    material = inspection_sheets.read(tx, InspectionId(leased.subject_id), now)
    if material is None:
        return None
    material = _for_whom_it_was(tx, material)
    sheet = material.sheet.inspection
    return Paper(
        kind=Kind.INSPECTION,
        subject_id=sheet.id,
        site_id=sheet.site_id,
        customer_id=material.customer.id,
        period=sheet.period,
        language=_language(tx, material.customer, leased.step),
        issued_by=sheet.decided_by,
        job=partial(inspection_paper.job, material),
    )


def _contact_card(tx: Tx, leased: Deadline, base_url: str) -> Paper | None:
    issued = card_rows.get(tx, leased.subject_id)
    customer = customer_rows.get(tx, issued.customer_id) if issued else None
    if issued is None or customer is None:
        return None
    zone = company.timezone(tx)
    return Paper(
        kind=Kind.CONTACT_CARD,
        subject_id=issued.id,
        site_id=None,
        customer_id=issued.customer_id,
        period=f"{issued.issued_at.astimezone(zone):%Y-%m-%d}",
        language=_language(tx, customer, leased.step),
        issued_by=issued.issued_by,
        job=partial(card_paper.job, issued, zone.key, base_url),
    )


def _for_whom_it_was(tx: Tx, material: Material) -> Material:
    """A copy is for the customer of the first print, whoever has the site by now."""
    kind, number = Kind.INSPECTION, material.sheet.inspection.id
    first = document_rows.customer_of(tx, kind, number)
    known = customer_rows.get(tx, first) if first else None
    return replace(material, customer=known) if known else material


def _language(tx: Tx, customer: Customer, step: int) -> Language:
    """What was asked for; else the company's choice for all papers; else the customer's own."""
    if step:
        return _LANGUAGES[step]
    return Language(company.fact(tx, "report_language") or customer.language)
