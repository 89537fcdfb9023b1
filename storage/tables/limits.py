"""Figures that were changed for a type, a model, a customer or one device (A18)."""

from sqlalchemy import CheckConstraint, Column, Float, Index, Table, text

from rules.limits import Scope
from storage.tables.columns import identity, instant, metadata, one_of, points_to, words

limit_overrides = Table(
    "limit_overrides",
    metadata,
    identity(),
    words("scope"),
    words("subject"),  # the type, the model in small letters, the customer's or the device's id
    words("name"),  # the figure: limits.TEMP_HIGH.raise_at, silence.allowance_s
    Column("value", Float, nullable=False),
    words("why"),
    points_to("made_by", "people.id"),
    instant("made_at"),
    points_to("withdrawn_by", "people.id", null=True),
    instant("withdrawn_at", null=True),
    one_of("scope", Scope),
    CheckConstraint("subject <> '' AND why <> ''", name="whole"),
    CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name="withdrawn"),
    Index(
        "uq_limit_overrides_standing",
        "scope",
        "subject",
        "name",
        unique=True,
        sqlite_where=text("withdrawn_at IS NULL"),
        postgresql_where=text("withdrawn_at IS NULL"),
    ),
)
