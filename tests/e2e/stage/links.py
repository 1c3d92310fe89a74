"""Share links as a port has them on a busy day."""

from collections.abc import Iterator

from app.db.shares import PortShareRow


def links(
    workspace: str, port: int, owner: str, organisation: str, now: float
) -> Iterator[PortShareRow]:
    """Yield two links of a port: one that is used, one that waits for its browser."""
    for number, note in enumerate(("Grace, for the review of the checkout pages", "")):
        yield PortShareRow(
            id=f"ps_{port:08d}{number:08d}",
            workspace_id=workspace,
            organisation_id=organisation,
            port=port,
            note=note,
            created_by=owner,
            created_at=now - 3600 * (number + 1),
            expires_at=now + 86_400 * (7 - 6 * number),
            password_hash="" if number else "x",
            once=bool(number),
            key="",
            digest="",
            opened=0 if number else 3,
            opened_at=None if number else now - 1380,
        )
