"""Where the supervisor of an instance is reached over a network; nowhere on one machine."""

import sqlalchemy as sa
from alembic import op

revision = "0037_address"
down_revision = "0036_linked"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("instances", sa.Column("address", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("instances", "address")
