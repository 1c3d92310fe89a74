"""Once for each version of VS Code a browser goes by the page that loads its files."""

from pathlib import PurePosixPath
from types import SimpleNamespace

from app.settings import Settings
from app.workspaces.preloading import early_url, way_to_start

SETTINGS = Settings(
    PurePosixPath("/home"), PurePosixPath("/cache"), "http://podium.localhost:8080", "localhost"
)
WORKSPACE = "amber-otter-4k2hw9xz1q"
TREE = "0a1b" * 5


def asking(**cookies: str) -> SimpleNamespace:
    return SimpleNamespace(cookies=cookies)


def test_a_fresh_browser_goes_by_the_page_that_loads_the_files():
    location, (cookie,) = way_to_start(asking(), SETTINGS, TREE, WORKSPACE)
    assert location == (
        f"http://ws.localhost:8080/.podium/preload?image=vscode%3A{TREE}&workspace={WORKSPACE}"
    )
    assert cookie.value == TREE
    assert cookie.secure
    assert cookie.httponly
    again = asking(**{cookie.key: TREE})
    assert way_to_start(again, SETTINGS, TREE, WORKSPACE) == (f"/start/{WORKSPACE}", [])


def test_another_version_is_loaded_ahead_again():
    _, (cookie,) = way_to_start(asking(), SETTINGS, TREE, WORKSPACE)
    older = asking(**{cookie.key: "ffff" * 5})
    assert way_to_start(older, SETTINGS, TREE, WORKSPACE)[1] != []


def test_without_a_real_tree_there_is_nothing_to_load():
    for tree in ("", "fake"):
        assert way_to_start(asking(), SETTINGS, tree, WORKSPACE) == (f"/start/{WORKSPACE}", [])


def test_a_browser_may_ask_early_for_what_it_will_open():
    ide = f"http://{WORKSPACE}.ws.localhost:8080"
    assert early_url(ide, ide) == f"{ide}/.podium/open?to=/"
    asked = early_url(ide, f"{ide}/?folder=/workspace/a&payload=[1]")
    assert asked == f"{ide}/.podium/open?to=/%3Ffolder%3D/workspace/a%26payload%3D%5B1%5D"
    assert early_url(ide, f"http://3000-{WORKSPACE}.ws.localhost:8080/") == ""
    assert early_url(ide, f"{ide}x/") == ""
