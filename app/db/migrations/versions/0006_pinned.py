"""Pinned workspaces: those that stand first in lists."""

import sqlalchemy as sa
from alembic import op

revision = "0006_pinned"
down_revision = "0005_tasks"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "workspaces", sa.Column("pinned", sa.Boolean(), nullable=False, server_default=sa.false())
    )


def downgrade() -> None:
    op.drop_column("workspaces", "pinned")
