"""What pods tell, row by row."""

from typing import Any

import pytest

from app.runtime.podstatus import REFUSED_BY_NODE, container, rejected
from app.runtime.port import ContainerState

LABELS = {"podium.dev/workspace": "amber-otter-0000000000", "podium.dev/number": "1"}


def pod(status: dict[str, Any], **metadata: Any) -> dict[str, Any]:
    return {"metadata": {"labels": LABELS, **metadata}, "status": status}


def of(phase: str, **state: Any) -> dict[str, Any]:
    return {"phase": phase, "containerStatuses": [{"name": "workspace", "state": state}]}


def waiting(reason: str) -> dict[str, Any]:
    return of("Pending", waiting={"reason": reason, "message": "why"})


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ({}, ContainerState.STARTING),
        ({"phase": "Pending"}, ContainerState.STARTING),
        (waiting("ContainerCreating"), ContainerState.STARTING),
        (waiting("PodInitializing"), ContainerState.STARTING),
        (waiting("ErrImagePull"), ContainerState.STARTING),
        (of("Running", running={}), ContainerState.RUNNING),
        (of("Unknown", running={}), ContainerState.RUNNING),
        (of("Succeeded", terminated={"exitCode": 0}), ContainerState.EXITED),
        ({"phase": "Succeeded"}, ContainerState.EXITED),
        (of("Running", terminated={"exitCode": 1}), ContainerState.EXITED),
    ],
)
def test_states(status: dict[str, Any], state: ContainerState) -> None:
    found = container(pod(status))
    assert found is not None
    assert found.state is state


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (waiting("ImagePullBackOff"), "image_pull_failed"),
        (waiting("InvalidImageName"), "image_pull_failed"),
        (waiting("CreateContainerConfigError"), "start_failed"),
        (waiting("RunContainerError"), "start_failed"),
        ({"phase": "Failed", "reason": "Evicted", "message": "why"}, "evicted"),
        ({"phase": "Failed", "reason": "OutOfmemory", "message": "why"}, "no_room_on_node"),
        ({"phase": "Failed", "reason": "Other", "message": "why"}, "container_died"),
    ],
)
def test_failures_have_their_codes(status: dict[str, Any], code: str) -> None:
    found = container(pod(status))
    assert found is not None
    assert found.state is ContainerState.FAILED
    assert found.problem is not None
    assert found.problem.code == code
    assert "why" in found.problem.detail
    assert found.problem.cure


@pytest.mark.parametrize(
    ("terminated", "code", "exit_code", "hungry"),
    [
        ({"exitCode": 0, "reason": "Completed"}, None, 0, False),
        ({"exitCode": 7, "reason": "Error"}, "container_died", 7, False),
        ({"exitCode": 137, "reason": "OOMKilled"}, "out_of_memory", 137, True),
        ({"exitCode": 137, "reason": "ContainerStatusUnknown"}, "container_died", None, False),
        ({"exitCode": 255}, "container_died", 255, False),
    ],
)
def test_ends(
    terminated: dict[str, Any], code: str | None, exit_code: int | None, *, hungry: bool
) -> None:
    found = container(pod(of("Failed", terminated=terminated)))
    assert found is not None
    assert (found.exit_code, found.out_of_memory) == (exit_code, hungry)
    assert (found.problem.code if found.problem else None) == code


def test_an_evicted_one_says_so_whatever_its_container_says() -> None:
    ended = of("Failed", terminated={"exitCode": 137, "reason": "Error"})
    found = container(pod({**ended, "reason": "Evicted", "message": "why"}))
    assert found is not None
    assert found.problem is not None
    assert (found.state, found.problem.code) == (ContainerState.FAILED, "evicted")


def test_one_that_is_being_deleted_stops_whatever_else_it_is() -> None:
    for status in (of("Running", running={}), of("Failed", terminated={"exitCode": 1}), {}):
        found = container(pod(status, deletionTimestamp="2026-01-01T00:00:00Z"))
        assert found is not None
        assert found.state is ContainerState.STOPPING


def test_a_pod_of_nobody_is_none() -> None:
    assert container({"metadata": {}, "status": {"phase": "Running"}}) is None
    assert container({}) is None


def test_only_what_never_ran_was_rejected() -> None:
    for reason in REFUSED_BY_NODE:
        assert rejected(pod({"phase": "Failed", "reason": reason}))
        assert rejected(pod({**waiting("PodInitializing"), "phase": "Failed", "reason": reason}))
        ran = of("Failed", terminated={"exitCode": 137})
        assert not rejected(pod({**ran, "reason": reason}))
    assert not rejected(pod({"phase": "Failed", "reason": "Evicted"}))
    assert not rejected(pod({"phase": "Pending", "reason": "OutOfcpu"}))


def test_a_start_took_from_its_making_to_its_running() -> None:
    running = {"startedAt": "2026-01-01T00:00:05Z"}
    found = container(pod(of("Running", running=running), creationTimestamp="2026-01-01T00:00:02Z"))
    assert found is not None
    assert found.took == 3.0
