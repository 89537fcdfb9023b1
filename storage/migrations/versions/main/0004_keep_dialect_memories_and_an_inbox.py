"""Keep what dialects remember and what receivers took in; tell strangers apart by dialect."""

import sqlalchemy as sa
from alembic import op

from storage.db import Utc

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "dialect_memories",
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("node", sa.Text(), server_default="", nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("prefix", "node", name=op.f("pk_dialect_memories")),
    )
    op.create_table(
        "inbox",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("receiver", sa.Text(), server_default="", nullable=False),
        sa.Column("topic", sa.Text(), server_default="", nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
    )
    _strangers_by_dialect()


def _strangers_by_dialect() -> None:
    """The key of a table changes: it is made anew and filled from the old one."""
    op.execute("CREATE TABLE discovered_before AS SELECT * FROM discovered")
    op.drop_table("discovered")
    op.create_table(
        "discovered",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("dialect", sa.Text(), server_default="native", nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("first_at", Utc(), nullable=False),
        sa.Column("last_at", Utc(), nullable=False),
        sa.Column("messages", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("topic", sa.Text(), server_default="", nullable=False),
        sa.Column("sample", sa.Text(), server_default="", nullable=False),
        sa.Column("guess", sa.Text(), server_default="{}", nullable=False),
        sa.Column("ignored", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.PrimaryKeyConstraint("site", "dialect", "device", name=op.f("pk_discovered")),
    )
    op.create_index(op.f("ix_discovered_last_at"), "discovered", ["last_at"])
    names = "site, device, first_at, last_at, messages, topic, sample, ignored"
    op.execute(f"INSERT INTO discovered ({names}) SELECT {names} FROM discovered_before")  # noqa: S608
    op.drop_table("discovered_before")
