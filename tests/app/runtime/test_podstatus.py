"""What pods tell, row by row."""

from typing import Any

import pytest

from app.runtime.podstatus import REFUSED_BY_NODE, container, rejected
from app.runtime.port import ContainerState

NOW = 1_767_225_600.0
"""2026-01-01T00:00:00Z."""
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
    found = container(pod(status), NOW)
    assert found is not None
    assert found.state is state


@pytest.mark.parametrize(
    ("address", "at"), [("10.1.2.3", "10.1.2.3:22999"), ("fd00::7", "[fd00::7]:22999"), ("", "")]
)
def test_a_pod_that_runs_is_reached_at_its_address(address: str, at: str) -> None:
    found = container(pod({**of("Running", running={}), "podIP": address}), NOW)
    assert found is not None
    assert found.at == at
    before = container(pod({**of("Pending"), "podIP": address}), NOW)
    assert before is not None
    assert not before.at


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
    found = container(pod(status), NOW)
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
    found = container(pod(of("Failed", terminated=terminated)), NOW)
    assert found is not None
    assert (found.exit_code, found.out_of_memory) == (exit_code, hungry)
    assert (found.problem.code if found.problem else None) == code


def test_an_evicted_one_says_so_whatever_its_container_says() -> None:
    ended = of("Failed", terminated={"exitCode": 137, "reason": "Error"})
    found = container(pod({**ended, "reason": "Evicted", "message": "why"}), NOW)
    assert found is not None
    assert found.problem is not None
    assert (found.state, found.problem.code) == (ContainerState.FAILED, "evicted")


def test_one_that_is_being_deleted_stops_whatever_else_it_is() -> None:
    for status in (of("Running", running={}), of("Failed", terminated={"exitCode": 1}), {}):
        found = container(pod(status, deletionTimestamp="2026-01-01T00:00:00Z"), NOW)
        assert found is not None
        assert found.state is ContainerState.STOPPING


def unplaced(since: str) -> dict[str, Any]:
    condition = {
        "type": "PodScheduled",
        "status": "False",
        "reason": "Unschedulable",
        "message": "Insufficient cpu.",
        "lastTransitionTime": since,
    }
    return {"phase": "Pending", "conditions": [{"type": "Initialized"}, condition]}


@pytest.mark.parametrize(
    ("since", "state"),
    [
        ("2025-12-31T23:59:59Z", ContainerState.STARTING),
        ("2025-12-31T23:59:00Z", ContainerState.FAILED),
        ("nonsense", ContainerState.STARTING),
    ],
)
def test_a_pod_that_no_node_has_room_for_is_told_after_a_while(
    since: str, state: ContainerState
) -> None:
    found = container(pod(unplaced(since)), NOW)
    assert found is not None
    assert found.state is state
    if state is ContainerState.FAILED:
        assert found.problem is not None
        assert (found.problem.code, found.problem.detail) == (
            "no_room_on_node",
            "Insufficient cpu.",
        )


def test_containers_that_others_put_beside_it_say_nothing() -> None:
    sidecar = {"name": "istio-proxy", "state": {"terminated": {"exitCode": 1}}}
    own = {"name": "workspace", "state": {"running": {"startedAt": "nonsense"}}}
    found = container(pod({"phase": "Running", "containerStatuses": [sidecar, own]}), NOW)
    assert found is not None
    assert (found.state, found.took) == (ContainerState.RUNNING, 0.0)


def test_a_pod_of_nobody_is_none() -> None:
    assert container({"metadata": {}, "status": {"phase": "Running"}}, NOW) is None
    assert container({}, NOW) is None


def test_only_what_never_ran_was_rejected() -> None:
    for reason in REFUSED_BY_NODE:
        assert rejected(pod({"phase": "Failed", "reason": reason}))
        assert rejected(pod({**waiting("PodInitializing"), "phase": "Failed", "reason": reason}))
        ran = of("Failed", terminated={"exitCode": 137})
        assert not rejected(pod({**ran, "reason": reason}))
    assert rejected(pod({"phase": "Failed", "reason": "OutOfephemeral-storage"}))
    pressed = "Pod was rejected: The node had condition: [DiskPressure]."
    assert rejected(pod({"phase": "Failed", "reason": "Evicted", "message": pressed}))
    assert not rejected(pod({"phase": "Failed", "reason": "Evicted"}))
    assert not rejected(pod({"phase": "Pending", "reason": "OutOfcpu"}))


def test_a_start_took_from_its_making_to_its_running() -> None:
    running = {"startedAt": "2026-01-01T00:00:05Z"}
    found = container(
        pod(of("Running", running=running), creationTimestamp="2026-01-01T00:00:02Z"), NOW
    )
    assert found is not None
    assert found.took == 3.0
