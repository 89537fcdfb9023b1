"""Keep maintenance windows and exchanged units."""

import sqlalchemy as sa
from alembic import op

from storage.db import Utc

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_RUNNING = sa.text("ended_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "maintenance",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("site_id", _ID, nullable=False),
        sa.Column("scope", sa.Text(), server_default="", nullable=False),
        sa.Column("subject_id", _ID, nullable=False),
        sa.Column("owner_id", _ID, nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("starts_at", Utc(), nullable=False),
        sa.Column("ends_at", Utc(), nullable=False),
        sa.Column("ended_at", Utc(), nullable=True),
        sa.Column("ended_by", _ID, nullable=True),
        sa.CheckConstraint(
            "scope IN ('device', 'system', 'site')", name=op.f("ck_maintenance_scope")
        ),
        sa.CheckConstraint("starts_at <= ends_at", name=op.f("ck_maintenance_lasts")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_maintenance_said_why")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_maintenance_site_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["people.id"], name=op.f("fk_maintenance_owner_id")),
        sa.ForeignKeyConstraint(["ended_by"], ["people.id"], name=op.f("fk_maintenance_ended_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maintenance")),
    )
    op.create_index(
        "one_running_maintenance",
        "maintenance",
        ["scope", "subject_id"],
        unique=True,
        sqlite_where=_RUNNING,
        postgresql_where=_RUNNING,
    )
    op.create_index("ix_maintenance_site_id_starts_at", "maintenance", ["site_id", "starts_at"])
    _units()
    op.add_column("faults", sa.Column("maintenance_id", _ID, nullable=True))
    op.create_index(op.f("ix_faults_maintenance_id"), "faults", ["maintenance_id"])
    op.execute("ALTER TABLE devices DROP COLUMN maintenance_until")  # nobody ever wrote it
    _promise_about("order", "fault", "alert", "inspection", "maintenance")


def _units() -> None:
    told = ("model", "serial", "batch", "supplier", "asset_tag", "mac", "firmware")
    spoken = ("dialect", "dialect_id")
    op.create_table(
        "device_units",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("device_id", _ID, nullable=False),
        *(sa.Column(name, sa.Text(), server_default="", nullable=False) for name in told + spoken),
        sa.Column("installed_on", sa.Date(), nullable=True),
        sa.Column("warranty_end", sa.Date(), nullable=True),
        sa.Column("removed_at", Utc(), nullable=False),
        sa.Column("removed_by", _ID, nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("whereabouts", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "whereabouts IN ('repair', 'spare', 'supplier', 'scrapped')",
            name=op.f("ck_device_units_whereabouts"),
        ),
        sa.ForeignKeyConstraint(
            ["device_id"], ["devices.id"], name=op.f("fk_device_units_device_id")
        ),
        sa.ForeignKeyConstraint(
            ["removed_by"], ["people.id"], name=op.f("fk_device_units_removed_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_units")),
    )
    op.create_index(op.f("ix_device_units_device_id"), "device_units", ["device_id"])


def _promise_about(*subjects: str) -> None:
    """Widen a check. SQLite makes the table anew, and leaves checks behind when it does."""
    allowed = ", ".join(f"'{subject}'" for subject in subjects)
    name = op.f("ck_deadlines_subject_kind")
    with op.batch_alter_table("deadlines", recreate="auto", schema=None) as batch_op:
        if op.get_bind().dialect.name == "postgresql":
            batch_op.drop_constraint(name, type_="check")
        batch_op.create_check_constraint(name, f"subject_kind IN ({allowed})")
