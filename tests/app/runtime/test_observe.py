"""What was told, in whatever order it comes."""

from app.runtime.observe import Sight
from app.runtime.port import Container, ContainerState, ContentState, ContentStatus, Observation
from wire.ids import InstanceId

ONE = InstanceId("amber-otter-0000000000", 1)
TWO = InstanceId("blue-wolf-1111111111", 1)


def box(instance: InstanceId, state: ContainerState) -> Container:
    return Container(instance=instance, state=state)


def tree(instance: InstanceId, state: ContentState) -> ContentStatus:
    return ContentStatus(instance=instance, state=state)


def told(*items: Container | ContentStatus, complete: bool = False) -> Observation:
    return Observation(
        containers=[one for one in items if isinstance(one, Container)],
        contents=[one for one in items if isinstance(one, ContentStatus)],
        complete=complete,
    )


def test_a_complete_list_completes_the_sight_and_drops_what_it_does_not_hold() -> None:
    sight = Sight()
    running = box(ONE, ContainerState.RUNNING)
    sight.take(told(running, tree(TWO, ContentState.READY)), 1.0)
    assert not sight.complete
    assert sight.take(told(running, complete=True), 2.0)
    assert sight.complete
    assert list(sight.observed().containers) == [ONE]
    assert sight.observed().contents == {}


def test_the_same_again_is_no_change_and_keeps_since() -> None:
    sight = Sight()
    assert sight.take(told(box(ONE, ContainerState.RUNNING)), 1.0)
    assert not sight.take(told(box(ONE, ContainerState.RUNNING)), 5.0)
    assert sight.take(told(box(ONE, ContainerState.EXITED)), 6.0)
    assert sight.observed().containers[ONE].since == 1.0


def test_absent_removes_and_is_news_only_when_something_was_there() -> None:
    sight = Sight()
    assert not sight.take(told(box(ONE, ContainerState.ABSENT)), 1.0)
    assert not sight.take(told(tree(ONE, ContentState.ABSENT)), 1.0)
    sight.take(told(box(ONE, ContainerState.RUNNING), tree(ONE, ContentState.READY)), 1.0)
    sight.news()
    gone = told(box(ONE, ContainerState.ABSENT), tree(ONE, ContentState.ABSENT))
    assert sight.take(gone, 2.0)
    assert sight.news() == [*gone.containers, *gone.contents]
    assert sight.observed().containers == {}


def test_news_are_told_once_newest_only_and_can_be_put_back() -> None:
    sight = Sight()
    sight.take(told(box(ONE, ContainerState.STARTING)), 1.0)
    sight.take(told(box(ONE, ContainerState.RUNNING)), 1.0)
    news = sight.news()
    assert news == [box(ONE, ContainerState.RUNNING)]
    assert sight.news() == []
    sight.take(told(box(ONE, ContainerState.EXITED)), 2.0)
    sight.again(news)
    assert sight.news() == [box(ONE, ContainerState.EXITED)]


def test_a_reply_that_was_overtaken_by_the_watch_does_not_count() -> None:
    sight = Sight()
    asked = sight.tick
    sight.take(told(box(ONE, ContainerState.RUNNING)), 1.0)
    assert not sight.take(told(box(ONE, ContainerState.STARTING)), 1.0, asked)
    assert sight.observed().containers[ONE].container.state is ContainerState.RUNNING


def test_a_list_that_was_overtaken_drops_nothing_newer() -> None:
    sight = Sight()
    sight.take(told(complete=True), 1.0)
    asked = sight.tick
    sight.take(told(box(ONE, ContainerState.RUNNING), tree(TWO, ContentState.READY)), 1.0)
    assert not sight.take(told(complete=True), 1.0, asked)
    assert list(sight.observed().containers) == [ONE]
    assert sight.take(told(complete=True), 2.0, sight.tick)
    assert sight.observed().containers == {}
    assert sight.observed().contents == {}
