"""The build of a start's image on pages: while it runs, and when it has failed."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from app.db.imagebuilds import ImageBuildWaitRow
from app.db.workspaces import InstanceRow, WorkspaceRow
from app.imagebuilds.assembly import Building
from app.imagebuilds.builds import Order, Recipe
from app.imagebuilds.states import BuildEvent, problem_of
from app.workspaces import steps
from tests.e2e.stage import pictures
from tests.e2e.stage.cast import Part
from tests.e2e.stage.server import Stage, open_stage
from tests.e2e.stage.tabs import LIGHT, View, look, opened, visited
from wire.phases import Condition, Phase, Step

WORKS = Part(
    "calm-finch-t5p8d3k6ya",
    "website",
    "github.com/ada/website",
    Phase.CREATING,
    ago=42.0,
    ref="main",
    at_work=Step.CONTAINER,
)
TOLD = ".gitpod.Dockerfile: A step of the Dockerfile failed. The default image is used."
FAILED = Part(
    "dusty-wren-f4k7q2n9xe",
    "ledger",
    "github.com/ada/ledger",
    ago=600.0,
    ref="main",
    conditions={Condition.IMAGE_BUILD_FAILED.value: TOLD},
)
GOES_ON = Part(
    "quiet-heron-b3m8s6v1zu",
    "shop",
    "github.com/ada/shop",
    Phase.CREATING,
    ago=64.0,
    ref="main",
    at_work=Step.CONTAINER,
    conditions={Condition.IMAGE_BUILD_FAILED.value: TOLD},
)
LOG = b"""STEP 1/6: FROM gitpod/workspace-base
STEP 2/6: RUN sudo apt-get update && sudo apt-get install -y postgresql-client libpq-dev\r
Get:1 http://deb.debian.org/debian bookworm InRelease [151 kB]
Get:2 http://deb.debian.org/debian bookworm/main amd64 Packages [8792 kB]
Fetched 8943 kB in 1s (7104 kB/s)
\x1b[33mdebconf: delaying package configuration, since apt-utils is not installed\x1b[0m
\x1b[32mSetting up postgresql-client-15 (15.14-0+deb12u1) ...\x1b[0m
--> 5c1fb0d9a27e
STEP 3/6: COPY dev/psqlrc /home/gitpod/.psqlrc
--> 83f06a1d4be2
STEP 4/6: RUN npm ci --prefix tools
"""
ENDS = b"""\x1b[1mnpm\x1b[0m \x1b[31merror\x1b[0m code ENOENT
\x1b[1mnpm\x1b[0m \x1b[31merror\x1b[0m path /workspace/tools/package-lock.json
Error: building at STEP "RUN npm ci --prefix tools": while running runtime: exit status 254
"""


async def play(stage: Stage, part: Part, key: str, log: bytes, *, fails: bool) -> None:
    """Give the newest start of a workspace its build, and let it come as far as the log says."""
    stage.node.script.hold("prepare")
    building: Building = stage.app.state.building
    builds = building.builds
    async with builds.database.write() as session:
        row = await session.get_one(WorkspaceRow, part.id)
        start = await session.get_one(InstanceRow, part.instance)
        if not fails:
            row.image = {"file": ".gitpod.Dockerfile"}
            start.image = {"name": ".gitpod.Dockerfile", "digest": ""}
            start.phase = Phase.BUILDING.value
            waits = steps.reopen(start.steps, start.created_at + 0.44)
            start.steps = steps.describe(waits, Step.IMAGE, "is being built")
    order = Order(
        key=key * 64,
        owner=row.owner_id,
        organisation=row.organisation_id,
        url=row.url,
        revision=row.revision,
        folder=row.folder,
        partial=False,
        recipe=Recipe(dockerfile=".gitpod.Dockerfile", context=""),
        base="",
        base_digest="",
    )
    standing = await builds.begin(order)
    async with builds.database.write() as session:
        session.add(ImageBuildWaitRow(instance_id=part.instance, build_id=standing.id))
    await builds.happen(standing.id, BuildEvent.PLACED)
    await building.working.said(standing.id, 0, log)
    if fails:
        problem = problem_of("step_failed", "RUN npm ci --prefix tools ended with exit status 254")
        await builds.happen(standing.id, BuildEvent.FAILED, problem=problem)


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with open_stage([WORKS, FAILED, GOES_ON]) as opened_stage:
        opened_stage.do(play(opened_stage, FAILED, "f", LOG + ENDS, fails=True))
        opened_stage.do(play(opened_stage, GOES_ON, "e", LOG + ENDS, fails=True))
        opened_stage.do(play(opened_stage, WORKS, "a", LOG, fails=False))
        yield opened_stage


PAGES = {
    "build": f"/start/{WORKS.id}",
    "build-failed": f"/workspaces/{FAILED.id}",
    "build-failed-goes-on": f"/start/{GOES_ON.id}",
}


@pytest.mark.parametrize("name", PAGES)
def test_a_build_is_shown_as_it_should_be(
    stage: Stage, context: BrowserContext, view: View, name: str
) -> None:
    with visited(context, f"{stage.dashboard}{PAGES[name]}") as tab:
        build = tab.page.locator("details.build")
        build.wait_for()
        if name == "build-failed":
            build.locator("summary").click()
            tab.page.mouse.move(0, 0)
        build.locator(".build-line").first.wait_for()
        shot = build.screenshot() if name == "build-failed" else tab.shot(view)
        pictures.check(f"{name}-{view.name}", shot)
        assert tab.overflow() == 0
        assert tab.complaints == []
        assert tab.violations() == []


async def build_of(stage: Stage, part: Part) -> str:
    standing = await stage.app.state.building.builds.of_start(part.instance)
    assert standing is not None
    return standing.id


def test_the_log_grows_survives_a_reload_and_the_build_is_cancelled(
    stage: Stage, window: Browser
) -> None:
    building: Building = stage.app.state.building
    made = stage.do(build_of(stage, WORKS))
    context = look(window, stage, LIGHT)
    with opened(context, f"{stage.dashboard}/start/{WORKS.id}") as tab:
        lines = tab.page.locator("details.build .build-lines")
        expect(lines).to_contain_text("RUN npm ci --prefix tools")
        stage.do(building.working.said(made, len(LOG), b"\x1b[32madded 212 packages\x1b[0m\n"))
        news = lines.locator(".green", has_text="added 212 packages")
        expect(news).to_be_visible()
        tab.page.reload()
        expect(lines).to_contain_text("STEP 1/6: FROM gitpod/workspace-base")
        expect(news).to_be_visible()
        tab.page.get_by_role("button", name="Cancel the build").click()
        told = tab.page.locator("details.build .build-state")
        expect(told).to_have_text("cancelled; the default image is used")
        assert tab.complaints == []
    context.close()
