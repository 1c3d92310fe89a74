"""Where a repository's own file wants its code."""

import sqlalchemy as sa
from alembic import op

revision = "0023_location"
down_revision = "0022_git"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "workspaces", sa.Column("location", sa.String(), nullable=False, server_default="")
    )


def downgrade() -> None:
    op.drop_column("workspaces", "location")
