"""Restores that are tried again, and why the newest one of a workspace has failed."""

import sqlalchemy as sa
from alembic import op

revision = "0032_restores"
down_revision = "0031_archive"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "restores", sa.Column("tries", sa.Integer(), nullable=False, server_default="0")
    )
    op.add_column(
        "restores", sa.Column("not_before", sa.Double(), nullable=False, server_default="0")
    )
    op.add_column("workspaces", sa.Column("restore_problem", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("workspaces", "restore_problem")
    op.drop_column("restores", "not_before")
    op.drop_column("restores", "tries")
