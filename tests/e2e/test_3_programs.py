"""Real programs on the terminals' page of a real workspace: what a terminal has to be good for."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, Position, expect

from tests.e2e.installation import Installation
from tests.e2e.journey import Workspace
from tests.e2e.stage import screens

CELL = """(pane, [wanted, offset]) => {
  const { term } = pane.pane, buffer = term.buffer.active;
  for (let at = 0; at < buffer.length; at += 1) {
    const line = buffer.getLine(at);
    const found = line.translateToString(true).indexOf(wanted);
    if (found < 0) continue;
    const cell = line.getCell(found + offset);
    return { text: cell.getChars(), width: cell.getWidth(), colour: cell.getFgColor(),
      palette: Boolean(cell.isFgPalette()), rgb: Boolean(cell.isFgRGB()) };
  }
  return null;
}"""
SIZE = "pane => [pane.pane.term.rows, pane.pane.term.cols]"
PLACE = """(pane, [column, row]) => {
  const { term } = pane.pane, screen = pane.querySelector(".xterm-screen").getBoundingClientRect();
  const [width, height] = [screen.width / term.cols, screen.height / term.rows];
  return { x: (column + 0.5) * width, y: (row + 0.5) * height };
}"""


@pytest.fixture
def terminal(installation: Installation, workspace: Workspace, page: Page) -> Iterator[Page]:
    """The page with a terminal of this test alone."""
    page.goto(f"{installation.dashboard}/workspaces/{workspace.id}/terminals")
    expect(page.locator(".pane.active")).to_have_count(1)
    screens.another(page)
    screens.run(page, "PS1='$ '; cd /tmp; clear")
    screens.says(page, "$")
    yield page
    screens.run(page, "exit")
    expect(screens.active(page)).to_have_attribute("data-state", "ended")


def cell(page: Page, wanted: str, offset: int = 0) -> dict[str, Any]:
    return dict(screens.active(page).evaluate(CELL, [wanted, offset]))


def size(page: Page) -> tuple[int, int]:
    rows, columns = screens.active(page).evaluate(SIZE)
    return int(rows), int(columns)


def click(page: Page, column: int, row: int) -> None:
    """Click into a cell, counted from 0."""
    place: Position = screens.active(page).evaluate(PLACE, [column, row])
    screens.active(page).locator(".xterm-screen").click(position=place)


def buffer(page: Page, name: str) -> None:
    """Wait until the program has the other screen, or has given it back."""
    page.wait_for_function(
        "name => document.querySelector('.pane.active').pane.term.buffer.active.type === name",
        arg=name,
    )


def test_vim_edits_is_clicked_into_and_follows_the_windows_size(terminal: Page) -> None:
    screens.run(terminal, "vim -u NONE -N -i NONE words.txt")
    buffer(terminal, "alternate")
    terminal.keyboard.type("ione\nzwei 日本 €\nthree")
    terminal.keyboard.press("Escape")
    screens.run(terminal, ":set mouse=a ttymouse=sgr ruler")
    screens.shows(terminal, "3,5")  # before that a click is the terminal's own
    click(terminal, 1, 0)
    screens.shows(terminal, "1,2")
    click(terminal, 2, 2)
    screens.shows(terminal, "3,3")
    # into the text: what vim only says is gone when it draws everything anew
    screens.run(terminal, ":au VimResized * call append('$', 'is '.&lines.' '.&columns) | redraw")
    terminal.set_viewport_size({"width": 900, "height": 500})
    terminal.wait_for_function("() => document.querySelector('.pane.active').pane.term.cols < 120")
    rows, columns = size(terminal)
    screens.shows(terminal, f"is {rows} {columns}")
    screens.run(terminal, ":wq")
    buffer(terminal, "normal")
    screens.run(terminal, "clear; cat words.txt; rm words.txt; stty size")
    screens.shows(terminal, "zwei 日本 €")
    screens.shows(terminal, f"{rows} {columns}")
    terminal.set_viewport_size({"width": 1280, "height": 800})


def test_htop_paints_and_gives_the_screen_back(terminal: Page) -> None:
    screens.run(terminal, "htop")
    buffer(terminal, "alternate")
    screens.shows(terminal, "PID")
    screens.shows(terminal, "F10")
    expect(terminal.locator(".tab-name", has_text="htop")).to_have_count(1)
    terminal.keyboard.press("F10")
    buffer(terminal, "normal")


def test_tmux_splits_and_its_halves_are_clicked(terminal: Page) -> None:
    screens.run(terminal, "tmux -u -f /dev/null new -s try")
    buffer(terminal, "alternate")
    screens.shows(terminal, "[try]")
    terminal.keyboard.press("Control+B")
    terminal.keyboard.type("%")
    screens.shows(terminal, "│")
    screens.run(terminal, "clear; tmux set -g mouse on; tmux display -p 'at #{pane_index}'")
    screens.shows(terminal, "at 1")
    click(terminal, 3, 3)
    screens.run(terminal, "clear; tmux display -p 'at #{pane_index}'")
    screens.shows(terminal, "at 0")
    screens.run(terminal, "tmux kill-server")
    buffer(terminal, "normal")


def test_colours_and_wide_characters_have_their_cells(terminal: Page) -> None:
    colours = r"\033[38;5;208mpalette\033[0m \033[38;2;1;2;3mtrue\033[0m"
    screens.run(
        terminal, rf"clear; tput colors; printf '{colours} <日本>\n<👍>\n'; echo $COLORTERM"
    )
    screens.shows(terminal, "truecolor")
    screens.shows(terminal, "256")
    palette = cell(terminal, "palette ")
    assert (palette["palette"], palette["colour"]) == (True, 208)
    true = cell(terminal, "true ")
    assert (true["rgb"], true["colour"]) == (True, 0x010203)
    assert [cell(terminal, "<日本>", at)["text"] for at in (1, 3)] == ["日", "本"]
    assert {cell(terminal, "<日本>", at)["width"] for at in (1, 3)} == {2}
    assert [cell(terminal, "<👍>", at)["text"] for at in (1, 3)] == ["👍", ">"]


def test_the_shell_is_told_of_a_paste_and_runs_nothing_by_itself(terminal: Page) -> None:
    screens.paste(terminal, "echo first\necho second\n")
    expect(terminal.get_by_role("dialog")).to_have_count(0)
    screens.shows(terminal, "echo second")
    assert not {"first", "second"} & set(screens.lines(terminal))
    terminal.keyboard.press("Enter")
    expect(screens.rows(terminal)).to_contain_text(re.compile(r"first\s*second"))
