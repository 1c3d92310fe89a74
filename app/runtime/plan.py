"""What to do next, from what is wanted and what is. Pure.

`plan` is asked again after every change and every ten seconds; it keeps nothing
between calls. Each action is a "make sure that", so repeating one is harmless,
and one that was lost is planned again. `Settled` and `Lost` are no calls but
conclusions, which go back to whoever wants.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from msgspec import Struct

from app.runtime.port import (
    Container,
    ContainerState,
    ContentState,
    ContentStatus,
    Initializer,
    Spec,
)
from wire.ids import InstanceId

ORPHAN_GRACE = 60.0
"""Seconds a container that nobody wants may stay: a row may be about to appear."""


class Goal(StrEnum):
    """What is wanted of a workspace's newest instance."""

    WAIT = "wait"
    """Nothing yet; what is there stays."""
    RUN = "run"
    STOP = "stop"
    """Container gone, tree sealed."""
    DISCARD = "discard"
    """No content either; asked only when the instance has stopped."""


class Desired(Struct, frozen=True, kw_only=True):
    """What is wanted of one workspace; `instance` is its newest."""

    instance: InstanceId
    goal: Goal
    spec: Spec | None = None
    initializer: Initializer | None = None
    content_ready: bool = False
    """This instance's tree was seen ready."""
    container_seen: bool = False
    """This instance's container was seen running: if it is missing now, it died."""
    grace: float = 10.0
    """Seconds between TERM and KILL."""


class Seen(Struct, frozen=True, kw_only=True):
    """A container, and since when (monotonic seconds) it has been known."""

    container: Container
    since: float


class Observed(Struct, frozen=True, kw_only=True):
    """Everything that the runtime holds, complete as of some moment."""

    containers: Mapping[InstanceId, Seen]
    contents: Mapping[str, ContentStatus]
    """Workspace → its tree."""


class Prepare(Struct, frozen=True):
    """Call `Content.prepare`."""

    instance: InstanceId
    initializer: Initializer


class Apply(Struct, frozen=True):
    """Call `Runtime.apply`."""

    instance: InstanceId
    spec: Spec


class Delete(Struct, frozen=True):
    """Call `Runtime.delete`."""

    instance: InstanceId
    grace: float


class Seal(Struct, frozen=True):
    """Call `Content.seal`."""

    instance: InstanceId


class Discard(Struct, frozen=True):
    """Call `Content.discard` with the newest number."""

    instance: InstanceId


class Settled(Struct, frozen=True):
    """The stopping instance holds nothing any more."""

    instance: InstanceId


class Lost(Struct, frozen=True):
    """The container was there and is not."""

    instance: InstanceId


Action = Prepare | Apply | Delete | Seal | Discard | Settled | Lost


def plan(desired: Iterable[Desired], observed: Observed, now: float) -> list[Action]:
    """Return what to do now, at most one action per wanted instance, orphans last."""
    wanted = {one.instance: one for one in desired}
    actions: list[Action] = []
    for one in wanted.values():
        action = _next(one, observed)
        if action is not None:
            actions.append(action)
    for instance, seen in observed.containers.items():
        if instance not in wanted and now - seen.since >= ORPHAN_GRACE:
            actions.append(Delete(instance, 10.0))
    return actions


def _next(one: Desired, observed: Observed) -> Action | None:
    seen = observed.containers.get(one.instance)
    state = seen.container.state if seen is not None else ContainerState.ABSENT
    content = observed.contents.get(one.instance.workspace)
    match one.goal:
        case Goal.WAIT:
            return None
        case Goal.RUN:
            return _towards_running(one, state, content)
        case Goal.STOP:
            return _towards_stopped(one, state, content)
        case Goal.DISCARD:
            if state is not ContainerState.ABSENT:
                return Delete(one.instance, 0.0)
            return Discard(one.instance)


def _towards_running(
    one: Desired, state: ContainerState, content: ContentStatus | None
) -> Action | None:
    if state is not ContainerState.ABSENT:
        return None
    if one.container_seen:
        return Lost(one.instance)
    assert one.spec is not None
    assert one.initializer is not None
    if content is None or content.instance != one.instance:
        # Should a newer instance hold the tree, the call is refused and says so.
        return Prepare(one.instance, one.initializer)
    match content.state:
        case ContentState.READY:
            # Only once it is written down: what was cloned tells which image the spec names.
            return Apply(one.instance, one.spec) if one.content_ready else None
        case ContentState.WORKING | ContentState.FAILED:
            return None
        case ContentState.ABSENT | ContentState.SEALED:
            return Prepare(one.instance, one.initializer)


def _towards_stopped(
    one: Desired, state: ContainerState, content: ContentStatus | None
) -> Action | None:
    if state is ContainerState.STOPPING and one.grace > 0:
        return None
    if state is not ContainerState.ABSENT:
        return Delete(one.instance, one.grace)
    if content is None or content.instance != one.instance:
        return Settled(one.instance)
    match content.state:
        case ContentState.READY | ContentState.WORKING:
            return Seal(one.instance)
        case ContentState.FAILED if one.content_ready:
            # Sealing failed. Nothing is lost yet: try until it works or somebody gives up.
            return Seal(one.instance)
        case _:
            return Settled(one.instance)
