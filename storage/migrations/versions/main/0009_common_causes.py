"""Keep when a fault began, as far as one can tell: what its cause is judged by."""

import sqlalchemy as sa
from alembic import op

from storage.db import Utc

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("faults", schema=None) as batch_op:
        batch_op.add_column(sa.Column("began_after", Utc(), nullable=True))
        batch_op.add_column(sa.Column("began_before", Utc(), nullable=True))
        batch_op.add_column(
            sa.Column(
                "suspect_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
            )
        )
