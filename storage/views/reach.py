"""Which rows a viewer's lists may show, as a condition on a column that holds a site's id."""

from typing import Any

from sqlalchemy import ColumnElement, select, true

from rules.documents import Kind
from rules.model import CustomerId, SiteId
from rules.permits import Reach
from storage.db import Tx
from storage.tables.company import customers, sites
from storage.tables.paper import documents


def within(reach: Reach, site_id: ColumnElement[Any]) -> ColumnElement[bool]:
    if reach.everything:
        return true()
    if reach.customer_id is None:
        return site_id.in_(reach.site_ids)
    own = select(sites.c.id).where(sites.c.customer_id == reach.customer_id)
    if reach.site_ids:
        own = own.where(sites.c.id.in_(reach.site_ids))
    return site_id.in_(own)


def handed_to(reach: Reach, inspection_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """What was printed for an earlier customer of a site is not for the one who is there now."""
    if reach.customer_id is None:
        return true()
    another = select(documents.c.id).where(
        documents.c.kind == Kind.INSPECTION,
        documents.c.subject_id == inspection_id,
        documents.c.customer_id != reach.customer_id,
    )
    return ~another.exists()


def holds(tx: Tx, column: ColumnElement[str], word: str) -> ColumnElement[bool]:
    """Does the text hold `word`, whatever its case? SQLite's LIKE folds by itself, and faster."""
    if tx.dialect.name == "sqlite":
        return column.contains(word, autoescape=True)
    return column.icontains(word, autoescape=True)


def customer_of(tx: Tx, site_id: SiteId) -> CustomerId | None:
    """Whose site it is: what `rules.permits.may` asks for."""
    return tx.scalar(select(sites.c.customer_id).where(sites.c.id == site_id))


def site_ids(tx: Tx, reach: Reach) -> frozenset[SiteId] | None:
    """The sites themselves; None stands for all of them."""
    if reach.everything:
        return None
    return frozenset(
        SiteId(n) for n in tx.scalars(select(sites.c.id).where(within(reach, sites.c.id)))
    )


def customers_within(reach: Reach, customer_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whoever looks after a site of theirs sees the customer; as `permits.may_for_customer`."""
    if reach.everything:
        return true()
    if reach.customer_id is not None:
        return customer_id == reach.customer_id
    return customer_id.in_(select(sites.c.customer_id).where(sites.c.id.in_(reach.site_ids)))


def reaches(tx: Tx, reach: Reach, customer_id: CustomerId) -> bool:
    """Whether that customer is there at all for whoever has this reach."""
    here = select(customers.c.id).where(customers.c.id == customer_id)
    return tx.scalar(here.where(customers_within(reach, customers.c.id))) is not None
