from app.imagebuilds.states import BuildEvent, BuildState
from tests.app.imagebuilds.yard import DIGEST, Yard
from tests.app.people import add_person
from wire.problems import Problem


async def test_one_build_for_each_key_however_many_wait(yard: Yard):
    first, second = [await yard.builds.begin(await yard.order()) for _ in range(2)]
    assert first.id == second.id
    yard.clock.advance(1)
    other = await yard.builds.begin(await yard.order("b" * 64))
    assert [first.place, other.place] == [1, 2]
    assert await yard.builds.newest("c" * 64) is None


async def test_the_place_in_the_queue_is_fair_to_people(yard: Yard):
    async with yard.database.write() as session:
        await add_person(session, "bob")
    made = []
    for key, owner in (("a", "alice"), ("b", "alice"), ("c", "bob")):
        made.append(await yard.builds.begin(await yard.order(key * 64, owner=owner)))
        yard.clock.advance(1)
    places = [await yard.builds.one(one.id) for one in made]
    assert [one and one.place for one in places] == [1, 3, 2]


async def test_a_build_that_has_ended_is_followed_by_another(yard: Yard):
    first = await yard.builds.begin(await yard.order())
    ended: list[str] = []
    yard.builds.when_ended(ended.append)
    problem = Problem(code="build_step_failed", title="No")
    assert await yard.builds.happen(first.id, BuildEvent.FAILED, problem=problem)
    assert not await yard.builds.happen(first.id, BuildEvent.CANCELLED)
    assert ended == ["a" * 64]
    yard.clock.advance(1)
    second = await yard.builds.begin(await yard.order())
    newest = await yard.builds.newest("a" * 64)
    assert newest is not None
    assert (newest.id, newest.state) == (second.id, BuildState.QUEUED)
    kept = await yard.builds.one(first.id)
    assert kept is not None
    assert (kept.state, kept.problem) == (BuildState.FAILED, problem)


async def test_a_token_is_worth_its_build_while_that_runs(yard: Yard):
    made = await yard.builds.begin(await yard.order())
    token = yard.builds.token_of(f"{made.id}.1")
    assert await yard.builds.instance_of(token) == ""
    await yard.builds.happen(made.id, BuildEvent.PLACED)
    assert await yard.builds.instance_of(token) == f"{made.id}.1"
    assert await yard.builds.instance_of("another") == ""
    await yard.builds.happen(made.id, BuildEvent.PUSHED, digest=DIGEST)
    assert await yard.builds.instance_of(token) == ""


async def test_layers_of_the_installation_s_image_are_remembered_within_an_organisation(yard: Yard):
    made = await yard.builds.begin(await yard.order())
    await yard.builds.note(made.id, base_layer=DIGEST)
    assert await yard.builds.layers_of("fake", "alice") == []
    await yard.builds.happen(made.id, BuildEvent.PLACED)
    await yard.builds.happen(made.id, BuildEvent.PUSHED, digest=DIGEST)
    assert await yard.builds.layers_of("fake", "alice") == [DIGEST]
    assert await yard.builds.layers_of("fake", "bob") == []
