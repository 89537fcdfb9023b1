"""What customers are told: a contract's wishes and the company's own words. Absent: the usual."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Table, delete, exists, select, update

from rules.assets import Customer
from rules.model import ContractId, OrderId, PersonId, Role, WorkOrder
from rules.notices import Kind, State
from rules.tellings import Step, Template, Told, Wishes, wishes_in
from storage import journal
from storage.db import Tx, insert_into
from storage.tables.company import people
from storage.tables.night import journal as entries
from storage.tables.night import notices
from storage.tables.telling import customer_tellings, text_templates

TOLD, NOT_TOLD = "customer_told", "customer_not_told"  # the journal's verbs


def wishes(tx: Tx, contract_id: ContractId | None) -> Wishes:
    """The usual ones where the contract has none of its own."""
    asked = select(customer_tellings.c.steps).where(customer_tellings.c.contract_id == contract_id)
    kept = tx.scalar(asked) if contract_id else None
    return wishes_in(kept) if kept is not None else Wishes()


def set_wishes(
    tx: Tx, contract_id: ContractId, wished: Wishes, by: PersonId, now: datetime
) -> None:
    values = {"steps": wished.as_facts(), "changed_at": now, "changed_by": by}
    _put(tx, customer_tellings, {"contract_id": contract_id}, values)


def template(tx: Tx, step: Step, language: str) -> Template | None:
    """The company's own; None: ours."""
    asked = select(text_templates.c.subject, text_templates.c.body)
    row = tx.execute(asked.where(*_of(step, language))).first()
    return Template(subject=row.subject, body=row.body) if row else None


def own_templates(tx: Tx) -> dict[tuple[str, str], datetime]:
    """Which steps and languages have words of the company's own, and since when."""
    rows = tx.execute(
        select(text_templates.c.key, text_templates.c.language, text_templates.c.changed_at)
    )
    return {(row.key, row.language): row.changed_at for row in rows}


def set_template(
    tx: Tx, step: Step, language: str, words: Template, by: PersonId, now: datetime
) -> None:
    values = {"subject": words.subject, "body": words.body, "changed_at": now, "changed_by": by}
    _put(tx, text_templates, {"key": str(step), "language": language}, values)


def drop_template(tx: Tx, step: Step, language: str) -> bool:
    """Ours again; False where they are already."""
    gone = delete(text_templates).where(*_of(step, language))
    return tx.execute(gone).rowcount > 0


def told(tx: Tx, order_id: OrderId) -> list[Told]:
    """What this order's customer heard, oldest first."""
    asked = select(entries.c.facts).where(entries.c.order_id == order_id, entries.c.verb == TOLD)
    return [
        Told(step=facts.get("step", ""), who=facts.get("who"), until=facts.get("until_told", ""))
        for facts in tx.scalars(asked.order_by(entries.c.id))
    ]


def note(tx: Tx, order: WorkOrder, verb: str, facts: Mapping[str, Any], now: datetime) -> None:
    """In the order's timeline: what became of telling its customer."""
    journal.write(tx, entry(order, verb, facts, now))


def entry(order: WorkOrder, verb: str, facts: Mapping[str, Any], at: datetime) -> journal.Entry:
    return journal.Entry(
        at=at,
        actor="system",
        verb=verb,
        site_id=order.site_id,
        order_id=order.id,
        fault_id=order.root_fault_id,
        facts=dict(facts),
    )


def was_unheard(tx: Tx, order_id: OrderId) -> bool:
    """Whether the order's timeline says already that nobody could be told."""
    said = exists().where(entries.c.order_id == order_id, entries.c.verb == NOT_TOLD)
    return bool(tx.scalar(select(said)))


def overtake(tx: Tx, order_id: OrderId, now: datetime) -> None:
    """What is held back for later and was never tried is out of date."""
    held = (notices.c.order_id == order_id) & (notices.c.kind == Kind.TELLING)
    waits = (notices.c.state == State.WAITING) & (notices.c.not_before > now)
    mine = select(notices.c.id).where(held, waits).order_by(notices.c.id).with_for_update()
    ids = tx.scalars(mine).all()
    tx.execute(
        update(notices)
        .where(notices.c.id.in_(ids))
        .values(state=State.SILENCED, done_at=now, why="overtaken")
    )


def mailbox(tx: Tx, customer: Customer, now: datetime) -> PersonId:
    """Who stands for the customer's own address: on no list, so that letters have a reader."""
    code = f"mailbox-{customer.code}"
    row = {
        "code": code,
        "name": customer.name,
        "roles": [Role.CUSTOMER],
        "customer_id": customer.id,
        "channels": [],
        "language": customer.language,
        "left_at": now,
    }
    tx.execute(insert_into(tx, people).values(row).on_conflict_do_nothing(index_elements=["code"]))
    return PersonId(tx.execute(select(people.c.id).where(people.c.code == code)).scalar_one())


def _of(step: Step, language: str) -> tuple[Any, Any]:
    return text_templates.c.key == str(step), text_templates.c.language == language


def _put(tx: Tx, table: Table, key: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    row = insert_into(tx, table).values({**key, **values})
    tx.execute(row.on_conflict_do_update(index_elements=list(key), set_=dict(values)))
