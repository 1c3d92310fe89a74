"""What a pod tells of its instance: the states of the port, out of those of Kubernetes. Pure.

A pod whose node is silent keeps the state that was told last: nothing is concluded from
silence. One that its node refused before anything ran in it is nobody's fault, and made again.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from app.runtime.podspec import instance_of
from app.runtime.port import Container, ContainerState
from wire.problems import Problem

REFUSED_BY_NODE: Final = frozenset(
    {
        "NodeAffinity",
        "NodeShutdown",
        "OutOfcpu",
        "OutOfmemory",
        "OutOfpods",
        "UnexpectedAdmissionError",
    }
)
"""Reasons of pods that never ran, since the node took another one first."""
_NO_IMAGE: Final = frozenset({"ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull"})
"""What stays so; ErrImagePull is the first attempt, behind which come others."""
_NO_CONTAINER: Final = frozenset(
    {"CreateContainerConfigError", "CreateContainerError", "RunContainerError", "StartError"}
)


def container(pod: Mapping[str, Any]) -> Container | None:
    """Return what a pod is to its instance; None when it is no instance's."""
    metadata, status = pod.get("metadata", {}), pod.get("status", {})
    instance = instance_of(metadata.get("labels", {}))
    if instance is None:
        return None
    if metadata.get("deletionTimestamp"):
        return Container(instance=instance, state=ContainerState.STOPPING)
    told = _state(status)
    # of an evicted one the container's end says less than the pod's
    if "terminated" in told and status.get("reason") != "Evicted":
        return _ended(Container(instance=instance, state=ContainerState.EXITED), told["terminated"])
    match status.get("phase", "Pending"):
        case "Failed":
            return Container(
                instance=instance, state=ContainerState.FAILED, problem=_failed(status)
            )
        case "Succeeded":
            return Container(instance=instance, state=ContainerState.EXITED, exit_code=0)
        case "Running" | "Unknown":
            took = _between(metadata.get("creationTimestamp"), told.get("running", {}))
            return Container(instance=instance, state=ContainerState.RUNNING, took=took)
        case _:
            return _begins(Container(instance=instance, state=ContainerState.STARTING), status)


def rejected(pod: Mapping[str, Any]) -> bool:
    """Tell whether its node refused the pod before anything of it ran."""
    status = pod.get("status", {})
    return (
        status.get("phase") == "Failed"
        and status.get("reason") in REFUSED_BY_NODE
        and not {"running", "terminated"} & _state(status).keys()
    )


def _state(status: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what the one container does: under `waiting`, `running` or `terminated`."""
    every = status.get("containerStatuses") or [{}]
    state: Mapping[str, Any] = every[0].get("state", {})
    return state


def _begins(so_far: Container, status: Mapping[str, Any]) -> Container:
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
    else:
        return so_far
    return Container(instance=so_far.instance, state=ContainerState.FAILED, problem=problem)


def _failed(status: Mapping[str, Any]) -> Problem:
    reason, detail = status.get("reason", ""), status.get("message", "")
    if reason == "Evicted":
        return Problem(
            code="evicted",
            title="The node has evicted the workspace",
            status=503,
            detail=detail,
            cure="Start it again; its files are as they were.",
        )
    if reason in REFUSED_BY_NODE:
        return Problem(
            code="no_room_on_node",
            title="The node has no room for this workspace",
            status=503,
            detail=detail,
            cure="Stop another workspace, or add a node.",
        )
    return Problem(
        code="container_died",
        title="The container ended by itself",
        status=502,
        detail=f"{reason}: {detail}" if reason and detail else reason or detail,
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
        problem = Problem(
            code="container_died",
            title="The container ended by itself",
            status=502,
            detail=detail,
            cure="Start the workspace again.",
        )
    return Container(
        instance=so_far.instance,
        state=so_far.state,
        exit_code=code,
        out_of_memory=hungry,
        problem=problem,
    )


def _between(created: str | None, running: Mapping[str, Any]) -> float:
    begun = running.get("startedAt")
    if not created or not begun:
        return 0.0
    return max(0.0, (_moment(begun) - _moment(created)).total_seconds())


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
