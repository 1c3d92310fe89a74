"""Random processes of the platform are killed while terminals write: every byte, once."""

import os
import random
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.e2e.conftest import CHROMIUM
from tests.e2e.counting import Counter, Terminals, kill
from tests.e2e.installation import Installation, make_repository
from tests.e2e.journey import open_workspace, sign_in

ROUNDS = int(os.environ.get("PODIUM_ROUNDS", "60"))
SEED = 20261127

pytestmark = [pytest.mark.torture, pytest.mark.timeout(1800)]


@pytest.fixture
def page() -> Iterator[Page]:
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        yield browser.new_page()
        browser.close()


def test_no_byte_is_lost_and_none_comes_twice(installation: Installation, page: Page) -> None:
    chance = random.Random(SEED)  # noqa: S311 - reproducible rounds, not a secret
    sign_in(page, installation)
    url = make_repository(installation.repositories, "counting")
    terminals = Terminals.of(installation, open_workspace(page, installation, url), page)
    page.close()
    counters = [Counter(terminals, f"counter-{number}") for number in range(4)]
    try:
        for _ in range(ROUNDS):
            kill(installation, chance.choice([*installation.platform_processes(), "all"]))
            for one in counters:
                one.goes_on()
        for one in counters:
            one.finish()
    finally:
        for one in counters:
            one.close()
