"""Who waits for an image, in the database's words: the `Truth` of `app.images.waiting`."""

from app.images.aliases import DEFAULT
from app.images.port import Supply, Wanted
from app.workspaces import steps
from app.workspaces.lifecycle import Event
from app.workspaces.standing import live
from app.workspaces.store import Store
from app.workspaces.transitions import happen, mark
from wire.ids import InstanceId
from wire.phases import Condition, Phase, Step

_FOUND = ("source", "digest")


class Imaging:
    """Starts in phase `building`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def wanted(self) -> list[Wanted]:
        """Return the starts that wait for their image."""
        async with self._store.database.read() as session:
            rows = (await session.execute(live())).all()
        return [
            Wanted(
                instance=InstanceId(row.id, row.n),
                wish={name: text for name, text in row.image.items() if name not in _FOUND},
                name=instance.image.get("name", ""),
                source=instance.image.get("source", ""),
                digest=instance.image.get("digest", ""),
                url=row.url,
                revision=row.revision,
                owner=row.owner_id,
                trusted=row.trusted,
            )
            for row, instance in rows
            if instance.phase == Phase.BUILDING
        ]

    async def told(self, instance: InstanceId, progress: str) -> None:
        """Note how far it is; what says the same as before changes nothing."""
        async with self._store.change() as change:
            found = await change.exactly(instance)
            if found is None:
                return
            row, one = found
            described = steps.describe(one.steps, Step.IMAGE, progress)
            if described is not one.steps:
                one.steps = described
                change.touch(row)

    async def supplied(self, instance: InstanceId, supply: Supply) -> None:
        """Note where the image is, for this start and for later ones, and what it has not.

        Later ones ask again when what it has not was only away.
        """
        async with self._store.change() as change:
            found = await change.exactly(instance)
            if found is None or found[1].phase != Phase.BUILDING:
                return
            row, one = found
            where = {"source": supply.source, "digest": supply.digest}
            if not supply.passing:
                row.image = {**row.image, **where}
            one.image = {**one.image, **where}
            if supply.lacks:
                mark(one, Condition.IMAGE_PARTIAL, supply.lacks)
            change.touch(row)

    async def ready(self, instance: InstanceId) -> None:
        """Let the start go on with its image."""
        async with self._store.change() as change:
            found = await change.exactly(instance)
            if found is not None and found[1].phase == Phase.BUILDING:
                happen(change, *found, Event.RESOLVED, detail=found[1].image.get("name", ""))

    async def failed(self, instance: InstanceId, condition: Condition, told: str) -> None:
        """Let the start go on with the default image, and say why."""
        async with self._store.change() as change:
            found = await change.exactly(instance)
            if found is None or found[1].phase != Phase.BUILDING:
                return
            row, one = found
            name = one.image.get("name", "")
            text = f"{name}: {told} The default image is used."
            mark(one, condition, text)
            change.record(row, "image_failed", text)
            one.image = {"name": DEFAULT, "digest": ""}
            happen(change, row, one, Event.RESOLVED, detail=DEFAULT)
