"""What workspaces open with, and the time zone of their people."""

import sqlalchemy as sa
from alembic import op

revision = "0017_ide"
down_revision = "0016_dotfiles"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "workspaces", sa.Column("ide", sa.String(), nullable=False, server_default="vscode")
    )
    for name in ("ide", "time_zone"):
        op.add_column("users", sa.Column(name, sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("workspaces", "ide")
    for name in ("ide", "time_zone"):
        op.drop_column("users", name)
