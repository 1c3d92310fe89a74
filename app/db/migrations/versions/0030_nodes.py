"""Nodes, and where each workspace and each start is."""

import sqlalchemy as sa
from alembic import op

revision = "0030_nodes"
down_revision = "0029_restored"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "nodes",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("draining", sa.Boolean(), nullable=False),
        sa.Column("seen_at", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("name", name="pk_nodes"),
    )
    for table, default in (("workspaces", "local"), ("instances", "local"), ("restore_points", "")):
        op.add_column(
            table, sa.Column("node", sa.String(), nullable=False, server_default=default)
        )


def downgrade() -> None:
    """An older Podium asks its own node alone, and knows no word for what was left on others.

    What is made of that stays, behind all else: it is no state to go on from.
    """
    op.execute("DELETE FROM restore_points WHERE reason = 'left' AND made_at IS NULL")
    op.execute(
        "UPDATE restore_points SET reason = 'found', current_at = coalesce(current_at, 0) "
        "WHERE reason = 'left'"
    )
    for table in ("restore_points", "instances", "workspaces"):
        op.drop_column(table, "node")
    op.drop_table("nodes")
