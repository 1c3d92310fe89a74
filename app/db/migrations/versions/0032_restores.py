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
    # what was being brought somewhere, and was not: nobody tried that again before
    op.execute("""
        UPDATE workspaces SET restore_problem = (
            SELECT last.problem FROM restores AS last
            WHERE last.workspace_id = workspaces.id AND last.source_id = workspaces.id
            AND last.state = 'failed' AND NOT EXISTS (
                SELECT 1 FROM restores AS later
                WHERE later.workspace_id = last.workspace_id AND (
                    later.asked_at > last.asked_at
                    OR (later.asked_at = last.asked_at AND later.id > last.id)
                )
            )
        )
        WHERE content = 'none' AND restoring = '' AND archived_at IS NULL AND deleted_at IS NULL
        """)


def downgrade() -> None:
    op.drop_column("workspaces", "restore_problem")
    op.drop_column("restores", "not_before")
    op.drop_column("restores", "tries")
