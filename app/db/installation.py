"""Table of what is true of the database as a whole; it has one row, or none."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base

ONLY = 1


class InstallationRow(Base):
    """The only one."""

    __tablename__ = "installation"

    id: Mapped[int] = mapped_column(primary_key=True)
    restored_at: Mapped[float | None]
    """When it came out of a backup last: nodes may know of what has happened since that backup
    was made. None: never."""


async def restored_at(session: AsyncSession) -> float | None:
    """Return when the database came out of a backup last, None for never."""
    found: float | None = await session.scalar(
        select(InstallationRow.restored_at).where(InstallationRow.id == ONLY)
    )
    return found
