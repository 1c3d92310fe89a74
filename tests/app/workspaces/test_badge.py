"""The badge for a README."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from app.workspaces.badge import badge_of
from tests.app.server import open_server

DASHBOARD = "http://podium.localhost:8080"


def test_a_readme_shows_the_picture_and_leads_here() -> None:
    badge = badge_of(DASHBOARD, "https://h.org/ada/demo/tree/main")
    link = f"{DASHBOARD}/#https://h.org/ada/demo/tree/main"
    assert badge.markdown == f"[![Open in Podium]({DASHBOARD}/badge.svg)]({link})"
    assert f'href="{link}"' in badge.html


@pytest.mark.parametrize("url", ["https://h/)](x", 'https://h/"><script>', "https://h/a b\n"])
def test_a_hostile_url_stays_inside_its_link(url: str) -> None:
    badge = badge_of(DASHBOARD, url)
    assert badge.markdown.count(")") == 2
    assert not {'"', "<", ">", " ", "\n"} & set(badge.markdown.rpartition("](")[2])
    assert badge.html.count("<") == 3


async def test_anybody_may_show_the_picture(tmp_path: Path) -> None:
    async with open_server(tmp_path) as server:
        reply = await server.public.get("/badge.svg")
    assert reply.status_code == 200
    assert reply.headers["content-type"].startswith("image/svg+xml")
    assert reply.headers["cross-origin-resource-policy"] == "cross-origin"
    root = ET.fromstring(reply.text)  # noqa: S314 - our own picture
    assert "Open in Podium" in "".join(root.itertext())
