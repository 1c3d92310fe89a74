"""What .gitpod.yml asks for of ports."""

import sqlalchemy as sa
from alembic import op

revision = "0011_port_wishes"
down_revision = "0010_images"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "workspaces", sa.Column("port_wishes", sa.JSON(), nullable=False, server_default="[]")
    )


def downgrade() -> None:
    op.drop_column("workspaces", "port_wishes")
