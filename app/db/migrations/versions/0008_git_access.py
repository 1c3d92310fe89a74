"""Git access: sealed tokens and ssh keys of people, and the host keys they have accepted."""

import sqlalchemy as sa
from alembic import op

revision = "0008_git_access"
down_revision = "0007_timeouts"
branch_labels = None
depends_on = None


def _of_person(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f(f"fk_{table}_user_id_users"))


def upgrade() -> None:
    op.create_table(
        "git_tokens",
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("username", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("used_at", sa.Double(), nullable=True),
        _of_person("git_tokens"),
        sa.PrimaryKeyConstraint("user_id", "host", name=op.f("pk_git_tokens")),
    )
    op.create_table(
        "ssh_keys",
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("public", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("used_at", sa.Double(), nullable=True),
        _of_person("ssh_keys"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_ssh_keys")),
    )
    op.create_table(
        "host_keys",
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("algorithm", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("accepted_at", sa.Double(), nullable=False),
        _of_person("host_keys"),
        sa.PrimaryKeyConstraint("user_id", "host", "algorithm", name=op.f("pk_host_keys")),
    )


def downgrade() -> None:
    for name in ("host_keys", "ssh_keys", "git_tokens"):
        op.drop_table(name)
