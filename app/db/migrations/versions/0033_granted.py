"""For how long each node may have been granted time; of those there are it is not known."""

import sqlalchemy as sa
from alembic import op

revision = "0033_granted"
down_revision = "0032_restores"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("nodes", sa.Column("granted", sa.Double(), nullable=True))


def downgrade() -> None:
    op.drop_column("nodes", "granted")
