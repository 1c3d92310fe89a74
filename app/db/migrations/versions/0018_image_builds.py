"""Builds of images: what is built from, how far it is, what became of it."""

import sqlalchemy as sa
from alembic import op

revision = "0018_image_builds"
down_revision = "0017_ide"
branch_labels = None
depends_on = None

_LIVE = sa.text("live = 1")


def upgrade() -> None:
    texts = ("key", "state", "url", "revision", "folder", "base", "base_digest", "base_layer")
    op.create_table(
        "image_builds",
        sa.Column("id", sa.String(), primary_key=True),
        *(sa.Column(name, sa.String(), nullable=False) for name in (*texts, "digest")),
        sa.Column("owner_id", sa.String(), sa.ForeignKey("users.id"), nullable=False),
        sa.Column(
            "organisation_id", sa.String(), sa.ForeignKey("organisations.id"), nullable=False
        ),
        sa.Column("recipe", sa.JSON(), nullable=False),
        sa.Column("problem", sa.JSON(), nullable=True),
        *(
            sa.Column(name, sa.Boolean(), nullable=False)
            for name in ("live", "partial", "content_ready", "container_seen", "discarded")
        ),
        sa.Column("created_at", sa.Double(), nullable=False),
        *(sa.Column(name, sa.Double()) for name in ("started_at", "ended_at", "deadline")),
        sa.Column("log_length", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
    )
    for name in ("key", "owner_id", "organisation_id", "created_at", "token_hash"):
        op.create_index(f"ix_image_builds_{name}", "image_builds", [name])
    op.create_index(
        "uq_image_builds_live",
        "image_builds",
        ["key"],
        unique=True,
        sqlite_where=_LIVE,
        postgresql_where=sa.text("live"),
    )
    op.create_table(
        "image_build_waits",
        sa.Column("instance_id", sa.String(), sa.ForeignKey("instances.id"), primary_key=True),
        sa.Column("build_id", sa.String(), sa.ForeignKey("image_builds.id"), nullable=False),
    )
    op.create_index("ix_image_build_waits_build_id", "image_build_waits", ["build_id"])


def downgrade() -> None:
    op.drop_table("image_build_waits")
    op.drop_table("image_builds")
