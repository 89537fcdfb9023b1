"""Keep alarm accounts and security events."""

import sqlalchemy as sa
from alembic import op

from storage.db import Utc

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "alarm_accounts",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("heard_at", Utc(), nullable=True),
        sa.Column("recent", sa.Text(), server_default="[]", nullable=False),
        sa.Column("taken", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("repeated", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("wrong_length", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("wrong_clock", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("refused", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("refused_at", Utc(), nullable=True),
        sa.Column("refused_why", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_alarm_accounts")),
    )
    op.create_table(
        "security_events",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("occurred_at", Utc(), nullable=True),
        sa.Column("site_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account", sa.Text(), server_default="", nullable=False),
        sa.Column("event", sa.Text(), server_default="", nullable=False),
        sa.Column("sort", sa.Text(), server_default="", nullable=False),
        sa.Column("turn", sa.Text(), server_default="", nullable=False),
        sa.Column("partition", sa.Text(), server_default="", nullable=False),
        sa.Column("number", sa.Text(), server_default="", nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "sort IN ('fault', 'tamper', 'security', 'test', 'odd_test', 'walk', 'status')",
            name=op.f("ck_security_events_sort"),
        ),
        sa.CheckConstraint(
            "turn IN ('new', 'restore', 'status')", name=op.f("ck_security_events_turn")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_security_events_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_security_events")),
    )
    op.create_index(op.f("ix_security_events_at"), "security_events", ["at"])
    op.create_index("ix_security_events_site_id_id", "security_events", ["site_id", "id"])
