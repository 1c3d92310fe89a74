"""People's own variables."""

import sqlalchemy as sa
from alembic import op

revision = "0014_variables"
down_revision = "0013_ssh_access"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "variables",
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("pattern", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("changed_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "name", "pattern", name="pk_variables"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_variables_user_id_users"),
    )


def downgrade() -> None:
    op.drop_table("variables")
