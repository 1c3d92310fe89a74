"""Workspaces into which no dotfiles come."""

import sqlalchemy as sa
from alembic import op

revision = "0019_without_dotfiles"
down_revision = "0018_image_builds"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "workspaces", sa.Column("dotfiles", sa.Boolean(), nullable=False, server_default=sa.true())
    )


def downgrade() -> None:
    op.drop_column("workspaces", "dotfiles")
