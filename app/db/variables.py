"""Table of people's own variables."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base


class VariableRow(Base):
    """A variable for the repositories that a pattern names; `sealed` opens only for this row."""

    __tablename__ = "variables"

    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    pattern: Mapped[str] = mapped_column(primary_key=True)
    """Lower case."""
    sealed: Mapped[bytes]
    changed_at: Mapped[float]
