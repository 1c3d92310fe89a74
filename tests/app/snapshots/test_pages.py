"""Pages of snapshots, as a browser gets them."""

from pathlib import Path

from tests.app.browser import Browser
from tests.app.content.serving import open_serving
from tests.waiting import until


async def test_made_on_a_page_and_opened_by_its_link(tmp_path: Path) -> None:
    async with open_serving(tmp_path) as serving:
        browser = Browser(serving.server)
        await browser.sign_in()
        place = f"/workspaces/{serving.workspace}/snapshots"
        page = await browser.go(place)
        assert "There is no snapshot yet" in page.text
        made = await browser.act(
            place, {"name": "with the fix", "access": "people", "lasts": "24h"}
        )
        assert "with the fix" in made.text

        async def done() -> bool:
            return "Copy the link" in (await browser.go(f"{place}/list")).text

        await until(done)
        (one,) = (await serving.get("/snapshots"))["snapshots"]
        led = await browser.go(f"/new?url=snapshot%2F{one['id']}")
        assert led.headers["location"] == f"/snapshots/{one['id']}"
        link = await browser.go(led.headers["location"])
        assert "Open “with the fix”" in link.text
        assert "everybody here" in (await browser.go(f"{place}/list")).text
        opened = await browser.act(f"/snapshots/{one['id']}", {"trust": "no"})
        assert opened.headers["hx-redirect"].startswith("/start/")
        everywhere = await browser.go("/snapshots")
        assert "with the fix" in everywhere.text
        assert one["repository"] in everywhere.text
        assert "with the fix" in (await browser.go("/snapshots/list")).text
        kept = await browser.act(place, {"name": "another", "access": "owner", "lasts": "none"})
        assert "another" in kept.text
        (other,) = [
            one["id"]
            for one in (await serving.get("/snapshots"))["snapshots"]
            if one["name"] == "another"
        ]
        left = await browser.act(f"/snapshots/{other}/delete")
        assert "another" not in left.text
        gone = await browser.act(f"{place}/{one['id']}/delete")
        assert "There is no snapshot yet" in gone.text
