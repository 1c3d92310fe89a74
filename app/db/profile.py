"""Tables of what of people's editors goes with them."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base


class ProfileRow(Base):
    """A file of a person's editor; `sealed` opens only for this row: settings may hold secrets."""

    __tablename__ = "profile_files"

    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    sealed: Mapped[bytes]
    size: Mapped[int]
    """Bytes of the text."""
    changed_at: Mapped[float]
