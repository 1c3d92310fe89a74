"""Trust over the JSON API."""

from tests.app.browser import Browser

PATH = "/api/v1/trust"
REPOSITORY = "https://h.org/ada/demo"


async def test_trust_is_listed_and_revoked(browser: Browser) -> None:
    server = browser.server
    body = {"url": REPOSITORY, "trust": True}
    made = await server.public.post("/api/v1/workspaces", json=body, headers=server.bearer)
    listed = (await server.public.get(PATH, headers=server.bearer)).json()["trusted"]
    assert [(one["repository"], one["workspaces"]) for one in listed] == [(REPOSITORY, 1)]
    gone = await server.public.delete(
        PATH, params={"repository": REPOSITORY}, headers=server.bearer
    )
    assert gone.status_code == 204
    assert (await server.public.get(PATH, headers=server.bearer)).json() == {"trusted": []}
    view = await server.public.get(f"/api/v1/workspaces/{made.json()['id']}", headers=server.bearer)
    assert view.json()["trusted"] is False
