"""Words of an input method on the terminals' page, with Enter right behind them."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Playwright, expect

from tests.e2e.conftest import CHROMIUM
from tests.e2e.patience import until
from tests.e2e.stage import screens
from tests.e2e.stage.tabs import launch
from tests.e2e.stage.terminals import TerminalsStage, terminals_stage

WORDS = ("日本", "語", "ひらがな")
AT_ONCE = """words => {
  const area = document.activeElement;
  const say = (name, data) =>
    area.dispatchEvent(new CompositionEvent(name, { data, bubbles: true }));
  for (const word of words) {
    say("compositionstart", "");
    say("compositionupdate", word);
    area.value += word;
    say("compositionend", word);
    const enter = { key: "Enter", code: "Enter", keyCode: 13, bubbles: true };
    area.dispatchEvent(new KeyboardEvent("keydown", enter));
  }
}"""


@pytest.fixture
def stage() -> Iterator[TerminalsStage]:
    with terminals_stage() as found:
        yield found


def test_enter_right_behind_a_composed_word_does_not_cut_it(
    stage: TerminalsStage, playwright: Playwright
) -> None:
    window = launch(playwright, [], CHROMIUM)
    page = window.new_page()
    page.goto(stage.page)
    screens.ready(page)
    screens.run(page, "cat")
    expect(page.locator(".tab-name")).to_have_text("cat")
    # in one go, as a page that was busy is given them
    page.evaluate(AT_ONCE, list(WORDS))
    until(lambda: all(screens.lines(page).count(word) == 2 for word in WORDS), 20)
    window.close()
