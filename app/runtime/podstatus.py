"""What a pod tells of its instance: the states of the port, out of those of Kubernetes. Pure.

A pod whose node is silent keeps the state that was told last: nothing is concluded from
silence. One that its node refused before anything ran in it is nobody's fault, and made again.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from app.runtime.podspec import CONTAINER, instance_of
from app.runtime.port import Container, ContainerState
from wire.agent import SUPERVISOR_PORT
from wire.problems import Problem

REFUSED_BY_NODE: Final = frozenset(
    {
        "NodeAffinity",
        "NodeShutdown",
        "TopologyAffinityError",
        "UnexpectedAdmissionError",
    }
)
"""Reasons of pods that never ran, since the node took another one first; so is all that it is out
of, and whatever says that it was rejected."""
UNPLACED: Final = 30.0
"""Seconds after which a pod that no node has room for is told."""
_NO_IMAGE: Final = frozenset({"ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull"})
"""What stays so; ErrImagePull is the first attempt, behind which come others."""
_NO_CONTAINER: Final = frozenset(
    {"CreateContainerConfigError", "CreateContainerError", "RunContainerError", "StartError"}
)


def container(pod: Mapping[str, Any], now: float) -> Container | None:
    """Return what a pod is to its instance; None when it is no instance's. `now` as in Clock."""
    metadata, status = pod.get("metadata", {}), pod.get("status", {})
    instance = instance_of(metadata.get("labels", {}))
    if instance is None:
        return None
    if metadata.get("deletionTimestamp"):
        return Container(instance=instance, state=ContainerState.STOPPING)
    told = _state(status)
    # of an evicted one the container's end says less than the pod's
    if "terminated" in told and not (status.get("reason") == "Evicted" or rejected(pod)):
        return _ended(Container(instance=instance, state=ContainerState.EXITED), told["terminated"])
    match status.get("phase", "Pending"):
        case "Failed":
            return Container(
                instance=instance, state=ContainerState.FAILED, problem=_failed(status)
            )
        case "Succeeded":
            return Container(instance=instance, state=ContainerState.EXITED, exit_code=0)
        case "Running" | "Unknown":
            took = _between(metadata.get("creationTimestamp"), told.get("running") or {})
            at = _door(status.get("podIP", ""))
            return Container(instance=instance, state=ContainerState.RUNNING, took=took, at=at)
        case _:
            starting = Container(instance=instance, state=ContainerState.STARTING)
            return _begins(starting, status, now)


def rejected(pod: Mapping[str, Any]) -> bool:
    """Tell whether its node refused the pod before anything of it ran."""
    status = pod.get("status", {})
    reason, message = status.get("reason", ""), status.get("message", "")
    refused = reason in REFUSED_BY_NODE or reason.startswith("OutOf")
    return (
        status.get("phase") == "Failed"
        and (refused or message.startswith("Pod was rejected"))
        and not {"running", "terminated"} & _state(status).keys()
    )


def _state(status: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what the one container does: under `waiting`, `running` or `terminated`."""
    for one in status.get("containerStatuses") or ():
        if one.get("name") == CONTAINER:  # others are of whoever puts sidecars into pods
            state: Mapping[str, Any] = one.get("state") or {}
            return state
    return {}


def _begins(so_far: Container, status: Mapping[str, Any], now: float) -> Container:
    waiting = _state(status).get("waiting", {})
    reason, detail = waiting.get("reason", ""), waiting.get("message", "")
    if reason in _NO_IMAGE:
        problem = Problem(
            code="image_pull_failed",
            title="The node cannot pull the workspace's image",
            status=502,
            detail=detail or reason,
            cure="Look whether the node reaches the registry facade, and what its log says.",
        )
    elif reason in _NO_CONTAINER:
        problem = Problem(
            code="start_failed",
            title="The container did not start",
            status=502,
            detail=detail or reason,
            cure="Read the detail and the workspace's log; starting again is safe.",
        )
    elif (told := _unplaced(status, now)) is not None:
        problem = no_room(told)
    else:
        return so_far
    return Container(instance=so_far.instance, state=ContainerState.FAILED, problem=problem)


def _unplaced(status: Mapping[str, Any], now: float) -> str | None:
    """Return why the scheduler finds no place, once it has looked for one for long enough."""
    for one in status.get("conditions") or ():
        if one.get("type") == "PodScheduled" and one.get("reason") == "Unschedulable":
            since = _moment(one.get("lastTransitionTime"))
            if since is not None and now - since >= UNPLACED:
                return str(one.get("message", ""))
    return None


def no_room(detail: str) -> Problem:
    """Return what is told of a pod that fits nowhere."""
    return Problem(
        code="no_room_on_node",
        title="The node has no room for this workspace",
        status=503,
        detail=detail,
        cure="Stop another workspace, or add a node.",
    )


def _failed(status: Mapping[str, Any]) -> Problem:
    reason, detail = status.get("reason", ""), status.get("message", "")
    if reason == "Evicted" and not detail.startswith("Pod was rejected"):
        return Problem(
            code="evicted",
            title="The node has evicted the workspace",
            status=503,
            detail=detail,
            cure="Start it again; its files are as they were.",
        )
    if rejected({"status": status}):
        return no_room(detail)
    return _died(f"{reason}: {detail}" if reason and detail else reason or detail)


def _died(detail: str) -> Problem:
    return Problem(
        code="container_died",
        title="The container ended by itself",
        status=502,
        detail=detail,
        cure="Start the workspace again.",
    )


def _ended(so_far: Container, terminated: Mapping[str, Any]) -> Container:
    code, reason = terminated.get("exitCode"), terminated.get("reason", "")
    if reason == "ContainerStatusUnknown":
        code = None  # the 137 beside it is an invention
    hungry = reason == "OOMKilled"
    told = terminated.get("message") or reason
    detail = told if code is None else f"exit code {code}: {told}"
    problem = None
    if hungry:
        problem = Problem(
            code="out_of_memory",
            title="The workspace ran out of memory",
            status=502,
            detail=detail,
            cure="Start it again, with a larger class if this repeats.",
        )
    elif code != 0:
        problem = _died(detail)
    return Container(
        instance=so_far.instance,
        state=so_far.state,
        exit_code=code,
        out_of_memory=hungry,
        problem=problem,
    )


def _door(address: str) -> str:
    """Return where the supervisor of a pod is reached; empty before the pod has an address."""
    if not address:
        return ""
    return f"[{address}]:{SUPERVISOR_PORT}" if ":" in address else f"{address}:{SUPERVISOR_PORT}"


def _between(created: object, running: Mapping[str, Any]) -> float:
    since, begun = _moment(created), _moment(running.get("startedAt"))
    return 0.0 if since is None or begun is None else max(0.0, begun - since)


def _moment(text: object) -> float | None:
    """Return a moment as the API writes it, in seconds since 1970; None for anything else."""
    try:
        return datetime.fromisoformat(str(text)).timestamp() if text else None
    except ValueError:
        return None
