"""What of people's editors goes with them."""

import sqlalchemy as sa
from alembic import op

revision = "0020_profile"
down_revision = "0019_without_dotfiles"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "profile_files",
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "name", name="pk_profile_files"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_profile_files_user_id_users"),
    )
    op.add_column(
        "users", sa.Column("profile", sa.Integer(), nullable=False, server_default="0")
    )
    op.add_column(
        "users", sa.Column("profile_kept", sa.Boolean(), nullable=False, server_default=sa.true())
    )


def downgrade() -> None:
    op.drop_column("users", "profile_kept")
    op.drop_column("users", "profile")
    op.drop_table("profile_files")
