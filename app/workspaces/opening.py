"""What a start opens with: resolved once by the catalogue's rules, and kept with the start."""

from msgspec import to_builtins

from app.db.workspaces import InstanceRow, WorkspaceRow
from app.ides.offering import followed, opened
from app.ides.structs import Catalogue
from app.workspaces.artefacts import Artefacts
from app.workspaces.ides import packages_of
from app.workspaces.opened import opened_of
from app.workspaces.transitions import mark
from wire.phases import Condition


def resolve(
    row: WorkspaceRow, instance: InstanceRow, ides: Catalogue, artefacts: Artefacts
) -> None:
    """Write down what this start opens with; a choice that does not count is told with why."""
    found = opened(ides, packages_of(artefacts), row.ide)
    instance.editor = to_builtins(found)
    mark(instance, Condition.IDE_NOT_OFFERED, ides.fallen(row.ide) or None)


def follow(row: WorkspaceRow, instance: InstanceRow | None, ides: Catalogue) -> None:
    """Let what runs open with what is chosen now."""
    before = opened_of(instance)
    if instance is not None and before is not None:
        instance.editor = to_builtins(followed(ides, before, row.ide))
        mark(instance, Condition.IDE_NOT_OFFERED, None)
