"""A watcher sees everything first, then only the newest of each thing."""

from daemon.core import container, content
from daemon.hub import Hub
from wire.ids import InstanceId

ONE, TWO = InstanceId("w", 1), InstanceId("v", 1)


def box(instance: InstanceId, state: str) -> container.Status:
    return container.Status(instance=instance, state=container.State(state))


def tree(instance: InstanceId, state: str) -> content.Status:
    return content.Status(instance=instance, state=content.State(state))


async def test_everything_first_then_changes_coalesced():
    hub = Hub()
    watch = hub.watch(lambda: [box(ONE, "running")])
    assert await anext(watch) == [box(ONE, "running")]
    hub.publish(box(ONE, "stopping"))
    hub.publish(tree(ONE, "ready"))
    hub.publish(box(TWO, "starting"))
    hub.publish(box(ONE, "absent"))
    assert await anext(watch) == [box(ONE, "absent"), tree(ONE, "ready"), box(TWO, "starting")]
    hub.publish(box(TWO, "running"))
    assert await anext(watch) == [box(TWO, "running")]
    await watch.aclose()


async def test_watchers_do_not_share_what_is_pending():
    hub = Hub()
    first, second = hub.watch(list), hub.watch(list)
    for watch in (first, second):
        assert await anext(watch) == []
    hub.publish(box(ONE, "running"))
    for watch in (first, second):
        assert await anext(watch) == [box(ONE, "running")]
        await watch.aclose()
    hub.publish(box(ONE, "running"))
