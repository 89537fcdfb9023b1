"""Keep limits of types, models, customers and devices."""

import sqlalchemy as sa
from alembic import op

from storage.db import Utc

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "limit_overrides",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("scope", sa.Text(), server_default="", nullable=False),
        sa.Column("subject", sa.Text(), server_default="", nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        sa.Column("made_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("made_at", Utc(), nullable=False),
        sa.Column(
            "withdrawn_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("withdrawn_at", Utc(), nullable=True),
        sa.CheckConstraint(
            "scope IN ('type', 'model', 'customer', 'device')",
            name=op.f("ck_limit_overrides_scope"),
        ),
        sa.CheckConstraint("subject <> '' AND why <> ''", name=op.f("ck_limit_overrides_whole")),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by IS NULL)",
            name=op.f("ck_limit_overrides_withdrawn"),
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["people.id"], name=op.f("fk_limit_overrides_made_by")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by"], ["people.id"], name=op.f("fk_limit_overrides_withdrawn_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_limit_overrides")),
    )
    op.create_index(
        "uq_limit_overrides_standing",
        "limit_overrides",
        ["scope", "subject", "name"],
        unique=True,
        sqlite_where=sa.text("withdrawn_at IS NULL"),
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
