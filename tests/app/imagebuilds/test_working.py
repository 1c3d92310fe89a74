from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from app.imagebuilds.states import BuildEvent, BuildState
from tests.app.imagebuilds.yard import DIGEST, Yard
from wire.imagebuild import BuildResult
from wire.registry import decode_ticket, same_token


async def running(yard: Yard) -> str:
    made = await yard.builds.begin(await yard.order())
    await yard.builds.happen(made.id, BuildEvent.PLACED)
    return made.id


async def test_a_plan_comes_with_a_token_for_one_name(yard: Yard, tmp_path):
    build = await running(yard)
    plan = await yard.working.plan(build)
    assert plan is not None
    assert (plan.name, plan.dockerfile, plan.folder) == ("built/" + "a" * 64, "Dockerfile", "demo")
    ticket = decode_ticket((tmp_path / "tickets/built" / f"{'a' * 64}.json").read_bytes())
    assert ticket is not None
    assert same_token(plan.token, ticket.token)
    await yard.builds.happen(build, BuildEvent.CANCELLED)
    assert not list((tmp_path / "tickets/built").glob("*.json"))
    assert await yard.working.plan(build) is None


@pytest.mark.parametrize(
    ("named", "pulled", "host", "read"),
    [
        ("fedora", "docker.io/library/fedora:latest", "docker.io", "docker.io/library/fedora"),
        ("a/b:1", "docker.io/a/b:1", "docker.io", "docker.io/a/b"),
        ("ghcr.io/x/y:1", "ghcr.io/x/y:1", "ghcr.io", "ghcr.io/x/y"),
        ("Ghcr.io/x/y", "Ghcr.io/x/y", "Ghcr.io", "ghcr.io/x/y"),
        ("127.0.0.1:5000/x", "127.0.0.1:5000/x", "127.0.0.1:5000", "127.0.0.1_5000/x"),
        (
            "registry-1.docker.io/library/x",
            "registry-1.docker.io/library/x",
            "registry-1.docker.io",
            "docker.io/library/x",
        ),
    ],
)
async def test_a_plan_tells_where_at_the_facade_its_images_are(
    yard: Yard, tmp_path: Path, named: str, pulled: str, host: str, read: str
):
    order = await yard.order()
    order = replace(order, recipe=msgspec.structs.replace(order.recipe, pulls=[named]))
    made = await yard.builds.begin(order)
    await yard.builds.happen(made.id, BuildEvent.PLACED)
    plan = await yard.working.plan(made.id)
    assert plan is not None
    assert plan.pulls == [pulled]
    assert plan.registries == {host: read.partition("/")[0]}
    ticket = decode_ticket((tmp_path / "tickets/built" / f"{'a' * 64}.json").read_bytes())
    assert ticket is not None
    assert ticket.reads == [read]


@pytest.mark.parametrize("personal", [True, False])
async def test_the_token_asks_with_the_persons_passwords_where_they_count(
    yard: Yard, tmp_path: Path, *, personal: bool
):
    yard.passwords["alice"] = "ghcr.io:YTpi"
    order = await yard.order()
    recipe = msgspec.structs.replace(order.recipe, pulls=["ghcr.io/x/y"], personal=personal)
    made = await yard.builds.begin(replace(order, recipe=recipe))
    await yard.builds.happen(made.id, BuildEvent.PLACED)
    plan = await yard.working.plan(made.id)
    assert plan is not None
    assert b"YTpi" not in msgspec.json.encode(plan)
    ticket = decode_ticket((tmp_path / "tickets/built" / f"{'a' * 64}.json").read_bytes())
    assert ticket is not None
    assert ticket.passwords == ("ghcr.io:YTpi" if personal else "")


async def test_a_build_gets_the_secrets_that_its_steps_name(yard: Yard):
    yard.variables["alice"] = {"TOKEN": "t", "OTHER": "o"}
    order = await yard.order()
    recipe = msgspec.structs.replace(order.recipe, secrets=["TOKEN", "GONE"], personal=True)
    made = await yard.builds.begin(replace(order, recipe=recipe))
    await yard.builds.happen(made.id, BuildEvent.PLACED)
    plan = await yard.working.plan(made.id)
    assert plan is not None
    assert plan.secrets == {"TOKEN": "t"}


async def test_a_log_is_kept_with_its_build(yard: Yard):
    build = await running(yard)
    assert await yard.working.said(build, 0, b"STEP 1") == 6
    standing = await yard.builds.one(build)
    assert standing is not None
    assert standing.log_length == 6
    assert yard.logs.read(build, 0, 100) == b"STEP 1"


async def test_an_image_counts_when_it_is_in_the_store(yard: Yard):
    """Vector E5."""
    build = await running(yard)
    await yard.working.ended(build, BuildResult(digest=DIGEST))
    failed = await yard.builds.one(build)
    assert failed is not None
    assert failed.problem is not None
    assert failed.problem.code == "build_without_image"
    build = await running(yard)
    yard.images["a" * 64] = DIGEST
    await yard.working.ended(build, BuildResult(digest=DIGEST, base=DIGEST))
    done = await yard.builds.one(build)
    assert done is not None
    assert (done.state, done.digest) == (BuildState.DONE, DIGEST)


async def test_a_failure_has_its_code_and_words(yard: Yard):
    build = await running(yard)
    await yard.working.ended(build, BuildResult(code="step_failed", detail="exit status 100"))
    failed = await yard.builds.one(build)
    assert failed is not None
    assert failed.problem is not None
    assert (failed.problem.code, failed.problem.detail) == ("build_step_failed", "exit status 100")
