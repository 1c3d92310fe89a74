"""Snapshots, and what a workspace began as."""

import sqlalchemy as sa
from alembic import op

revision = "0028_snapshots"
down_revision = "0027_backup_excludes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "workspaces", sa.Column("snapshot", sa.String(), nullable=False, server_default="")
    )
    op.add_column(
        "workspaces", sa.Column("downloads", sa.JSON(), nullable=False, server_default="[]")
    )
    op.create_table(
        "snapshots",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("owner_id", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("access", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("expires_at", sa.Double(), nullable=True),
        sa.Column("context", sa.JSON(), nullable=False),
        sa.Column("files", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("opened", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.Double(), nullable=False),
        sa.Column("problem", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_snapshots"),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name="fk_snapshots_workspace_id_workspaces"
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name="fk_snapshots_owner_id_users"),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name="fk_snapshots_organisation_id_organisations",
        ),
    )
    for column in ("workspace_id", "owner_id", "state", "expires_at"):
        op.create_index(f"ix_snapshots_{column}", "snapshots", [column])


def downgrade() -> None:
    op.drop_table("snapshots")
    op.drop_column("workspaces", "downloads")
    op.drop_column("workspaces", "snapshot")
