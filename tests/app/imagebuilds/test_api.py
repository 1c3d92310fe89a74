"""The API over builds."""

from pathlib import Path

from tests.app.browser import Browser
from tests.app.server import open_server
from tests.app.workspaces.test_imagebuild import begun, building
from tests.waiting import until

PATH = "/api/v1/image-builds"


async def test_a_build_is_listed_shown_read_and_cancelled(tmp_path: Path) -> None:
    async with open_server(tmp_path) as server:
        api, bearer = server.public, server.bearer
        assert (await api.get(PATH, headers=bearer)).json() == {"builds": []}
        browser = Browser(server)
        await browser.sign_in()
        build = (await begun(browser, await browser.create())).id

        async def runs() -> bool:
            listed = (await api.get(PATH, headers=bearer)).json()["builds"]
            return [one["state"] for one in listed] == ["running"]

        await until(runs)
        (listed,) = (await api.get(PATH, headers=bearer)).json()["builds"]
        shown = await api.get(f"{PATH}/{build}", headers=bearer)
        assert shown.json() == listed
        building(browser).logs.append(build, 0, b"\x1b[31mSTEP <b>\x1b[0m\n")
        log = await api.get(f"{PATH}/{build}/log?offset=5", headers=bearer)
        assert log.content == b"STEP <b>\x1b[0m\n"
        assert log.headers["content-type"] == "text/plain; charset=utf-8"
        assert log.headers["x-content-type-options"] == "nosniff"
        for offset in ("-1", "x", "99999999999"):
            refused = await api.get(f"{PATH}/{build}/log?offset={offset}", headers=bearer)
            assert refused.status_code == 400
        ended = await api.post(f"{PATH}/{build}/cancel", headers=bearer)
        assert (ended.status_code, ended.json()["state"]) == (200, "cancelled")
        for name in ("amber-otter-0000000000", "..%2f..%2fx", "x"):
            for path in ("", "/log"):
                reply = await api.get(f"{PATH}/{name}{path}", headers=bearer)
                assert reply.status_code == 404
        assert (await api.get(f"{PATH}/{build}")).status_code == 401
