"""The reconciler over pods: what a cluster does to them, and what its API does to those who ask."""

from base64 import b64decode
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace

import pytest
import pytest_asyncio

from app.runtime.plan import Goal
from app.runtime.pods import BARE, REJECTIONS
from app.runtime.podspec import pod, secret_name
from app.runtime.port import ContainerState, Refused, Unreachable
from tests.app.runtime.clusterdrive import Drive, Trouble
from tests.app.runtime.ledger import FROM, ONE, SPEC, WORKSPACE
from tests.contract.cluster import CLUSTER, open_cluster
from tests.waiting import until
from wire.ids import InstanceId

OWNERS = "ownerReferences"
OTHER = InstanceId("brisk-heron-1111111111", 1)


@pytest_asyncio.fixture
async def drive() -> AsyncIterator[Drive]:
    async with open_cluster() as world:
        yield Drive(world)


async def test_a_start_is_a_pod_and_a_secret_which_goes_with_it(drive: Drive) -> None:
    async with drive.running():
        await drive.started()
        # told running is it before the answer to its making is there
        owners = await until(lambda: drive.objects.select("secrets", "")[0]["metadata"].get(OWNERS))
        assert owners[0]["uid"] == drive.pod()["metadata"]["uid"]
        [kept] = drive.objects.select("secrets", "")
        assert b64decode(kept["data"]["token"]).decode() == SPEC.token
        drive.ledger.want(Goal.STOP)
        await drive.told("settled")
    await drive.clean()
    assert drive.world.daemon.containers == {}


async def test_what_somebody_deletes_is_lost_and_started_anew_by_nobody(drive: Drive) -> None:
    async with drive.running():
        await drive.started()
        drive.objects.delete("pods", WORKSPACE, {})
        await drive.told("lost")
        await drive.told("settled")
    await drive.clean()


@pytest.mark.parametrize(
    ("code", "reason", "state"),
    [(0, "", "exited"), (7, "", "exited"), (137, "OOMKilled", "exited")],
)
async def test_a_container_that_ends_by_itself_is_told(
    drive: Drive, code: int, reason: str, state: str
) -> None:
    async with drive.running():
        await drive.started()
        drive.world.kubelet.end(WORKSPACE, code, reason)
        await drive.told("container exited")


async def test_an_evicted_pod_says_so(drive: Drive) -> None:
    async with drive.running():
        await drive.started()
        drive.world.kubelet.evict(WORKSPACE)
        await drive.told("container failed")
    [container] = (await drive.world.runtime.list()).containers
    assert container.problem is not None
    assert container.problem.code == "evicted"


async def test_an_image_that_cannot_be_pulled_fails_the_start(drive: Drive) -> None:
    drive.world.kubelet.images_missing = True
    async with drive.running():
        drive.ledger.want(Goal.RUN)
        await drive.told("container failed")
    [container] = (await drive.world.runtime.list()).containers
    assert container.problem is not None
    assert container.problem.code == "image_pull_failed"
    assert container.problem.detail == "Back-off pulling image"


async def test_a_pod_that_its_node_refused_is_made_again(drive: Drive) -> None:
    drive.world.kubelet.rejects = 2
    async with drive.running():
        await drive.started()
        assert "container failed" not in drive.ledger.told
        drive.ledger.want(Goal.STOP)
        await drive.told("settled")
    await drive.clean()


async def test_a_node_that_refuses_for_ever_is_told(drive: Drive) -> None:
    drive.world.kubelet.rejects = REJECTIONS + 5
    async with drive.running():
        drive.ledger.want(Goal.RUN)
        await drive.told("container failed")
    [container] = (await drive.world.runtime.list()).containers
    assert container.problem is not None
    assert container.problem.code == "no_room_on_node"


async def test_a_pod_that_fits_nowhere_is_told(drive: Drive) -> None:
    drive.world.kubelet.full = True
    async with drive.running():
        drive.ledger.want(Goal.RUN)
        await until(lambda: any("conditions" in one["status"] for one in drive.pods()))
        drive.world.later = 3600.0
        await drive.told("container failed")
    [container] = (await drive.world.runtime.list()).containers
    assert container.problem is not None
    assert container.problem.code == "no_room_on_node"


async def test_a_secret_that_is_collected_late_is_no_pods(drive: Drive) -> None:
    drive.objects.late = True
    drive.world.kubelet.rejects = 1
    async with drive.running():
        drive.ledger.want(Goal.RUN)
        await until(lambda: drive.world.kubelet.rejects == 0)
        await until(lambda: len(drive.objects.kept["secrets"]) == 1)
        drive.objects.late = False
        drive.objects.collect()
        await drive.told("container running")
    assert drive.world.kubelet.late == []
    owners = drive.objects.select("secrets", "")[0]["metadata"][OWNERS]
    assert owners[0]["uid"] == drive.pod()["metadata"]["uid"]


async def test_an_admission_without_a_pod_ends(drive: Drive) -> None:
    daemon, runtime = drive.world.daemon, drive.world.runtime
    await daemon.prepare(ONE, FROM)
    await daemon.apply(ONE, SPEC)
    for _ in range(BARE):
        await runtime.list()
    assert daemon.containers == {}


async def test_pods_of_other_nodes_and_installations_are_none_of_its_business(
    drive: Drive,
) -> None:
    for n, (node, installation) in enumerate((("b", "demo"), ("a", "another")), 1):
        cluster = replace(CLUSTER, installation=installation)
        drive.objects.create("pods", pod(OTHER, SPEC, node, cluster))
        assert (await drive.world.runtime.list()).containers == []
        async with aclosing(drive.world.runtime.watch()) as watch:
            assert (await anext(watch)).containers == []
            await drive.world.daemon.prepare(InstanceId(WORKSPACE, n), FROM)
            drive.objects.patch("pods", OTHER.workspace, {"metadata": {"labels": {"x": node}}})
            told = await anext(watch)
            assert told.containers == []
        drive.objects.remove("pods", OTHER.workspace)


async def test_a_forgotten_history_is_listed_anew(drive: Drive) -> None:
    async with drive.running():
        await drive.started()
        drive.faults.silent = True  # watches fall behind
        drive.objects.delete("pods", WORKSPACE, {"gracePeriodSeconds": 0})
        drive.objects.forget()
        drive.faults.silent = False
        await drive.told("lost")


async def test_events_that_come_twice_change_nothing(drive: Drive) -> None:
    drive.faults.twice = True
    async with drive.running():
        await drive.started()
        drive.ledger.want(Goal.STOP)
        await drive.told("settled")
    assert drive.ledger.told.count("container running") == 1


async def test_from_an_api_that_is_away_nothing_is_concluded(drive: Drive) -> None:
    async with drive.running() as loop:
        await drive.started()
        drive.faults.down = True
        drive.world.server.cut()
        await until(lambda: not loop.reachable)
        await until(lambda before=loop.passes: loop.passes > before + 5)
        assert "lost" not in drive.ledger.told
        drive.world.kubelet.end(WORKSPACE, 1)
        drive.faults.down = False
        await drive.told("container exited")


async def test_patience_with_an_api_that_is_busy(drive: Drive) -> None:
    async with drive.running():
        drive.faults.throttled, drive.faults.failing = 5, 3
        await drive.started()


async def test_a_container_that_will_not_end_is_waited_for(drive: Drive) -> None:
    drive.world.kubelet.stubborn = True
    async with drive.running() as loop:
        await drive.started()
        drive.world.kubelet.held = True  # its node is silent
        drive.ledger.want(Goal.STOP)
        await drive.told("container stopping")
        await until(lambda before=loop.passes: loop.passes > before + 5)
        assert WORKSPACE in drive.objects.kept["pods"]
        assert "settled" not in drive.ledger.told
        deletions = [one for one in drive.world.server.requests if one[0] == "DELETE"]
        assert deletions
        drive.world.kubelet.held = False
        await drive.world.runtime.delete(ONE, 0.0)
        await drive.told("settled")
    await drive.clean()


async def test_a_pod_is_never_taken_away_before_its_node_says_so(drive: Drive) -> None:
    async with drive.running():
        await drive.started()
    drive.world.kubelet.held = True
    await drive.world.runtime.delete(ONE, 0.0)
    assert drive.pod()["metadata"]["deletionGracePeriodSeconds"] == 1
    assert (await drive.world.runtime.delete(ONE, 0.0)).state is ContainerState.STOPPING


async def test_no_second_pod_beside_one_that_still_ends(drive: Drive) -> None:
    async with drive.running():
        await drive.started()
    two = InstanceId(WORKSPACE, 2)
    daemon, runtime = drive.world.daemon, drive.world.runtime
    daemon.containers.clear()  # as a daemon that has lost what it admitted
    await daemon.prepare(two, FROM)
    with pytest.raises(Refused, match="another start"):
        await runtime.apply(two, SPEC)
    assert drive.pod()["metadata"]["labels"]["podium.dev/number"] == "1"


async def test_a_call_that_was_cut_short_is_taken_up(drive: Drive) -> None:
    daemon, runtime = drive.world.daemon, drive.world.runtime
    await daemon.prepare(ONE, FROM)
    await runtime.apply(ONE, SPEC)
    drive.objects.kept["secrets"][secret_name(ONE)]["metadata"].pop("ownerReferences")
    await runtime.apply(ONE, SPEC)
    [kept] = drive.objects.select("secrets", "")
    assert kept["metadata"]["ownerReferences"]


async def test_a_secret_of_nobody_is_removed_and_one_of_another_installation_is_not(
    drive: Drive,
) -> None:
    def labelled(name: str, installation: str) -> dict[str, object]:
        labels = {
            "podium.dev/installation": installation,
            "podium.dev/node": "a",
            "podium.dev/workspace": OTHER.workspace,
            "podium.dev/number": "1",
        }
        return {"metadata": {"name": name, "labels": labels}}

    drive.objects.create("secrets", labelled("stray", "demo"))
    drive.objects.create("secrets", labelled("strange", "another"))
    await drive.world.runtime.list()
    assert [*drive.objects.kept["secrets"]] == ["strange"]


async def test_a_pod_that_nobody_wants_is_told_so_that_it_is_ended(drive: Drive) -> None:
    await drive.world.daemon.prepare(ONE, FROM)
    await drive.world.runtime.apply(ONE, SPEC)
    listed = await drive.world.runtime.list()
    assert [one.instance for one in listed.containers] == [ONE]


async def test_who_may_not_ask_knows_nothing(drive: Drive) -> None:
    drive.faults.denied = True
    with pytest.raises(Unreachable, match="403"):
        await drive.world.runtime.list()
    with pytest.raises(Unreachable, match="403"):
        await anext(drive.world.runtime.watch())


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_the_api_does_it_ends_as_it_is_wanted(seed: int) -> None:
    async with open_cluster(deadline=2.0) as world:
        await through_trouble(Drive(world), seed)


async def through_trouble(drive: Drive, seed: int) -> None:
    trouble = Trouble(drive, seed)
    async with drive.running() as loop:
        for n in range(1, 4):
            drive.ledger.want(Goal.RUN, n, fresh=n == 1)
            for _ in range(12):
                trouble.happen()
                passes = loop.passes
                await until(lambda before=passes: loop.passes > before)
            trouble.end()
            drive.ledger.told.clear()
            drive.ledger.want(Goal.STOP, n)
            await drive.told("settled")
    await drive.clean()
    assert drive.world.daemon.containers == {}
