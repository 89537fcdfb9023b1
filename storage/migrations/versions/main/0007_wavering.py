"""Keep what wavers and what comes again."""

import sqlalchemy as sa
from alembic import op

from storage.db import Utc

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "device_memories",
        sa.Column("device_id", _ID, autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("device_id", "kind", name=op.f("pk_device_memories")),
    )
    op.create_table(
        "recording_channels",
        sa.Column("device_id", _ID, autoincrement=False, nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("asked_at", Utc(), nullable=False),
        sa.Column("starts_at", Utc(), nullable=False),
        sa.Column("ends_at", Utc(), nullable=False),
        sa.Column("oldest_at", Utc(), nullable=True),
        sa.PrimaryKeyConstraint("device_id", "channel", name=op.f("pk_recording_channels")),
    )
    op.create_table(
        "recording_gaps",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("device_id", _ID, nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("starts_at", Utc(), nullable=False),
        sa.Column("ends_at", Utc(), nullable=False),
        sa.Column("planned", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.ForeignKeyConstraint(
            ["device_id"], ["devices.id"], name=op.f("fk_recording_gaps_device_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recording_gaps")),
    )
    op.create_index(
        "ix_recording_gaps_device_id_ends_at", "recording_gaps", ["device_id", "ends_at"]
    )
    op.add_column("faults", sa.Column("repeat_of", _ID, nullable=True))
    op.create_index(op.f("ix_faults_repeat_of"), "faults", ["repeat_of"])
