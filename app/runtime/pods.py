"""Runtime of one node of a cluster: its containers are pods, admitted by the node's daemon.

The daemon has the files and the numbers: it is asked before a pod is made, and told after one
is gone, so that a tree is never sealed, moved or freed under a pod (ADR 44). What runs is what
the API server says. A pod is gone when its node has said so: it is never taken away by force.
"""

import asyncio
import math
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Iterator
from contextlib import aclosing, contextmanager
from typing import Final

import structlog

from app.runtime.podapi import ApiDown, ApiRefused, Object, PodApi
from app.runtime.podspec import (
    Cluster,
    Papers,
    instance_of,
    owned_by,
    pod,
    secret,
    secret_name,
    selector,
)
from app.runtime.podstatus import container, rejected
from app.runtime.podwatch import Move, PodWatch
from app.runtime.port import (
    Container,
    ContainerState,
    Observation,
    Refused,
    Runtime,
    Spec,
    Unreachable,
)
from kit.tasks import Tasks
from wire.ids import InstanceId

_log = structlog.get_logger(__name__)

REJECTIONS: Final = 5
"""How often a pod that its node refused is made again."""
BACKOFF: Final = 15.0
"""Seconds until then."""
BARE: Final = 4
"""Lists, ten seconds apart, after which an admission without a pod is one that was cut short."""
_ADMITTED: Final = frozenset({ContainerState.STARTING, ContainerState.RUNNING})

Give = Callable[[InstanceId], Awaitable[Papers]]
"""Gives what stands in an instance's secret beside its token; anew for each secret."""
_News = asyncio.Queue[Observation | Exception]


class PodRuntime:
    """The port `Runtime` over pods; `backoff` is in seconds."""

    def __init__(
        self,
        api: PodApi,
        daemon: Runtime,
        node: str,
        cluster: Cluster,
        give: Give,
        backoff: float = BACKOFF,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._api = api
        self._daemon = daemon
        self._node = node
        self._cluster = cluster
        self._give = give
        self._backoff = backoff
        self._selector = selector(cluster, node)
        self._rejections: dict[InstanceId, set[str]] = {}
        """Uids of the pods that the node refused."""
        self._bare: dict[InstanceId, int] = {}
        """What the daemon has admitted and has no pod: in how many lists so far."""
        self._now = now

    async def apply(self, instance: InstanceId, spec: Spec) -> Container:
        admitted = await self._daemon.apply(instance, spec)
        if admitted.state not in _ADMITTED:
            return admitted
        with _translated():
            made = await self._api.get("pods", instance.workspace)
            if made is None:
                made = await self._make(instance, spec)
            if _instance(made) != instance:
                raise Refused(f"the pod of another start of {instance.workspace} is still there")
            has_secret = await self._api.patch("secrets", secret_name(instance), owned_by(made))
            told = self._told(made) or admitted
            if not has_secret and told.state is ContainerState.STARTING:
                # taken along by a pod that was refused before this one; without it none begins
                await self._api.delete("pods", instance.workspace, _uid(made), 1)
                raise Unreachable(f"the secret of {instance} went while its pod was made")
        return told

    async def delete(self, instance: InstanceId, grace: float) -> Container:
        with _translated():
            made = await self._api.get("pods", instance.workspace)
            if made is not None and _instance(made) == instance:
                # without any grace the object would go before the node has ended the container
                seconds = max(1, math.ceil(grace))
                await self._api.delete("pods", instance.workspace, _uid(made), seconds)
                return Container(instance=instance, state=ContainerState.STOPPING)
            left = await self._api.get("secrets", secret_name(instance))
            if left is not None:
                await self._api.delete("secrets", secret_name(instance), _uid(left))
        self._forget(instance)
        return await self._daemon.delete(instance, 0.0)

    async def list(self) -> Observation:
        with _asked():
            # in this order: the daemon admits before there is a secret, and lets go after it
            secrets, _ = await self._api.list("secrets", self._selector)
            pods, _ = await self._api.list("pods", self._selector)
        told = await self._daemon.list()
        wanted = {one.instance for one in told.containers} | {_instance(one) for one in pods}
        for stray in (one for one in secrets if _instance(one) not in wanted):
            _log.info("orphan_removed", kind="secret", name=stray["metadata"]["name"])
            with _asked():
                await self._api.delete("secrets", stray["metadata"]["name"], _uid(stray))
        await self._let_go({_instance(one) for one in pods}, told)
        return self._whole(pods, told)

    async def watch(self) -> AsyncGenerator[Observation, None]:
        with _asked():
            pods, version = await self._api.list("pods", self._selector)
        news, tasks = _News(), Tasks()
        async with aclosing(self._daemon.watch()) as told:
            try:
                yield self._whole(pods, await anext(told))
                self._again(tasks, pods)
                tasks.spawn(_feed(_contents(told), news), f"contents of {self._node}")
                moves = PodWatch(self._api, self._selector, pods, version).moves()
                tasks.spawn(_feed(self._changes(moves, tasks), news), f"pods of {self._node}")
                while not isinstance(one := await news.get(), Exception):
                    yield one
                raise one
            finally:
                await tasks.close()

    async def _make(self, instance: InstanceId, spec: Spec) -> Object:
        try:
            wanted = pod(instance, spec, self._node, self._cluster)
        except KeyError as error:
            raise Refused(f"the cluster has no class {spec.workspace_class}") from error
        papers = await self._give(instance)
        # first what the pod needs: a node that misses it tries again after a long while only
        kept = secret(instance, spec, self._node, self._cluster, papers)
        if await self._api.create("secrets", kept) is None:
            await self._take_up(instance, kept)
        made = await self._api.create("pods", wanted)
        made = made or await self._api.get("pods", instance.workspace)
        if made is None:
            raise Unreachable(f"the pod of {instance} was there and is not")
        return made

    async def _take_up(self, instance: InstanceId, kept: Object) -> None:
        """Use the secret of an attempt that was cut short; one that has an owner goes with that."""
        known = await self._api.get("secrets", secret_name(instance))
        if known is not None and not known["metadata"].get("ownerReferences"):
            if await self._api.patch("secrets", secret_name(instance), _words(kept)):
                return
        elif known is not None:
            await self._api.delete("secrets", secret_name(instance), _uid(known))
        raise Unreachable(f"the secret of {instance} is one of a pod that goes")

    async def _let_go(self, with_pods: set[InstanceId | None], told: Observation) -> None:
        """Have the daemon let go of what it admitted and no pod was made for, after some lists."""
        bare = {one.instance for one in told.containers} - with_pods
        self._bare = {one: self._bare.get(one, 0) + 1 for one in bare}
        for one in [one for one, lists in self._bare.items() if lists >= BARE]:
            _log.info("admission_ended", instance=str(one))
            await self._daemon.delete(one, 0.0)
            self._forget(one)

    def _forget(self, instance: InstanceId) -> None:
        self._rejections.pop(instance, None)
        self._bare.pop(instance, None)

    def _told(self, pod: Object) -> Container | None:
        """Return what a pod is to its instance; one that will be made again is starting still."""
        found = container(pod, self._now())
        if found is None or not rejected(pod):
            return found
        refused = self._rejections.setdefault(found.instance, set())
        refused.add(_uid(pod))
        if len(refused) > REJECTIONS:
            return found
        return Container(instance=found.instance, state=ContainerState.STARTING)

    def _whole(self, pods: Iterable[Object], told: Observation) -> Observation:
        containers = [found for one in pods if (found := self._told(one)) is not None]
        return Observation(containers=containers, contents=told.contents, complete=True)

    async def _changes(
        self, moves: AsyncGenerator[Move, None], tasks: Tasks
    ) -> AsyncGenerator[Observation, None]:
        async with aclosing(moves):
            async for move in moves:
                found = self._told(move.pod)
                if found is None:
                    continue
                if move.gone:
                    found = Container(instance=found.instance, state=ContainerState.ABSENT)
                else:
                    self._again(tasks, [move.pod])
                yield Observation(containers=[found], contents=[])

    def _again(self, tasks: Tasks, pods: Iterable[Object]) -> None:
        """Have pods that their node refused taken away after a while, to be applied anew."""
        for one in pods:
            told = self._told(one)
            if rejected(one) and told is not None and told.state is ContainerState.STARTING:
                tasks.spawn(self._take_away(one), f"rejected {one['metadata']['name']}")

    async def _take_away(self, pod: Object) -> None:
        await asyncio.sleep(self._backoff)
        try:
            # nothing of it ever ran: there is nobody to wait for
            await self._api.delete("pods", pod["metadata"]["name"], _uid(pod), 0)
        except (ApiDown, ApiRefused) as error:
            # a new watch finds it again
            _log.warning("rejected_pod_stays", name=pod["metadata"]["name"], detail=str(error))


async def _contents(told: AsyncGenerator[Observation, None]) -> AsyncGenerator[Observation, None]:
    """Leave out what the daemon says of containers: it only admits them."""
    async for one in told:
        if one.contents:
            yield Observation(containers=[], contents=one.contents)


async def _feed(source: AsyncGenerator[Observation, None], news: _News) -> None:
    try:
        with _asked():
            async for one in source:
                news.put_nowait(one)
        news.put_nowait(Unreachable("a watch has ended"))
    except Unreachable as error:
        news.put_nowait(error)
    except Exception as error:  # noqa: BLE001 - the root of a task: whoever watches must hear of it
        _log.exception("watch_failed")
        news.put_nowait(Unreachable(str(error)))


@contextmanager
def _translated() -> Iterator[None]:
    """Raise the port's errors in place of the API's."""
    try:
        yield
    except ApiDown as error:
        raise Unreachable(str(error)) from error
    except ApiRefused as error:
        raise Refused(str(error)) from error


@contextmanager
def _asked() -> Iterator[None]:
    """Raise Unreachable also where a question is refused: nothing is known then either."""
    try:
        yield
    except (ApiDown, ApiRefused) as error:
        raise Unreachable(str(error)) from error


def _instance(made: Object) -> InstanceId | None:
    return instance_of(made["metadata"].get("labels", {}))


def _words(kept: Object) -> Object:
    return {"stringData": kept["stringData"]}


def _uid(made: Object) -> str:
    return str(made["metadata"]["uid"])
