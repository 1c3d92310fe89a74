"""A workspace's own disk as it fills up: its gauge, the warning, and what takes most of it."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from msgspec.structs import replace
from playwright.sync_api import BrowserContext, expect

from tests.e2e.stage import pictures
from tests.e2e.stage.cast import STARS, told
from tests.e2e.stage.days import a_moment
from tests.e2e.stage.server import Stage, open_stage
from tests.e2e.stage.tabs import LIGHT, NARROW, VIEWS, View, opened
from wire.agent import StepReport
from wire.phases import Condition, StepState
from wire.usage import Day, Folder

STAR = STARS[0]
DONE = StepReport(state=StepState.DONE)
LIMIT = 31_500_000_000
"""Bytes that a disk of the standard class has for files."""
FOLDERS = [
    Folder(path="/workspace/payments-api/node_modules", size=9_300_000_000),
    Folder(
        path="/workspace/.cache/models/a-name-that-no-line-of-a-telephone-holds", size=8_100_000_000
    ),
    Folder(path="/home/gitpod/.m2", size=4_200_000_000),
    Folder(path="/workspace/payments-api/target", size=912_000_000),
]


@dataclass(frozen=True)
class Filled:
    """How full the disk is, and in which views its picture is kept."""

    percent: float
    kept: tuple[View, ...]
    full: bool = False


LEVELS = {
    "half": Filled(50, (LIGHT,)),
    "80": Filled(81.3, (LIGHT, NARROW)),
    "90": Filled(91.2, (LIGHT,)),
    "95": Filled(96.4, VIEWS),
    "full": Filled(100, VIEWS, full=True),
}


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with open_stage(STARS[:1]) as opened_stage:
        yield opened_stage


VERSION = iter(range(100, 10_000))


def fill(stage: Stage, filled: Filled) -> None:
    """Let the supervisor tell of a disk that is so full, and how it has become so."""
    used = int(LIMIT * filled.percent / 100)
    rising = [int(used / 2**20 * (0.6 + 0.4 * at / 143)) for at in range(144)]
    report, conditions = told(STAR), {}
    if filled.percent >= 80:
        level = max(one for one in (80, 90, 95) if filled.percent >= one)
        conditions[Condition.DISK_LOW.value] = (
            f"More than {level}% of the workspace's disk (32 GB) is in use: "
            f"{(LIMIT - used) / 1e9:.1f} GB are free."
        )
    if filled.full:
        conditions[Condition.DISK_FULL.value] = "No space is left for /workspace and /home/gitpod."
    usage = replace(
        a_moment(0.4, 31),
        disk=used,
        disk_free=LIMIT - used,
        disk_limit=LIMIT,
        folders=FOLDERS,
    )
    day = report.day or Day(minutes=10)
    said = replace(
        report,
        version=next(VERSION),
        checkout=DONE,
        ide=DONE,
        usage=usage,
        day=replace(day, disk=rising),
        conditions=conditions,
    )
    stage.do(stage.app.state.agents.observed(STAR.instance, said))


@pytest.mark.parametrize("name", LEVELS)
def test_how_full_it_is_is_seen_before_it_is(
    stage: Stage, context: BrowserContext, view: View, name: str
) -> None:
    filled = LEVELS[name]
    fill(stage, filled)
    with opened(context, f"{stage.dashboard}/workspaces/{STAR.id}") as tab:
        resources = tab.page.locator("#resources")
        expect(resources.locator(".largest")).to_have_count(0 if name == "half" else 1)
        tab.settle()
        if view in filled.kept:
            shot = resources.screenshot(caret="hide", animations="disabled")
            pictures.check(f"disk-{name}-{view.name}", shot)
        assert tab.overflow() == 0
        assert tab.complaints == []
        assert tab.violations() == []
