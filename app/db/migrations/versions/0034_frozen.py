"""Snapshots on the node that their workspace was on."""

import sqlalchemy as sa
from alembic import op

revision = "0034_frozen"
down_revision = "0033_granted"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "snapshots", sa.Column("node", sa.String(), nullable=False, server_default="local")
    )


def downgrade() -> None:
    op.drop_column("snapshots", "node")
