"""Restore points, restores, and whether a workspace is backed up."""

import sqlalchemy as sa
from alembic import op

revision = "0025_content"
down_revision = "0024_cleanup"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("workspaces", sa.Column("backed_up_at", sa.Double(), nullable=True))
    op.add_column(
        "workspaces",
        sa.Column("backed_up_stop", sa.Integer(), nullable=False, server_default="-1"),
    )
    op.add_column("workspaces", sa.Column("backup_problem", sa.JSON(), nullable=True))
    op.add_column(
        "workspaces", sa.Column("restoring", sa.String(), nullable=False, server_default="")
    )
    op.create_table(
        "restore_points",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked_at", sa.Double(), nullable=False),
        sa.Column("stop", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.Double(), nullable=True),
        sa.Column("current_at", sa.Double(), nullable=True),
        sa.Column("files", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("files_new", sa.Integer(), nullable=False),
        sa.Column("files_changed", sa.Integer(), nullable=False),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.Double(), nullable=False),
        sa.Column("problem", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_restore_points"),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name="fk_restore_points_workspace_id_workspaces"
        ),
    )
    op.create_index("ix_restore_points_workspace_id", "restore_points", ["workspace_id"])
    op.create_index("ix_restore_points_state", "restore_points", ["state"])
    op.create_table(
        "restores",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("point_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked_at", sa.Double(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("problem", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_restores"),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name="fk_restores_workspace_id_workspaces"
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["workspaces.id"], name="fk_restores_source_id_workspaces"
        ),
    )
    op.create_index("ix_restores_workspace_id", "restores", ["workspace_id"])
    op.create_index("ix_restores_state", "restores", ["state"])
    op.create_table(
        "content_keys",
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", name="pk_content_keys"),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name="fk_content_keys_workspace_id_workspaces"
        ),
    )


def downgrade() -> None:
    op.drop_table("content_keys")
    op.drop_table("restores")
    op.drop_table("restore_points")
    op.drop_column("workspaces", "restoring")
    op.drop_column("workspaces", "backup_problem")
    op.drop_column("workspaces", "backed_up_stop")
    op.drop_column("workspaces", "backed_up_at")
