"""Which of several servers a supervisor is connected to."""

import sqlalchemy as sa
from alembic import op

revision = "0036_linked"
down_revision = "0035_bytes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("instances", sa.Column("linked", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    with op.batch_alter_table("instances") as table:
        table.drop_column("linked")
