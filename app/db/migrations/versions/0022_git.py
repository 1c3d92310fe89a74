"""What of a workspace's repositories exists only in it."""

import sqlalchemy as sa
from alembic import op

revision = "0022_git"
down_revision = "0021_editors"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "workspaces", sa.Column("git", sa.JSON(), nullable=False, server_default="{}")
    )


def downgrade() -> None:
    op.drop_column("workspaces", "git")
