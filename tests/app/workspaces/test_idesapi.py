from pathlib import Path

from tests.app.browser import Browser
from tests.app.server import open_server


async def test_the_catalogue_is_told_in_order(tmp_path: Path) -> None:
    async with open_server(tmp_path) as server:
        browser = Browser(server)
        await browser.sign_in()
        told = (await browser.go("/api/v1/ides")).json()
    assert told["default"] == "vscode"
    assert [one["id"] for one in told["ides"]][:4] == [
        "vscode",
        "jupyterlab",
        "terminal",
        "vscode-desktop",
    ]
    assert [one["id"] for one in told["ides"] if one["kind"] == "browser"] == [
        "vscode",
        "jupyterlab",
        "terminal",
    ]
    assert [one["ready"] for one in told["ides"]][:3] == [True, False, True]
