import pytest
from sqlalchemy import select

from app.db.imagebuilds import ImageBuildRow
from app.db.workspaces import InstanceRow, WorkspaceRow
from app.imagebuilds.gathering import Gatherer
from app.imagebuilds.states import BuildEvent, BuildState, problem_of
from app.imagebuilds.supplying import BuiltImages, progress_of
from app.images.fake import FakeImages
from app.images.port import State, Supply, Wanted
from app.runtime.fakegit import REVISION
from app.runtime.port import Initializer
from tests.app.imagebuilds.test_gathering import Features
from tests.app.imagebuilds.yard import DIGEST, URL, Yard
from tests.app.people import add_person, filler
from wire.ids import InstanceId
from wire.phases import Condition
from wire.problems import Problem

ONE = InstanceId("amber-otter-4k2hw9xz1q", 1)
TWO = InstanceId("amber-otter-4k2hw9xz1q", 2)
WISH = {"file": "Dockerfile"}


async def ready(yard: Yard, instance: InstanceId = ONE, *, trusted: bool = True) -> None:
    """Let the start stand with its content in place."""
    await add_start(yard, instance, trusted=trusted)
    wanted = Initializer(url=URL, ref="", folder="demo", image="i", fresh=instance.n == 1)
    await yard.node.prepare(instance, wanted)


async def add_start(yard: Yard, instance: InstanceId, *, trusted: bool) -> None:
    values = {
        "id": instance.workspace,
        "owner_id": "alice",
        "organisation_id": "alice",
        "url": URL,
        "revision": REVISION,
        "folder": "demo",
        "trusted": trusted,
        "wish": "running",
        "content": "present",
    }
    start = {
        "id": str(instance),
        "workspace_id": instance.workspace,
        "n": instance.n,
        "live": instance.n == 2,
        "created_at": yard.clock.now(),
    }
    async with yard.database.write() as session:
        for table, given in ((WorkspaceRow, values), (InstanceRow, start)):
            columns = table.__table__.columns
            needed = [one for one in columns if not one.nullable and one.default is None]
            await session.merge(table(**{one.name: filler(one, "") for one in needed} | given))
            await session.flush()


def supplier(yard: Yard, features: Features | None = None) -> BuiltImages:
    gatherer = Gatherer(features or Features(), pauses=())
    images = {"default": "fake"}
    made = BuiltImages(yard.builds, yard.node, yard, lambda: images, yard, gatherer)
    made.others = {"name": FakeImages()}
    return made


async def ask(yard: Yard, instance: InstanceId = ONE, wish: dict[str, str] | None = None) -> Supply:
    wanted = Wanted(instance=instance, wish=wish or WISH, name="Dockerfile")
    return await supplier(yard).supply(wanted)


async def test_a_start_waits_for_one_build_and_gets_its_image(yard: Yard):
    await ready(yard)
    assert (await ask(yard)).progress == "is next"
    assert (await ask(yard)).state is State.WORKING
    newest = [row for row in yard.node.calls if row[0] == "look"]
    assert newest
    async with yard.reconciling():
        build = await _live(yard)
        await yard.builder(build)
        assert (await ask(yard)).progress == "is being built"
        standing = await yard.builds.one(build)
        assert standing is not None
        yard.images[standing.key] = DIGEST
        await yard.builds.happen(build, BuildEvent.PUSHED, digest=DIGEST)
    supply = await ask(yard)
    assert (supply.state, supply.digest) == (State.READY, DIGEST)
    assert supply.source == f"built/{standing.key}"
    yard.images.clear()
    assert (await ask(yard)).state is State.WORKING


async def test_features_are_installed_and_what_cannot_be_had_is_told(yard: Yard):
    await ready(yard)
    features = Features()
    features.add("node")
    wish = {"file": "", "above": "", "beside": "devcontainer.json"}
    wish |= {"feature/ghcr.io/x/node:1": "{}", "feature/ghcr.io/x/gone:1": "{}"}
    wanted = Wanted(instance=ONE, wish=wish, name="default with features")
    built = supplier(yard, features)
    assert (await built.supply(wanted)).state is State.WORKING
    async with yard.database.read() as session:
        row = (await session.scalars(select(ImageBuildRow))).one()
    assert [one["reference"] for one in row.recipe["features"]] == ["ghcr.io/x/node:1"]
    yard.images[row.key] = DIGEST
    await yard.builds.happen(row.id, BuildEvent.PLACED)
    await yard.builds.happen(row.id, BuildEvent.PUSHED, digest=DIGEST)
    supply = await built.supply(wanted)
    assert (supply.state, supply.digest) == (State.READY, DIGEST)
    assert supply.lacks == "The feature ghcr.io/x/gone:1 is not installed: It is nowhere."
    assert not supply.passing


async def test_an_untrusted_repository_installs_no_features_and_has_its_image(yard: Yard):
    await ready(yard, trusted=False)
    wish = {"file": "", "above": "alpine", "feature/ghcr.io/x/node:1": "{}"}
    supply = await ask(yard, wish=wish)
    assert (supply.state, supply.lacks) == (
        State.READY,
        "An untrusted repository builds nothing.",
    )


@pytest.mark.parametrize(
    ("above", "state"), [("alpine", State.READY), ("", State.FAILED), ("gitpod/x", State.READY)]
)
async def test_without_a_single_feature_the_image_is_taken_as_it_is(
    yard: Yard, above: str, state: State
):
    await ready(yard)
    wish = {"file": "", "above": above, "feature/ghcr.io/x/gone:1": "{}"}
    supply = await ask(yard, wish=wish)
    assert supply.state is state
    assert "gone:1 is not installed" in supply.lacks + supply.told
    if not above:
        assert supply.condition is Condition.IMAGE_PARTIAL
    async with yard.database.read() as session:
        assert (await session.scalars(select(ImageBuildRow))).all() == []


async def test_a_registry_that_was_away_is_no_reason_to_ask_no_more(yard: Yard):
    await ready(yard)
    features = Features()
    features.away = 1
    wish = {"file": "", "above": "alpine", "feature/ghcr.io/x/node:1": "{}"}
    wanted = Wanted(instance=ONE, wish=wish, name="alpine with features")
    supply = await supplier(yard, features).supply(wanted)
    assert supply.state is State.READY
    assert "node:1 is not installed: Nobody answers." in supply.lacks
    assert supply.passing


async def test_a_build_that_failed_is_told_and_tried_again_by_the_next_start(yard: Yard):
    await ready(yard)
    await ask(yard)
    yard.clock.advance(1)
    problem = Problem(code="build_step_failed", title="A step failed", detail="exit status 100")
    await yard.builds.happen(await _live(yard), BuildEvent.FAILED, problem=problem)
    supply = await ask(yard)
    assert supply.condition is Condition.IMAGE_BUILD_FAILED
    assert supply.told == "A step failed: exit status 100."
    yard.clock.advance(1)
    await ready(yard, TWO)
    assert (await ask(yard, TWO)).state is State.WORKING


async def test_a_full_disk_opens_the_default_image_and_is_told_as_such(yard: Yard):
    await ready(yard)
    await ask(yard)
    problem = problem_of("disk_full", "write /x: no space left on device")
    await yard.builds.happen(await _live(yard), BuildEvent.FAILED, problem=problem)
    supply = await ask(yard)
    assert supply.condition is Condition.IMAGE_BUILD_FAILED
    assert supply.told == "The disk is full: write /x: no space left on device."


async def test_an_untrusted_repository_builds_nothing(yard: Yard):
    await ready(yard, trusted=False)
    supply = await ask(yard)
    assert (supply.state, supply.condition) == (State.FAILED, Condition.IMAGE_DOCKERFILE)
    assert "builds nothing" in supply.told
    assert ("look", str(ONE)) not in yard.node.calls


async def test_an_image_of_a_persons_passwords_is_that_persons_alone(yard: Yard):
    """Whoever has the same Dockerfile and no password builds anew, and is refused there."""
    yard.node.repositories.files[URL]["Dockerfile"] = "FROM ghcr.io/ada/private\n"
    await ready(yard)
    async with yard.database.write() as session:
        await add_person(session, "bob")
    keys = {}
    for owner, passwords in (("alice", "ghcr.io:YTpi"), ("bob", ""), ("bob", "h.org:YTpi")):
        yard.passwords[owner] = passwords
        async with yard.database.write() as session:
            (await session.get_one(WorkspaceRow, ONE.workspace)).owner_id = owner
        assert (await ask(yard)).state is State.WORKING
        keys[owner, passwords] = await _newest(yard)
        yard.clock.advance(1)
    assert len(set(keys.values())) == 2
    assert keys["bob", ""] == keys["bob", "h.org:YTpi"]


async def test_an_image_of_a_persons_secret_is_that_persons_alone(yard: Yard):
    text = "FROM gitpod/workspace-base\nRUN --mount=type=secret,id=TOKEN true\n"
    yard.node.repositories.files[URL]["Dockerfile"] = text
    await ready(yard)
    keys = []
    for variables in ({}, {"OTHER": "x"}, {"TOKEN": "one"}, {"TOKEN": "two"}):
        yard.variables["alice"] = variables
        await ask(yard)
        keys.append(await _newest(yard))
        yard.clock.advance(1)
    assert keys[0] == keys[1] != keys[2] == keys[3]
    async with yard.database.read() as session:
        row = (
            await session.scalars(select(ImageBuildRow).where(ImageBuildRow.key == keys[2]))
        ).one()
    assert row.recipe["secrets"] == ["TOKEN"]


async def _newest(yard: Yard) -> str:
    newest = select(ImageBuildRow.key).order_by(ImageBuildRow.created_at.desc())
    async with yard.database.read() as session:
        return (await session.scalars(newest)).first() or ""


@pytest.mark.parametrize("wish", [{"file": "missing"}, {"file": "../x"}])
async def test_what_cannot_be_built_says_why(yard: Yard, wish: dict[str, str]):
    """The condition image_dockerfile."""
    await ready(yard)
    supply = await ask(yard, wish=wish)
    assert (supply.state, supply.condition) == (State.FAILED, Condition.IMAGE_DOCKERFILE)


async def test_a_node_that_does_not_answer_is_waited_for(yard: Yard):
    await add_start(yard, ONE, trusted=True)
    assert (await ask(yard)).progress.startswith("waits for the node")


async def test_the_place_in_the_queue_is_told(yard: Yard):
    first = await yard.builds.begin(await yard.order())
    yard.clock.advance(1)
    second = await yard.builds.begin(await yard.order("b" * 64))
    assert progress_of(first) == "is next"
    assert progress_of(second) == "waits for 1 other build"
    assert BuildState.QUEUED.live


async def _live(yard: Yard) -> str:
    async with yard.database.read() as session:
        return (await session.scalars(select(ImageBuildRow.id).where(ImageBuildRow.live))).one()


async def test_paths_of_devcontainer_json_are_relative_to_its_folder(yard: Yard):
    yard.node.repositories.files[URL] = {
        ".devcontainer/devcontainer.json": "{}",
        ".devcontainer/D": "FROM gitpod/workspace-base\nCOPY x /x\n",
        "x": "1",
    }
    await ready(yard)
    wish = {"file": "D", "context": "..", "beside": "devcontainer.json", "argument/V": "1"}
    assert (await ask(yard, wish=wish)).state is State.WORKING
    async with yard.database.read() as session:
        row = (await session.scalars(select(ImageBuildRow))).one()
    assert row.recipe["dockerfile"] == ".devcontainer/D"
    assert (row.recipe["context"], row.recipe["arguments"]) == ("", {"V": "1"})
    assert "x" in row.recipe["objects"]
