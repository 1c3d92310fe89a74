"""Ports: what listens in an instance, and what people set for a workspace."""

import sqlalchemy as sa
from alembic import op

revision = "0004_ports"
down_revision = "0003_context"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("instances", sa.Column("ports", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column(
        "workspaces", sa.Column("port_settings", sa.JSON(), nullable=False, server_default="{}")
    )


def downgrade() -> None:
    op.drop_column("workspaces", "port_settings")
    op.drop_column("instances", "ports")
