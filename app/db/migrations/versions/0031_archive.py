"""Archived workspaces, and the number under which a node holds what it got back."""

import sqlalchemy as sa
from alembic import op

revision = "0031_archive"
down_revision = "0030_nodes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("workspaces", sa.Column("archived_at", sa.Double(), nullable=True))
    op.add_column(
        "workspaces", sa.Column("held", sa.Integer(), nullable=False, server_default="0")
    )


def downgrade() -> None:
    op.drop_column("workspaces", "held")
    op.drop_column("workspaces", "archived_at")
