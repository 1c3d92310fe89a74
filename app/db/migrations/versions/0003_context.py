"""What a workspace was opened at: kind, number and path of the pasted URL, variables of the link."""

import sqlalchemy as sa
from alembic import op

revision = "0003_context"
down_revision = "0002_workspaces"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "workspaces", sa.Column("kind", sa.String(), nullable=False, server_default="repository")
    )
    op.add_column("workspaces", sa.Column("number", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("workspaces", sa.Column("path", sa.String(), nullable=False, server_default=""))
    op.add_column("workspaces", sa.Column("variables", sa.JSON(), nullable=False, server_default="{}"))
    op.execute("UPDATE workspaces SET kind = 'ref' WHERE ref <> ''")


def downgrade() -> None:
    for name in ("variables", "path", "number", "kind"):
        op.drop_column("workspaces", name)
