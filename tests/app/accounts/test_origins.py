import pytest

from app.accounts.origins import caused_by_dashboard

HOME = "http://podium.localhost:8080"
WORKSPACE = "http://amber-otter-0000000000.ws.localhost:8080"


def caused(
    method: str = "GET",
    origin: str = "",
    site: str = "",
    mode: str = "",
    *,
    websocket: bool = False,
) -> bool:
    return caused_by_dashboard(
        HOME, websocket=websocket, method=method, origin=origin, fetch_site=site, fetch_mode=mode
    )


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "ODD"])
def test_what_changes_something_needs_our_origin_or_metadata(method: str) -> None:
    assert caused(method, origin=HOME)
    assert caused(method, site="same-origin")
    for origin in (WORKSPACE, "null", "https://evil.example", HOME + "/", HOME.upper()):
        assert not caused(method, origin=origin, site="same-origin")
    for site in ("", "none", "same-site", "cross-site"):
        assert not caused(method, site=site, mode="navigate")


def test_a_websocket_needs_the_exact_origin() -> None:
    assert caused(origin=HOME, websocket=True)
    for origin in ("", "null", WORKSPACE, HOME + "0", HOME.replace("http", "https")):
        assert not caused(origin=origin, site="same-origin", websocket=True)


def test_reading_is_for_the_dashboard_and_for_navigations() -> None:
    assert caused(site="same-origin", mode="cors")
    assert caused(site="none", mode="navigate")
    assert caused(site="cross-site", mode="navigate")
    assert not caused(site="same-site", mode="no-cors")
    assert not caused(site="cross-site", mode="cors")
    assert not caused(origin=WORKSPACE, site="same-site", mode="cors")
    assert not caused()
