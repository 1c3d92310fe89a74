"""Pages while things happen: figures and lines come in, and nothing moves under the pointer."""

import re
from collections.abc import Iterator

import pytest
from msgspec.structs import replace
from playwright.sync_api import Browser, BrowserContext, Playwright, expect
from sqlalchemy import select

from app.accounts.access import Kind, Listener, Principal
from app.db.accounts import MembershipRow
from app.workspaces.structs import CreateWorkspace
from tests.e2e.conftest import CHROMIUM
from tests.e2e.patience import until
from tests.e2e.stage.cast import NOW, STARS, many, told
from tests.e2e.stage.server import Stage, open_stage
from tests.e2e.stage.tabs import LIGHT, launch, look, opened
from wire.agent import Beats, Observed, SaidLine, StepReport
from wire.phases import StepState
from wire.problems import Problem
from wire.usage import Usage

STAR = STARS[0]
RECORD = """
Object.defineProperty(document, "hidden", { get: () => true });
window.__told = [];
window.Notification = class extends window.Notification {
  constructor(title, options) { super(title, options); window.__told.push([title, options.body]); }
};
"""


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with open_stage(many(40)) as opened_stage:
        yield opened_stage


@pytest.fixture(scope="module")
def moving() -> Iterator[Stage]:
    with open_stage([], "moving", still=False) as opened_stage:
        yield opened_stage


@pytest.fixture(scope="module")
def window(playwright: Playwright, stage: Stage, moving: Stage) -> Iterator[Browser]:
    started = launch(playwright, [stage, moving], CHROMIUM)
    yield started
    started.close()


@pytest.fixture(scope="module")
def context(window: Browser, stage: Stage) -> Iterator[BrowserContext]:
    found = look(window, stage, LIGHT)
    yield found
    found.close()


def tell(stage: Stage, version: int, cpu: float, *lines: str) -> None:
    """Let the star's supervisor tell more."""
    before = told(STAR)
    assert before.usage is not None
    usage: Usage = replace(before.usage, cpu=cpu, memory=int(1e9 + cpu * 1e9))
    said = [SaidLine(at=NOW + version, source="Server", text=one) for one in lines]
    after = replace(before, version=version, usage=usage, said=[*before.said, *said])

    async def take() -> None:
        stage.app.state.vitals.take(STAR.instance, after)

    stage.do(take())


@pytest.mark.parametrize(
    ("path", "place", "points"),
    [
        # what this page has received
        ("/", f"#vitals-{STAR.id}", 4),
        # the day that the supervisor has told
        (f"/workspaces/{STAR.id}", "#resources", 144),
    ],
)
def test_figures_are_drawn_over_time_and_nothing_moves(
    stage: Stage, context: BrowserContext, path: str, place: str, points: int
) -> None:
    with opened(context, f"{stage.dashboard}{path}") as tab:
        for version, cpu in enumerate((0.31, 1.42, 0.93), 2):
            tell(stage, version, cpu)
            expect(tab.page.locator(place)).to_contain_text(f"{cpu:.2f}")
        line = tab.page.locator(f"{place} .spark-line").first
        assert len((line.get_attribute("points") or "").split()) == points
        assert tab.shifts() == []
        assert tab.complaints == []
        tell(stage, 9, 0.7)


def test_the_log_follows_is_searched_and_survives_a_reload(
    stage: Stage, context: BrowserContext
) -> None:
    with opened(context, f"{stage.dashboard}/workspaces/{STAR.id}") as tab:
        lines = tab.page.locator("#log-lines")
        tell(stage, 20, 0.7, *(f"GET /orders/{number} 200" for number in range(60)))
        expect(lines).to_contain_text("GET /orders/59 200")
        end = "n => n.scrollHeight - n.scrollTop - n.clientHeight < 2"
        assert lines.evaluate(end)
        search = tab.page.get_by_label("Search the log")
        search.fill("orders/41")
        expect(lines.locator(".log-line:visible")).to_have_count(1)
        tell(stage, 21, 0.7, "GET /orders/41 404", "GET /orders/42 404")
        expect(lines.locator(".log-line:visible")).to_have_count(1)
        assert search.input_value() == "orders/41"
        search.fill("no such line")
        expect(tab.page.get_by_text("No line matches.")).to_be_visible()
        tab.page.reload()
        expect(tab.page.locator("#log-lines")).to_contain_text("GET /orders/42 404")
        assert tab.shifts() == []


def test_a_long_list_is_filtered_also_when_it_is_renewed(
    stage: Stage, context: BrowserContext
) -> None:
    with opened(context, f"{stage.dashboard}/") as tab:
        tab.page.keyboard.press("f")
        tab.page.keyboard.type("design stopped")
        rows = tab.page.locator(".row:visible")
        expect(rows).to_have_count(4)
        tab.page.keyboard.press("Control+A")
        tab.page.keyboard.type("payments")
        expect(rows).to_have_count(1)
        tell(stage, 30, 0.11)
        expect(rows).to_contain_text("0.11")
        expect(rows).to_have_count(1)
        tab.page.keyboard.press("Escape")
        expect(rows).to_have_count(40)


def test_titles_and_icons_say_name_and_state(stage: Stage, context: BrowserContext) -> None:
    said = {
        "/": ("Workspaces · 8 running, 1 starting · Podium", "starting"),
        f"/workspaces/{STAR.id}": ("payments-api · running · Podium", "running"),
        f"/start/{STARS[2].id}": ("website · starting · Podium", "starting"),
        f"/start/{STARS[4].id}": ("gone · failed · Podium", "failed"),
    }
    for path, (title, icon) in said.items():
        with opened(context, f"{stage.dashboard}{path}") as tab:
            expect(tab.page).to_have_title(title)
            href = tab.page.locator("#favicon").get_attribute("href")
            assert href is not None
            assert href.endswith(f"icon-{icon}.svg")


def owner(stage: Stage) -> Principal:
    """The owner, as a session would name them."""

    async def find() -> Principal:
        async with stage.app.state.database.read() as session:
            row = (await session.execute(select(MembershipRow))).scalars().one()
        organisations = frozenset({row.organisation_id})
        return Principal(Kind.USER, Listener.PUBLIC, user=row.user_id, organisations=organisations)

    found = stage.do(find())
    assert isinstance(found, Principal)
    return found


def test_the_browser_tells_of_ready_failed_and_about_to_stop(
    moving: Stage, window: Browser
) -> None:
    context = look(window, moving, LIGHT)
    context.grant_permissions(["notifications"], origin=moving.dashboard)
    context.add_init_script(RECORD)
    workspaces, person = moving.app.state.workspaces, owner(moving)
    with opened(context, f"{moving.dashboard}/") as tab:

        def heard(name: str, text: str) -> bool:
            told = tab.page.evaluate("window.__told")
            return any(one == name and said.startswith(text) for one, said in told)

        wanted = CreateWorkspace(url="https://h.org/ada/good")
        made = moving.do(workspaces.create(person, wanted))
        until(lambda: heard("good", "Ready"), timeout=20)
        moving.node.script.fail("prepare", Problem(code="gone", title="It is gone"))
        moving.do(workspaces.create(person, CreateWorkspace(url="https://h.org/ada/bad")))
        until(lambda: heard("bad", "Failed"), timeout=20)
        done = StepReport(state=StepState.DONE)
        busy = Observed(version=1000, checkout=done, ide=done, beats=Beats(count=1))
        moving.do(moving.app.state.agents.observed(f"{made.id}.1", busy))
        moving.do(moving.app.state.timeouts.set_workspace(person, made.id, "2m"))
        until(lambda: heard("good", "Stops in"), timeout=20)
        expect(tab.page.locator(f"#row-{made.id}")).to_contain_text(re.compile("stops in"))
    context.close()


def test_notifications_are_offered_once_and_asked_for_by_a_click(
    stage: Stage, window: Browser
) -> None:
    context = look(window, stage, LIGHT)
    asked = f"{stage.dashboard}/start/{STARS[2].id}"
    page = context.new_page()
    page.goto(asked)
    offer = page.get_by_text("Be told when a start is ready")
    expect(offer).to_be_visible()
    page.get_by_role("button", name="No", exact=True).click()
    expect(offer).to_be_hidden()
    assert page.evaluate("localStorage.getItem('podium-notices')") == "answered"
    assert page.evaluate("Notification.permission") == "default"
    context.close()
