"""The page of a workspace's terminals, as it is used: nothing lost, nothing run unasked."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Locator,
    Page,
    Playwright,
    Position,
    Route,
    expect,
)

from tests.e2e.conftest import CHROMIUM
from tests.e2e.patience import until
from tests.e2e.stage import screens
from tests.e2e.stage.tabs import launch
from tests.e2e.stage.terminals import TerminalsStage, terminals_stage

MANY = 3000


@pytest.fixture
def stage() -> Iterator[TerminalsStage]:
    with terminals_stage() as found:
        yield found


@pytest.fixture(scope="module")
def window(playwright: Playwright) -> Iterator[Browser]:
    started = launch(playwright, [], CHROMIUM)
    yield started
    started.close()


@pytest.fixture
def context(window: Browser, stage: TerminalsStage) -> Iterator[BrowserContext]:
    made = window.new_context(viewport={"width": 1000, "height": 600})
    made.grant_permissions(["clipboard-read", "clipboard-write"], origin=stage.origin)
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext, stage: TerminalsStage) -> Page:
    opened = context.new_page()
    opened.goto(stage.page)
    screens.ready(opened)
    return opened


def screen(page: Page) -> Locator:
    return screens.active(page).locator(".xterm-screen")


def row(number: int) -> Position:
    """A place on a line of the screen, a few letters from its beginning."""
    return {"x": 40, "y": number * 19 + 9}


def clipboard(page: Page) -> str:
    return str(page.evaluate("navigator.clipboard.readText()"))


@pytest.mark.parametrize("part", ["stream.js", "start.js"])
def test_a_part_that_did_not_arrive_is_loaded_again(
    stage: TerminalsStage, context: BrowserContext, part: str
) -> None:
    left = [part, part]

    def lose(route: Route) -> None:
        if left:
            left.pop()
            route.abort()
        else:
            route.continue_()

    opened = context.new_page()
    opened.route(f"**/{part}", lose)
    opened.goto(stage.page)
    expect(opened.locator("#panes")).to_contain_text("loaded again in a moment")
    screens.ready(opened)
    assert left == []


@pytest.mark.parametrize("lost", ["**/web/workspace", "**/v1/terminals"])
def test_an_answer_that_did_not_arrive_is_asked_for_again(
    stage: TerminalsStage, context: BrowserContext, lost: str
) -> None:
    left = ["GET", "POST"] if lost.endswith("terminals") else ["GET"]

    def lose(route: Route) -> None:
        if route.request.method in left:
            left.remove(route.request.method)
            route.abort()
        else:
            route.continue_()

    opened = context.new_page()
    opened.route(lost, lose)
    opened.goto(stage.page)
    screens.ready(opened)
    assert left == []
    opened.keyboard.press("Control+Shift+Backquote")
    expect(opened.locator(".tab")).to_have_count(2)


def test_cut_connections_lose_nothing_and_repeat_nothing(stage: TerminalsStage, page: Page) -> None:
    counting = "i=0; while [ $i -lt {} ]; do i=$((i+1)); echo no $i; done; echo over"
    screens.run(page, counting.format(MANY))
    for _ in range(3):
        stage.say("cut")
        expect(page.locator(".pane-note")).to_contain_text("Reconnecting")
        expect(page).to_have_title(re.compile("reconnecting"))
        stage.say("back")
        expect(page.locator(".pane-note")).to_be_hidden()
    screens.shows(page, "over")
    seen = [one for one in screens.lines(page) if one.startswith("no ")]
    assert seen == [f"no {number}" for number in range(1, MANY + 1)]


def test_what_is_typed_meanwhile_arrives_once(stage: TerminalsStage, page: Page) -> None:
    stage.say("cut")
    expect(page.locator(".pane-note")).to_contain_text("Reconnecting")
    screens.run(page, "echo held-$((40+2))")
    stage.say("back")
    screens.shows(page, "held-42")
    assert [one for one in screens.lines(page) if one == "held-42"] == ["held-42"]


def test_many_lines_are_pasted_when_somebody_has_agreed(page: Page) -> None:
    screens.paste(page, "echo one\necho two\n")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Paste 2 lines?")
    page.keyboard.press("Escape")
    screens.paste(page, "echo three\necho four\n")
    dialog.get_by_role("button", name="Paste 2 lines").click()
    screens.over(page, "four")
    assert "one" not in screens.lines(page)
    screens.paste(page, "echo five")
    screens.shows(page, "$ echo five")


def test_a_program_that_knows_pastes_is_told_and_cannot_be_fooled(page: Page) -> None:
    screens.run(page, r"stty -echo; printf '\033[?2004hready\n'; cat -v")
    until(lambda: "ready" in screens.lines(page), 20)  # a line of its own, not the command's
    screens.paste(page, "a\nb\x1b[201~rm\n")
    page.keyboard.press("Enter")
    screens.shows(page, "^[[200~a")
    screens.shows(page, "b[201~rm")
    screens.shows(page, "^[[201~")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert sum("^[[201~" in one for one in screens.lines(page)) == 1
    page.keyboard.press("Control+C")


def test_copying_by_key_by_program_and_by_the_middle_button(page: Page) -> None:
    screens.run(page, "clear; echo chosen")
    screens.says(page, "chosen")
    screen(page).dblclick(position=row(0))
    page.keyboard.press("Control+Shift+C")
    expect(page.locator("#said")).to_contain_text("Copied")
    assert clipboard(page) == "chosen"
    screen(page).click(button="middle", position=row(9))
    screens.shows(page, "$ chosen")
    page.keyboard.press("Control+U")
    screens.run(page, r"printf '\033]52;c;%s\a' $(printf secret | base64)")
    expect(page.locator("#said")).to_contain_text("A program copied text")
    assert clipboard(page) == "secret"
    screens.run(page, r"printf '\033]52;c;?\a'; head -c 9 | cat -v")
    page.keyboard.press("Control+Shift+V")
    page.keyboard.press("Enter")
    screens.shows(page, "^[]52;c;")  # the answer, as the terminal echoes it
    assert not any("c2VjcmV0" in one for one in screens.lines(page)), "its clipboard was told"


def test_links_lead_to_the_web_to_ports_and_to_files(
    stage: TerminalsStage, context: BrowserContext, page: Page
) -> None:
    screens.run(
        page, r"clear; echo http://localhost:5173/x; echo src/app.py:12:3; echo javascript:1"
    )
    screens.says(page, "javascript:1")
    screen(page).hover(position=row(0))
    hint = page.locator(".link-hint").first
    port = stage.origin.replace("://", "://5173-")
    expect(hint).to_contain_text(f"{port}/x")
    with context.expect_page() as opened:
        screen(page).click(modifiers=["Control"], position=row(0))
    assert opened.value.evaluate("window.opener") is None
    there = re.compile(rf"{re.escape(port)}/x|chrome-error://chromewebdata/")
    expect(opened.value).to_have_url(there)
    page.bring_to_front()
    screen(page).hover(position=row(1))
    expect(hint).to_contain_text("src/app.py:12:3")
    with context.expect_page() as file:
        screen(page).click(modifiers=["Control"], position=row(1))
    expect(file.value).to_have_url(re.compile(r"payload=.*%2Fdemo%2Fsrc%2Fapp\.py%3A12%3A3"))


def test_composed_characters_arrive_whole(page: Page) -> None:
    screens.run(page, "cat")
    # what comes before cat runs is echoed by nobody: the shell reads with echo off
    expect(page.locator(".tab-name")).to_have_text("cat")
    typing = page.context.new_cdp_session(page)
    typing.send("Input.imeSetComposition", {"text": "に", "selectionStart": 1, "selectionEnd": 1})
    typing.send("Input.imeSetComposition", {"text": "日本", "selectionStart": 2, "selectionEnd": 2})
    typing.send("Input.insertText", {"text": "日本"})
    page.keyboard.press("Enter")
    until(lambda: screens.lines(page).count("日本") == 2, 20)  # the echo, and cat's


def test_closing_asks_when_something_runs_and_tabs_are_kept_in_order(
    stage: TerminalsStage, page: Page
) -> None:
    names = page.locator(".tab-name")
    screens.another(page)
    expect(names).to_have_count(2)
    screens.run(page, "cat")
    expect(names.nth(1)).to_have_text("cat")
    page.keyboard.press("Control+Shift+PageUp")
    expect(names.nth(0)).to_have_text("cat")
    page.locator(".tab-open").first.dblclick()
    page.get_by_label("Name", exact=True).fill("Server")
    page.keyboard.press("Enter")
    expect(names.nth(0)).to_have_text("Server")
    page.reload()
    expect(names).to_have_text(["Server", "sh"])
    page.get_by_role("button", name="Close Server").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("cat runs in it")
    dialog.get_by_role("button", name="Keep it").click()
    expect(names).to_have_count(2)
    page.get_by_role("button", name="Close Server").click()
    dialog.get_by_role("button", name="Close and end it").click()
    expect(names).to_have_text(["sh"])
    assert screens.rows(page).is_visible()


def test_who_types_last_decides_the_size_and_the_other_sees_it(
    stage: TerminalsStage, page: Page, window: Browser
) -> None:
    small = window.new_context(viewport={"width": 500, "height": 400}).new_page()
    small.goto(stage.page)
    screens.ready(small)
    watched = re.compile(r"· last output \d.* · watched by 2 browsers$")
    expect(page.locator(".tab-open")).to_have_attribute("title", watched)
    screens.run(small, "stty size")
    expect(page.locator(".screen.other-size")).to_have_count(1)
    expect(small.locator(".screen.other-size")).to_have_count(0)
    screen(page).click(position=row(1))
    screens.run(page, "echo mine")
    expect(small.locator(".screen.other-size")).to_have_count(1)
    expect(page.locator(".screen.other-size")).to_have_count(0)
    small.context.close()


def test_the_whole_history_is_searched_and_a_near_stop_is_told(
    stage: TerminalsStage, page: Page
) -> None:
    screens.run(page, "echo needle-1; seq 30000 | sed 's/^/straw /'; echo done-$((1))")
    screens.shows(page, "done-1")
    page.keyboard.press("Control+Shift+F")
    page.keyboard.type("needle-")
    expect(page.locator(".found")).to_have_text("nothing here")
    page.get_by_role("button", name="Whole history").click()
    expect(page.locator(".hits mark").first).to_have_text("needle-")
    stage.say("left 200")
    expect(page.locator("#stops")).to_contain_text("stops in 4 min")


def test_letters_and_colours_are_chosen_and_kept(stage: TerminalsStage, page: Page) -> None:
    def term(what: str) -> Any:
        return screens.active(page).evaluate(f"pane => pane.pane.term.{what}")

    def shown() -> tuple[int, str]:
        return term("options.fontSize"), term("options.theme.background")

    light, dark, before = "#fcfcfd", "#101317", term("cols")
    assert shown() == (14, light)
    for key in ("Equal", "Equal", "Equal", "Equal", "Minus"):
        page.keyboard.press(f"Control+Shift+{key}")
    page.locator("#tools summary").click()
    page.get_by_role("button", name="Dark", exact=True).click()
    assert shown() == (17, dark)
    until(lambda: term("cols") < before, 20)
    page.reload()
    screens.ready(page)
    assert shown() == (17, dark)
    page.keyboard.press("Control+Shift+Digit0")
    page.goto("about:blank")
    page.goto(f"{stage.page}#theme=light")  # as a page of the platform that leads here says
    screens.ready(page)
    assert (shown(), page.url) == ((14, light), stage.page)
