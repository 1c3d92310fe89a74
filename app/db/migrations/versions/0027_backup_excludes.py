"""What restore points leave out, as .gitpod.yml has it."""

import sqlalchemy as sa
from alembic import op

revision = "0027_backup_excludes"
down_revision = "0026_given_up"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "workspaces", sa.Column("backup_excludes", sa.JSON(), nullable=False, server_default="[]")
    )


def downgrade() -> None:
    op.drop_column("workspaces", "backup_excludes")
