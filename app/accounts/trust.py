"""Trust: a person's word that code of a repository may run in their workspaces."""

from sqlalchemy import delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.accounts import TrustRow


async def is_trusted(session: AsyncSession, user: str, repository: str) -> bool:
    """Tell whether the person trusts the repository (normalised clone URL)."""
    found = await session.execute(
        select(TrustRow).where(TrustRow.user_id == user, TrustRow.repository == repository)
    )
    return found.scalar_one_or_none() is not None


async def trust(session: AsyncSession, user: str, repository: str, now: float) -> None:
    """Note the trust; repeating it changes nothing."""
    if not await is_trusted(session, user, repository):
        session.add(TrustRow(user_id=user, repository=repository, created_at=now))
        await session.flush()


async def revoke(session: AsyncSession, user: str, repository: str, below: str = "") -> None:
    """Take the trust back, and that in all whose key begins with `below`; absent is fine."""
    about = TrustRow.repository == repository
    if below:
        about = or_(about, TrustRow.repository.startswith(below, autoescape=True))
    await session.execute(delete(TrustRow).where(TrustRow.user_id == user, about))


async def trusted(session: AsyncSession, user: str) -> list[tuple[str, float]]:
    """Return (repository, since when) of all that the person trusts, newest first."""
    found = await session.execute(
        select(TrustRow.repository, TrustRow.created_at)
        .where(TrustRow.user_id == user)
        .order_by(TrustRow.created_at.desc(), TrustRow.id.desc())
    )
    return [(repository, since) for repository, since in found.all()]
