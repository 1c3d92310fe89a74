"""What the runtime holds, as far as this process has been told. Pure.

Fed by the watch, by lists and by the replies of calls, which overtake each
other: a reply or list only counts for what has not moved since it was asked for.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from app.runtime.plan import Observed, Seen
from app.runtime.port import Container, ContainerState, ContentState, ContentStatus, Observation
from wire.ids import InstanceId

Item = Container | ContentStatus


@dataclass(slots=True)
class Sight:
    """Containers and trees by name; `tick` numbers the changes."""

    complete: bool = False
    """Whether everything has been told at least once since the link was made."""
    tick: int = 0
    _containers: dict[InstanceId, Seen] = field(default_factory=dict)
    _contents: dict[str, ContentStatus] = field(default_factory=dict)
    _moved: dict[InstanceId | str, int] = field(default_factory=dict)
    _news: dict[InstanceId | str, Item] = field(default_factory=dict)

    def take(self, observation: Observation, now: float, asked: int | None = None) -> bool:
        """Take in what was told; `asked` is the tick at which it was asked for.

        Tells whether anything is other than before.
        """
        before = self.tick
        items: list[Item] = [*observation.containers, *observation.contents]
        for item in items:
            self._put(item, now, asked)
        if observation.complete:
            self._forget(items, asked)
            if not self.complete:
                self.complete = True
                self.tick += 1
        return self.tick != before

    def observed(self) -> Observed:
        """Return a copy for planning."""
        return Observed(containers=dict(self._containers), contents=dict(self._contents))

    def news(self) -> list[Item]:
        """Return, once, what has changed since the last call."""
        fresh, self._news = list(self._news.values()), {}
        return fresh

    def again(self, items: Iterable[Item]) -> None:
        """Put back news that could not be told, unless newer ones are there."""
        for item in items:
            self._news.setdefault(_key(item), item)

    def _put(self, item: Item, now: float, asked: int | None) -> None:
        key = _key(item)
        if asked is not None and self._moved.get(key, 0) > asked:
            return
        if isinstance(item, Container):
            known = self._containers.get(item.instance)
            if item.state is ContainerState.ABSENT:
                if self._containers.pop(item.instance, None) is None:
                    return
            elif known is not None and known.container == item:
                return
            else:
                since = known.since if known is not None else now
                self._containers[item.instance] = Seen(container=item, since=since)
        elif item.state is ContentState.ABSENT:
            if self._contents.pop(item.instance.workspace, None) is None:
                return
        elif self._contents.get(item.instance.workspace) == item:
            return
        else:
            self._contents[item.instance.workspace] = item
        self._note(key)
        self._news[key] = item

    def _forget(self, items: list[Item], asked: int | None) -> None:
        """Drop what a complete list does not hold."""
        told = {_key(item) for item in items}
        known: list[InstanceId | str] = [*self._containers, *self._contents]
        for key in known:
            if key in told or (asked is not None and self._moved.get(key, 0) > asked):
                continue
            if isinstance(key, InstanceId):
                self._containers.pop(key)
            else:
                self._contents.pop(key)
            self._news.pop(key, None)
            self._note(key)

    def _note(self, key: InstanceId | str) -> None:
        self.tick += 1
        self._moved[key] = self.tick


def _key(item: Item) -> InstanceId | str:
    return item.instance if isinstance(item, Container) else item.instance.workspace
