"""Why clean-up leaves a stopped workspace alone, for people. Pure; as `cleaning.decide` has it."""

from app.workspaces.gitstate import words_of
from app.workspaces.structs import WorkspaceView
from wire.phases import Phase, StopReason

_KILLED = "its last start ended badly, so nobody knows what is only here"


def kept_because(view: WorkspaceView) -> str:
    """Return what keeps it from an archive by itself; empty for nothing, and for what runs."""
    instance, git, backup = view.instance, view.git, view.backup
    if view.phase is not Phase.STOPPED or view.deleting:
        return ""
    if view.pinned:
        return "it is pinned"
    if backup is not None and backup.problem is not None:
        return f"it cannot be backed up: {backup.problem.title}"
    ended_well = instance is not None and instance.problem is None
    if not ended_well or (instance and instance.stop_reason is StopReason.FORCED):
        return _KILLED
    if git is None or not git.repositories:
        return "it has no git repository that could be pushed"
    only_here = [text for one in git.repositories if (text := words_of(one))]
    if only_here:
        return f"{'; '.join(only_here)} in git only here"
    if not git.final or any(one.unknown for one in git.repositories):
        return "nobody could look at its git repositories in the end"
    if backup is not None and backup.excludes:
        return f"its restore points leave out {', '.join(backup.excludes[:3])}"
    return ""
