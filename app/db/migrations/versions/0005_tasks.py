"""Tasks: what .gitpod.yml runs in an instance, and how far it is."""

import sqlalchemy as sa
from alembic import op

revision = "0005_tasks"
down_revision = "0004_ports"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("instances", sa.Column("tasks", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    op.drop_column("instances", "tasks")
