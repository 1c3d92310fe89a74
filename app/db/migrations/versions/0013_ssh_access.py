"""What people show to come into their workspaces by ssh."""

import sqlalchemy as sa
from alembic import op

revision = "0013_ssh_access"
down_revision = "0012_port_shares"
branch_labels = None
depends_on = None


def _person() -> sa.Column:
    return sa.Column("user_id", sa.String(), nullable=False)


def upgrade() -> None:
    op.create_table(
        "authorized_keys",
        sa.Column("id", sa.String(), nullable=False),
        _person(),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("public", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("used_at", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_authorized_keys"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_authorized_keys_user_id_users"
        ),
        sa.UniqueConstraint("user_id", "fingerprint", name="uq_authorized_keys_user_id_fingerprint"),
    )
    op.create_index("ix_authorized_keys_user_id", "authorized_keys", ["user_id"])
    op.create_index("ix_authorized_keys_fingerprint", "authorized_keys", ["fingerprint"])
    op.create_table(
        "ssh_tokens",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        _person(),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("session_id", sa.String(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("expires_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_ssh_tokens"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_ssh_tokens_user_id_users"),
        sa.UniqueConstraint("token_hash", name="uq_ssh_tokens_token_hash"),
    )
    op.create_index("ix_ssh_tokens_user_id", "ssh_tokens", ["user_id"])
    op.create_index("ix_ssh_tokens_expires_at", "ssh_tokens", ["expires_at"])


def downgrade() -> None:
    op.drop_table("ssh_tokens")
    op.drop_table("authorized_keys")
