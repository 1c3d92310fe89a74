"""Bytes of restore points and snapshots: more than two gigabytes, also on PostgreSQL."""

import sqlalchemy as sa
from alembic import op

revision = "0035_bytes"
down_revision = "0034_frozen"
branch_labels = None
depends_on = None

COLUMNS = (("restore_points", "size"), ("restore_points", "added"), ("snapshots", "size"))


def upgrade() -> None:
    _become(sa.BigInteger())


def downgrade() -> None:
    _become(sa.Integer())


def _become(kind: sa.types.TypeEngine) -> None:
    if op.get_bind().dialect.name == "sqlite":
        return  # its integers have 64 bits
    for table, column in COLUMNS:
        op.alter_column(table, column, type_=kind, existing_nullable=False)
