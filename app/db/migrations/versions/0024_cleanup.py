"""When a workspace that nobody uses is to be deleted."""

import sqlalchemy as sa
from alembic import op

revision = "0024_cleanup"
down_revision = "0023_location"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("workspaces", sa.Column("cleanup_at", sa.Double(), nullable=True))


def downgrade() -> None:
    op.drop_column("workspaces", "cleanup_at")
