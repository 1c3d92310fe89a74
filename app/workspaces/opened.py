"""What a start opens with, as it was written down. Pure."""

from msgspec import convert

from app.db.workspaces import InstanceRow, WorkspaceRow
from app.ides.offering import Opened
from app.ides.structs import Catalogue, Editor


def opened_of(instance: InstanceRow | None) -> Opened | None:
    """Return what a live start opens with; None before that is resolved, and after its end."""
    if instance is None or not instance.live or not instance.editor:
        return None
    return convert(instance.editor, Opened)


def trees_of(instance: InstanceRow) -> dict[str, str]:
    """Return the trees that its container shows, package → digest."""
    found = opened_of(instance)
    return found.trees if found is not None else {}


def editor_of(row: WorkspaceRow, instance: InstanceRow | None, ides: Catalogue) -> Editor:
    """Return what a workspace opens with, as people see it: now, else at its next start."""
    found = opened_of(instance)
    return ides.editor(row.ide) if found is None else ides.seen(found.ide)
