"""Browser windows onto a stage, and what is measured in each page."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    Playwright,
    expect,
)

from tests.e2e.stage.cast import NOW
from tests.e2e.stage.server import Stage

AXE = Path(__file__).resolve().parents[3] / "frontend/static/vendor/axe.js"
FONTS = Path(__file__).parent / "fonts.conf"
IDES = "**://*.ws.localhost:8080/**"
EMPTY = "about:blank"
NOTHING = 0.001
"""Layout shift that is none: the score is told with two decimals."""
_AT_BEGIN = """
try { localStorage.clear(); } catch {}
window.__shifts = [];
new PerformanceObserver(list => {
  for (const one of list.getEntries()) {
    const named = node => node && (node.id || node.className || node.nodeName);
    const at = rect => `${rect.x},${rect.y} ${rect.width}x${rect.height}`;
    const moved = one.sources.map(source =>
      `${named(source.node)}: ${at(source.previousRect)} -> ${at(source.currentRect)}`);
    if (!one.hadRecentInput) window.__shifts.push([one.value, moved]);
  }
}).observe({ type: "layout-shift", buffered: true });
// parts that a page asks for at its load or on an action; what asks again and again is no such part
window.__asked = new Set();
document.addEventListener("htmx:beforeSend", event => {
  const { xhr, requestConfig } = event.detail;
  if (requestConfig.triggeringEvent?.type === "hx:poll:trigger") return;
  window.__asked.add(xhr);
  xhr.addEventListener("loadend", () => window.__asked.delete(xhr));
});
"""
_WHOLE = """() => !window.__asked?.size
  && !document.querySelector(".htmx-swapping, .htmx-settling, .htmx-added")"""
_AXE = """async () => {
  const found = await axe.run(document, { resultTypes: ["violations"] });
  return found.violations
    .filter(one => ["serious", "critical"].includes(one.impact))
    .map(one => `${one.id}: ${one.nodes.map(n => n.html.slice(0, 160)).join(" | ")}`);
}"""


@dataclass(frozen=True)
class View:
    """How a window looks at a page."""

    name: str
    width: int
    height: int
    scheme: str

    @property
    def tallest(self) -> int:
        """Of a picture: what is further down repeats."""
        return 1500 if self.width > 600 else 2200


LIGHT = View("light", 1280, 800, "light")
DARK = View("dark", 1280, 800, "dark")
NARROW = View("narrow", 360, 740, "light")
VIEWS = (LIGHT, DARK, NARROW)


def launch(playwright: Playwright, stages: list[Stage], arguments: list[str]) -> Browser:
    """Start a browser that finds each stage under its name, and has only the pinned fonts."""
    rules = ", ".join(f"MAP {one.host} 127.0.0.1:{one.port}" for one in stages)
    return playwright.chromium.launch(
        executable_path="/usr/bin/chromium",
        args=[*arguments, f"--host-resolver-rules={rules}", "--font-render-hinting=none"],
        env={"FONTCONFIG_FILE": str(FONTS), "HOME": "/root", "PATH": "/usr/bin:/bin"},
    )


@dataclass
class Tab:
    """A page that was opened, with what it complained of."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    received: int = 0
    """Bytes that came over the network."""

    def note(self, message: ConsoleMessage) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.complaints.append(message.text)

    def settle(self) -> None:
        """Wait until the page is whole: fonts, the live connection's first word, each part."""
        self.page.evaluate("document.fonts.ready.then(() => true)")
        if self.page.locator("[ws-connect]").count():
            expect(self.page.locator("html")).to_have_attribute("data-live", "yes", timeout=60_000)
        self.complete()
        self.page.evaluate(
            "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
        )

    def complete(self) -> None:
        """Wait until every part that the page has asked for stands in it."""
        self.page.wait_for_function(_WHOLE)

    def shifts(self) -> list[object]:
        """Return the layout shifts, with what moved, unless they come to nothing.

        A browser may paint a long page before all of it has arrived; what is centred in a
        row that was cut there moves by a few pixels. The score, 0 to 1, of that is less
        than anybody calls a shift.
        """
        found = list(self.page.evaluate("window.__shifts"))
        return found if sum(value for value, _ in found) >= NOTHING else []

    def violations(self) -> list[str]:
        """Return what axe-core finds serious or critical."""
        if not self.page.evaluate("typeof axe !== 'undefined'"):
            self.page.evaluate(AXE.read_text())
        return list(self.page.evaluate(_AXE))

    def finished(self, event: dict[str, float]) -> None:
        """Take in that a response is complete; what the cache had costs nothing."""
        self.received += int(event["encodedDataLength"])

    def warm(self) -> int:
        """Load the page again; return the bytes that came over the network for it."""
        self.received = 0
        self.page.reload()
        self.settle()
        return self.received

    def overflow(self) -> int:
        """Return the pixels by which the page is wider than its window."""
        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        return int(self.page.evaluate(wide))

    def shot(self, view: View, *, whole: bool = False) -> bytes:
        self.complete()
        height = self.page.evaluate("document.documentElement.scrollHeight")
        if not whole:
            height = min(height, view.tallest)
        clip = {"x": 0, "y": 0, "width": view.width, "height": height}
        return self.page.screenshot(
            full_page=True,
            clip=clip,  # type: ignore[arg-type] # a dict of this shape
            animations="disabled",
            caret="hide",
        )


def context_of(browser: Browser, view: View) -> BrowserContext:
    """Open a window in which nothing is known yet."""
    context = browser.new_context(
        viewport={"width": view.width, "height": view.height},
        color_scheme=view.scheme,  # type: ignore[arg-type] # light or dark
        timezone_id="UTC",
        locale="en-GB",
        reduced_motion="reduce",
    )
    context.set_default_timeout(60_000)
    context.add_init_script(_AT_BEGIN)
    return context


def look(browser: Browser, stage: Stage, view: View, *, signed_in: bool = True) -> BrowserContext:
    """Open a window, as somebody who is signed in."""
    context = context_of(browser, view)
    # a start page asks its IDE to be let in early; an answer without content leaves it there
    context.route(IDES, lambda route: route.fulfill(status=204))
    if signed_in:
        page = context.new_page()
        page.goto(stage.login_link())
        page.wait_for_selector("#url")
        page.close()
    if stage.still:
        context.add_init_script(f"Date.now = () => {NOW * 1000:.0f};")
    return context


@contextmanager
def opened(context: BrowserContext, address: str) -> Iterator[Tab]:
    """Open a page in a tab of its own, and close it."""
    page = context.new_page()
    with _watched(context, page, address) as tab:
        yield tab
    page.close()


@contextmanager
def visited(context: BrowserContext, address: str) -> Iterator[Tab]:
    """Open a page in the window's tab, and leave it; for pages that only are looked at.

    To start a tab costs three times what it costs to load a page in one. Where a test failed
    the tab stays as it is, and the next test starts one.
    """
    page = next((one for one in context.pages if one.url == EMPTY), None) or context.new_page()
    with _watched(context, page, address) as tab:
        yield tab
    page.mouse.move(0, 0)
    page.goto(EMPTY)


@contextmanager
def _watched(context: BrowserContext, page: Page, address: str) -> Iterator[Tab]:
    """Load a page; what it complains of and receives is noted until it is left."""
    tab = Tab(page)

    def failed(error: Error) -> None:
        tab.complaints.append(str(error))

    page.on("console", tab.note)
    page.on("pageerror", failed)
    network = context.new_cdp_session(page)
    network.on("Network.loadingFinished", tab.finished)
    network.send("Network.enable")
    page.goto(address)
    tab.settle()
    yield tab
    page.remove_listener("console", tab.note)
    page.remove_listener("pageerror", failed)
    network.detach()
