"""Partial clones: workspaces whose old versions of files stay on the git host."""

import sqlalchemy as sa
from alembic import op

revision = "0009_partial"
down_revision = "0008_git_access"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "workspaces", sa.Column("partial", sa.Boolean(), nullable=False, server_default=sa.false())
    )


def downgrade() -> None:
    op.drop_column("workspaces", "partial")
