"""What every subject is given."""

import asyncio

from tests.supervisor.samples import KEY, wish


async def test_only_a_newer_wish_is_taken(context):
    assert (context.desired, context.key) == (None, "")
    assert context.accept(wish(version=2))
    assert not context.accept(wish(version=1, key="other"))
    assert (context.desired.version, context.key) == (2, KEY)


async def test_everybody_who_asked_hears_of_a_change(context):
    heard = []
    context.when_changed(lambda: heard.append(1))
    context.when_changed(lambda: heard.append(2))
    context.changed()
    assert heard == [1, 2]


async def test_what_is_spawned_lives_with_the_workspace(context):
    ran = asyncio.Event()

    async def work() -> None:
        ran.set()

    await context.spawn(work(), "spawned")
    assert ran.is_set()


async def test_variables_are_the_persons(context):
    assert context.environment(wish())["HOME"] == context.account.home
    assert context.age > 0
