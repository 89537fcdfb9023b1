"""Limits of some devices that stand, as a viewer's list may show them."""

from sqlalchemy import Text, cast, or_, select

from rules.limits import Override, Scope
from rules.permits import Reach
from storage import limits as limit_rows
from storage.db import Tx
from storage.tables.company import devices, sites
from storage.tables.limits import limit_overrides
from storage.views.reach import within


def listed(tx: Tx, reach: Reach, *, before: int | None, limit: int) -> list[Override]:
    """The latest first. What is for devices and customers out of reach is not even there."""
    scope, subject = limit_overrides.c.scope, limit_overrides.c.subject
    own = select(cast(devices.c.id, Text)).where(within(reach, devices.c.site_id))
    owners = select(cast(sites.c.customer_id, Text)).where(within(reach, sites.c.id))
    seen = or_(
        scope.in_((Scope.TYPE.value, Scope.MODEL.value)),
        (scope == Scope.DEVICE.value) & subject.in_(own),
        (scope == Scope.CUSTOMER.value) & subject.in_(owners),
    )
    older = limit_overrides.c.id < before if before is not None else limit_overrides.c.id > 0
    return limit_rows.chosen(tx, limit_rows.STANDING, seen, older, limit=limit)
