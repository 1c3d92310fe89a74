"""What each start opens with."""

import sqlalchemy as sa
from alembic import op

revision = "0021_editors"
down_revision = "0020_profile"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("instances", sa.Column("editor", sa.JSON(), nullable=False, server_default="{}"))


def downgrade() -> None:
    op.drop_column("instances", "editor")
