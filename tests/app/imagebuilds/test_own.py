"""A build is seen and cancelled by those whose workspaces wait for it, and by nobody else."""

import pytest

from app.accounts.access import Kind, Listener, Principal
from app.db.imagebuilds import ImageBuildWaitRow
from app.db.workspaces import WorkspaceRow
from app.faults import Denied, Missing
from app.imagebuilds.own import OwnBuilds
from app.imagebuilds.states import BuildEvent
from tests.app.imagebuilds.test_supplying import ONE, TWO, add_start
from tests.app.imagebuilds.yard import Yard
from tests.app.people import add_person, person


async def waited(yard: Yard, owner: str = "alice") -> str:
    """Let two starts of a person's workspace wait for a build; returns its id."""
    made = await yard.builds.begin(await yard.order(owner=owner))
    for start in (ONE, TWO):
        await add_start(yard, start, trusted=True)
        async with yard.database.write() as session:
            session.add(ImageBuildWaitRow(instance_id=str(start), build_id=made.id))
    return made.id


async def test_a_person_sees_what_the_own_workspaces_wait_for(yard: Yard):
    build, own = await waited(yard), OwnBuilds(yard.builds, yard.logs)
    yard.clock.advance(1)
    await yard.builds.begin(await yard.order("b" * 64))
    (view,) = await own.view(yard.alice)
    assert view == await own.one(yard.alice, build)
    assert (view.id, view.state, view.place) == (build, "queued", 1)
    assert (view.workspaces, view.dockerfile) == ([ONE.workspace], "Dockerfile")
    yard.logs.append(build, 0, b"STEP 1\nSTEP 2\n")
    assert await own.log(yard.alice, build, 7, 6) == b"STEP 2"


async def test_cancelling_twice_is_once(yard: Yard):
    build, own = await waited(yard), OwnBuilds(yard.builds, yard.logs)
    await yard.builds.happen(build, BuildEvent.PLACED)
    for _ in range(2):
        view = await own.cancel(yard.alice, build)
        assert view.state == "cancelled"
        assert view.problem is not None


async def test_nobody_else_finds_it(yard: Yard):
    build, own = await waited(yard), OwnBuilds(yard.builds, yard.logs)
    async with yard.database.write() as session:
        bob = await add_person(session, "bob")
    for asked in (own.one(bob, build), own.log(bob, build, 0, 9), own.cancel(bob, build)):
        with pytest.raises(Missing):
            await asked
    assert await own.view(bob) == []
    with pytest.raises(Denied):
        await own.view(Principal(Kind.NOBODY, Listener.PUBLIC))
    async with yard.database.write() as session:
        (await session.get_one(WorkspaceRow, ONE.workspace)).owner_id = "bob"
    assert (await own.one(person("bob"), build)).workspaces == [ONE.workspace]
    with pytest.raises(Missing):
        await own.one(yard.alice, build)
