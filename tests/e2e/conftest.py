"""One installation, one browser and one workspace for the whole path; made and ended once."""

from collections.abc import Generator, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Error,
    Page,
    Playwright,
    expect,
    sync_playwright,
)

from tests.e2e.installation import Installation, fresh_installation, make_repository
from tests.e2e.journey import Workspace, open_workspace, sign_in
from tests.e2e.stage.server import Stage
from tests.e2e.stage.tabs import VIEWS, View, launch, look

# Milliseconds: what a page has to show is asserted, not how long a busy machine takes to show it.
expect.set_options(timeout=60_000)
OUTPUT = Path(__file__).parent / "output"
"""What pages looked like when a test failed; it is in no repository."""
# Playwright's own list, which another one takes the place of, and the address bar's two pages: a
# new window loads them for nobody, which is half of what it costs.
NOT_NEEDED = (
    "AvoidUnnecessaryBeforeUnloadCheckSync,DestroyProfileOnBrowserClose,HttpsUpgrades,"
    "HttpsFirstBalancedModeAutoEnable,LensOverlay,MediaRouter,PaintHolding,"
    "ThirdPartyStoragePartitioning,AvoidCorsURLLoaderRestartOnRedirect,TcpPortRandomizationWin,"
    "OptimizationHints,NetworkTimeServiceQuerying,AimEnabled,PreconnectToSearch,"
    "WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup"
)
CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--disable-features={NOT_NEEDED}",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the path, and walk it last: Playwright keeps an event loop running to the end."""

    def here(item: pytest.Item) -> bool:
        return Path(__file__).parent in item.path.parents

    for item in filter(here, items):
        item.add_marker(pytest.mark.e2e)
    items.sort(key=here)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Keep picture and text of every page that is open when a test has failed."""
    report = yield
    if report.failed and call.when != "teardown":
        used = getattr(item, "funcargs", {}).values()
        browsers = {one for one in used if isinstance(one, Browser)}
        contexts = [context for one in browsers for context in one.contexts]
        for number, page in enumerate(page for one in contexts for page in one.pages):
            with suppress(Error):
                _keep(page, f"{item.name}-{number}")
    return report


def _keep(page: Page, name: str) -> None:
    OUTPUT.mkdir(exist_ok=True)
    (OUTPUT / f"{name}.html").write_text(f"<!-- {page.url} -->\n{page.content()}")
    page.screenshot(path=OUTPUT / f"{name}.png", timeout=10_000)


@pytest.fixture(scope="session")
def installation() -> Iterator[Installation]:
    made = fresh_installation()
    up = made.make("up")
    assert up.returncode == 0, up.stdout + up.stderr
    yield made
    made.remove()


@pytest.fixture(scope="session")
def repository(installation: Installation) -> str:
    return make_repository(installation.repositories, "demo")


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    started = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
    # in each context that a test makes for somebody else as well
    started.on("context", _be_patient)
    yield started
    started.close()


def _be_patient(context: BrowserContext) -> None:
    context.set_default_timeout(60_000)


@pytest.fixture(scope="session")
def owner(installation: Installation, browser: Browser) -> Iterator[BrowserContext]:
    """A browser in which the owner is signed in."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    sign_in(page, installation)
    page.close()
    yield context
    context.close()


@pytest.fixture(scope="session")
def workspace(installation: Installation, owner: BrowserContext, repository: str) -> Workspace:
    """A running workspace that was opened through the pages."""
    page = owner.new_page()
    opened = open_workspace(page, installation, repository)
    page.close()
    return opened


@pytest.fixture
def page(owner: BrowserContext) -> Iterator[Page]:
    """A tab of the owner."""
    opened = owner.new_page()
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def window(playwright: Playwright, stage: Stage) -> Iterator[Browser]:
    """A browser for the stage of a module's pages."""
    started = launch(playwright, [stage], CHROMIUM)
    yield started
    started.close()


@pytest.fixture(scope="module", params=VIEWS, ids=lambda one: one.name)
def view(request: pytest.FixtureRequest) -> View:
    """Each way of looking at a page."""
    found = request.param
    assert isinstance(found, View)
    return found


@pytest.fixture(scope="module")
def context(window: Browser, stage: Stage, view: View) -> Iterator[BrowserContext]:
    """Who owns the stage, looking that way."""
    made = look(window, stage, view)
    yield made
    made.close()
