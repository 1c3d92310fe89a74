"""Brings starts to the image they wait for: supplied first, then unpacked on the node.

It owns no truth: who waits is asked of the database each time, and what a supplier or a node
has begun goes on without it. One task for each start; while somebody waits everything is
asked again every second, which is also how often people see progress.
"""

import asyncio
from collections.abc import Awaitable

import structlog

from app.images.port import ImagePorts, RootStatus, State, Supply, Truth, Wanted
from app.runtime.port import Fenced, Refused, Unreachable
from kit.tasks import Tasks
from wire.ids import InstanceId
from wire.phases import Condition

_log = structlog.get_logger(__name__)
EVERY = 1.0
"""Seconds between questions while somebody waits."""
PERIOD = 10.0
"""Seconds between looks when nobody does."""


class Waiting:
    """The loop over starts that wait for an image."""

    def __init__(self, truth: Truth, ports: ImagePorts, every: float = EVERY) -> None:
        self._truth = truth
        self._ports = ports
        self._every = every
        self._opened: set[InstanceId] = set()
        self._moved = asyncio.Event()
        self._busy: dict[InstanceId, asyncio.Task[None]] = {}
        self._tasks = Tasks()

    def wake(self) -> None:
        """Look soon."""
        self._moved.set()

    async def run(self) -> None:
        """Work until cancelled."""
        try:
            while True:
                self._moved.clear()
                wait = self._every if await self._look() else PERIOD
                try:
                    async with asyncio.timeout(wait):
                        await self._moved.wait()
                except TimeoutError:
                    continue
        finally:
            await self._tasks.close()

    async def _look(self) -> bool:
        """Have every start that waits looked after; tells whether there are any."""
        try:
            wanted = await self._truth.wanted()
        except Exception:  # noqa: BLE001 -- the root of a task that must go on
            _log.exception("look_failed")
            return True
        self._busy = {one: task for one, task in self._busy.items() if not task.done()}
        names = {one.instance for one in wanted}
        await self._forget(names)
        for instance, task in self._busy.items():
            if instance not in names:
                task.cancel()
        for one in wanted:
            if one.instance not in self._busy:
                work = self._advance(one)
                self._busy[one.instance] = self._tasks.spawn(work, f"image of {one.instance}")
        return bool(wanted)

    async def _forget(self, names: set[InstanceId]) -> None:
        """Have nobody's passwords lie about who does not wait any more."""
        self._opened &= names
        if self._ports.passwords is None:
            return
        try:
            await self._ports.passwords.keep_only(names)
        except OSError as error:
            _log.error("passwords_not_forgotten", detail=str(error))

    async def _open(self, wanted: Wanted) -> None:
        """Have registries asked in the person's name."""
        if self._ports.passwords is not None and wanted.instance not in self._opened:
            await self._ports.passwords.open(wanted)
            self._opened.add(wanted.instance)

    async def _advance(self, wanted: Wanted) -> None:
        await self._open(wanted)
        if not wanted.digest:
            supplier = self._ports.suppliers.get(next(iter(wanted.wish), ""))
            if supplier is None:
                told = f"{wanted.name} is nothing that this installation fetches."
                await self._truth.failed(wanted.instance, Condition.IMAGE_UNKNOWN, told)
                return
            supply = await supplier.supply(wanted)
            if supply.state is not State.READY:
                await self._not_yet(wanted, supply)
                return
            await self._truth.supplied(wanted.instance, supply)
            self.wake()
            return
        await self._fetch(wanted)

    async def _fetch(self, wanted: Wanted) -> None:
        instance = wanted.instance
        try:
            status = await self._ports.roots.fetch(instance, wanted.digest, wanted.source)
        except Unreachable as error:
            _log.warning("fetch_unanswered", instance=str(instance), detail=str(error))
        except (Fenced, Refused) as error:
            await self._truth.failed(instance, Condition.IMAGE_REFUSED, str(error))
        else:
            if status.state is State.READY:
                await self._truth.ready(instance)
            else:
                await self._not_yet(wanted, status)

    def _not_yet(self, wanted: Wanted, found: Supply | RootStatus) -> Awaitable[None]:
        if found.state is State.FAILED:
            _log.info("image_failed", instance=str(wanted.instance), code=found.condition.value)
            return self._truth.failed(wanted.instance, found.condition, found.told)
        return self._truth.told(wanted.instance, found.progress)
