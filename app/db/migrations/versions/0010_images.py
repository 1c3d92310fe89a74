"""Images: what a workspace's .gitpod.yml asked for, and what each start got."""

import sqlalchemy as sa
from alembic import op

revision = "0010_images"
down_revision = "0009_partial"
branch_labels = None
depends_on = None

_TABLES = ("workspaces", "instances")


def upgrade() -> None:
    for table in _TABLES:
        op.add_column(table, sa.Column("image", sa.JSON(), nullable=False, server_default="{}"))


def downgrade() -> None:
    for table in _TABLES:
        op.drop_column(table, "image")
