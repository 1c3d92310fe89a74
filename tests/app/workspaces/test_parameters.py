"""An address with an id that is too long names nothing, on pages and in the API alike."""

from pathlib import Path

import pytest

from tests.app.browser import Browser
from tests.app.content.serving import open_serving


@pytest.mark.parametrize("below", ["", "/points", "/snapshots"])
async def test_an_id_has_its_length(tmp_path: Path, below: str) -> None:
    async with open_serving(tmp_path) as serving:
        browser = Browser(serving.server)
        await browser.sign_in()
        for top in ("", "/api/v1"):
            answer = await browser.go(f"{top}/workspaces/{'x' * 65}{below}")
            assert answer.status_code in {400, 404, 422}
