"""The repository of a person's dotfiles."""

import sqlalchemy as sa
from alembic import op

revision = "0016_dotfiles"
down_revision = "0014_variables"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("dotfiles", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("users", "dotfiles")
