"""Whether the content of a deleted workspace may go without a restore point."""

import sqlalchemy as sa
from alembic import op

revision = "0026_given_up"
down_revision = "0025_content"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "workspaces", sa.Column("given_up", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    # Until now what was deleted before it was freed had been given up by force.
    op.execute("UPDATE workspaces SET given_up = (1 = 1) WHERE deleted_at IS NOT NULL")


def downgrade() -> None:
    op.drop_column("workspaces", "given_up")
