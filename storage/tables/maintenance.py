"""Times in which people work on devices, and the units they took out."""

from sqlalchemy import CheckConstraint, Column, Date, Index, Table, text

from rules.maintenance import Scope
from rules.swaps import Whereabouts
from storage.tables.columns import Id, identity, instant, metadata, one_of, points_to, words

maintenance = Table(  # faults of these devices disturb nobody until it ends
    "maintenance",
    metadata,
    identity(),
    points_to("site_id", "sites.id"),
    words("scope"),
    Column("subject_id", Id, nullable=False),  # of the device, system or site
    points_to("owner_id", "people.id"),
    words("reason"),
    instant("starts_at"),
    instant("ends_at"),  # as it was promised last
    instant("ended_at", null=True),
    points_to("ended_by", "people.id", null=True),  # nobody: its time was over
    one_of("scope", Scope),
    CheckConstraint("starts_at <= ends_at", name="lasts"),
    CheckConstraint("reason <> ''", name="said_why"),
    Index(
        "one_running_maintenance",
        "scope",
        "subject_id",
        unique=True,
        sqlite_where=text("ended_at IS NULL"),
        postgresql_where=text("ended_at IS NULL"),
    ),
    Index("ix_maintenance_site_id_starts_at", "site_id", "starts_at"),
)

planned_maintenance = Table(  # it begins at its hour, as if somebody began it then
    "planned_maintenance",
    metadata,
    identity(),
    points_to("site_id", "sites.id"),
    words("scope"),
    Column("subject_id", Id, nullable=False),  # of the device, system or site
    points_to("owner_id", "people.id"),
    words("reason"),
    instant("starts_at"),
    instant("ends_at"),
    points_to("planned_by", "people.id"),
    instant("planned_at"),
    instant("over_at", null=True),  # it began, was cancelled, or could not begin
    one_of("scope", Scope),
    CheckConstraint("starts_at < ends_at", name="lasts"),
    CheckConstraint("reason <> ''", name="said_why"),
    Index(
        "maintenance_ahead",
        "site_id",
        "starts_at",
        sqlite_where=text("over_at IS NULL"),
        postgresql_where=text("over_at IS NULL"),
    ),
)

device_units = Table(  # E08: what stood at a point before the unit that stands there now
    "device_units",
    metadata,
    identity(),
    points_to("device_id", "devices.id", index=True),
    words("model"),
    words("serial"),
    words("batch"),
    words("supplier"),
    words("asset_tag"),
    words("mac"),
    words("firmware"),
    words("dialect"),
    words("dialect_id"),
    Column("installed_on", Date),
    Column("warranty_end", Date),
    instant("removed_at"),
    points_to("removed_by", "people.id"),
    words("reason"),
    words("whereabouts"),
    one_of("whereabouts", Whereabouts),
)
