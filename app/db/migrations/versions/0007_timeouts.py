"""Timeouts: who chose which, the last activity of a start, and why a start was stopped."""

import sqlalchemy as sa
from alembic import op

revision = "0007_timeouts"
down_revision = "0006_pinned"
branch_labels = None
depends_on = None

_TEXTS = ("timeout", "activity", "stop_reason", "stop_detail")
_NUMBERS = ("beats", "timeout_wish")
_MOMENTS = ("active_at", "until")


def upgrade() -> None:
    for table in ("users", "workspaces"):
        op.add_column(table, sa.Column("timeout", sa.String(), nullable=False, server_default=""))
    for name in _TEXTS:
        op.add_column("instances", sa.Column(name, sa.String(), nullable=False, server_default=""))
    for name in _NUMBERS:
        column = sa.Column(name, sa.Integer(), nullable=False, server_default="0")
        op.add_column("instances", column)
    for name in _MOMENTS:
        op.add_column("instances", sa.Column(name, sa.Double(), nullable=True))


def downgrade() -> None:
    for name in (*_TEXTS, *_NUMBERS, *_MOMENTS):
        op.drop_column("instances", name)
    for table in ("users", "workspaces"):
        op.drop_column(table, "timeout")
