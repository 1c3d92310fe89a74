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
    """What is archived was never empty: an older Podium says that its files are missing.

    They come back from its restore points there; a workspace without content would be cloned anew.
    """
    op.execute(
        "UPDATE workspaces SET content = 'present' "
        "WHERE content = 'none' AND archived_at IS NOT NULL AND deleted_at IS NULL"
    )
    op.execute("UPDATE restore_points SET reason = 'stop' WHERE reason = 'archive'")
    op.drop_column("workspaces", "held")
    op.drop_column("workspaces", "archived_at")
