"""Minor faults that the monitor found are told once a day, and none is lost on the way."""

from datetime import UTC, datetime, timedelta

from operations import escalation_plans as plan_desk
from operations import minor_faults as minor_desk
from operations import rota as rota_desk
from rules.duty import Span
from rules.escalation_plans import Binding, Plan, Step
from rules.model import Layer, Severity
from rules.policy import Policy
from storage import journal, ledger
from storage.db import Database, transaction
from tests import company as companies
from tests.company import CHEN, LI

T0 = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)  # eight in the morning in Shanghai
POLICY, DAY = Policy(), timedelta(days=1)


def test_what_nobody_could_be_told_of_is_promised_for_the_next_morning(database: Database) -> None:
    """The plan names a lead, and nobody leads that day."""
    plan = Plan(steps=(Step(after_s=0, targets=(Layer.FIRST,)),), loop_s=900, digest=(Layer.LEAD,))
    with transaction(database) as tx:
        company = companies.found(tx)
        chen = company.id_of(CHEN)
        plan_desk.save(tx, "Minor", plan, by=chen, now=T0, seen=None)
        plan_desk.bind(tx, Binding(plan_name="Minor", severity=Severity.MINOR), by=chen, now=T0)
        fault = companies.opens(tx, company, 0, POLICY, T0 - DAY / 2, Severity.MINOR)
        assert minor_desk.tell(tx, fault.id, T0) == T0 + DAY
        assert ledger.newest(tx) == []
        assert "minors_told" not in {one.verb for one in journal.after(tx, 0, T0 - DAY)}
        tomorrow = Span(starts_at=T0 + DAY, ends_at=T0 + 2 * DAY)
        rota_desk.override(tx, Layer.LEAD, company.id_of(LI), tomorrow, by=chen, now=T0)
        assert minor_desk.tell(tx, fault.id, T0 + DAY) is None
        assert {one.person_id for one in ledger.newest(tx)} == {company.id_of(LI)}
