"""The company's own words to its customers, and which steps each contract's customer is told."""

from datetime import datetime

import words
from operations import notes
from operations.refusals import NotNowError
from rules import tellings as rules
from rules.model import ContractId, PersonId
from rules.tellings import Step, Template, Unfit, Wishes
from storage import contracts as contract_rows
from storage import tellings as telling_rows
from storage.db import Tx


def record(step: Step, language: str) -> str:
    """What the journal calls this text."""
    return f"templates/{step}/{language}"


def check(step: Step, language: str, written: Template) -> Template:
    """As it will be kept: trimmed, the subject one line. Raises `NotNowError` by field."""
    subject, body = " ".join(written.subject.split()), written.body.replace("\r\n", "\n").strip()
    for field, text, most in (
        ("subject", subject, rules.LONGEST_SUBJECT),
        ("body", body, rules.LONGEST_BODY),
    ):
        if not text or len(text) > most:
            raise NotNowError(
                "templates.unfit.length" if text else "templates.unfit.empty",
                field=field,
                most=most,
            )
        if unfit := rules.unfit(text, step):
            raise _refused(unfit, step, language, field)
    return Template(subject=subject, body=body)


def save(tx: Tx, step: Step, language: str, written: Template, by: PersonId, now: datetime) -> None:
    """From the next step on. The same words again change nothing. Raises `NotNowError`."""
    fit = check(step, language, written)
    before = telling_rows.template(tx, step, language)
    if before == fit:
        return
    telling_rows.set_template(tx, step, language, fit, by, now)
    facts = {**_about(step, language), "subject": fit.subject, "body": fit.body}
    notes.of_act(tx, "template_changed", by, now, facts, record=record(step, language))


def reset(tx: Tx, step: Step, language: str, by: PersonId, now: datetime) -> None:
    """Ours again."""
    if telling_rows.drop_template(tx, step, language):
        facts = _about(step, language)
        notes.of_act(tx, "template_reset", by, now, facts, record=record(step, language))


def set_wishes(
    tx: Tx, contract_id: ContractId, wished: Wishes, by: PersonId, now: datetime
) -> None:
    """Which steps this contract's customer is told. Raises `LookupError`."""
    contract = contract_rows.get(tx, contract_id)
    if contract is None:
        raise LookupError(contract_id)
    before = telling_rows.wishes(tx, contract_id)
    if before == wished:
        return
    telling_rows.set_wishes(tx, contract_id, wished, by, now)
    facts = {"number": contract.number, "before": before.as_facts(), "after": wished.as_facts()}
    notes.of_act(tx, "tellings_set", by, now, facts, record=f"contracts/{contract_id}")


def _about(step: Step, language: str) -> dict[str, str]:
    return {"step": step, "language": words.language_name(language)}


def _refused(unfit: Unfit, step: Step, language: str, field: str) -> NotNowError:
    known = words.say(language, "notice.comma").join(
        "{" + name + "}" for name in rules.accepted(step)
    )
    return NotNowError(f"templates.unfit.{unfit.why}", field=field, found=unfit.found, known=known)
