"""A start leads back to addresses of its own workspace, and to nothing else."""

from urllib.parse import quote

import pytest

from app.workspaces.back import LONGEST, Back, back_of_page, read_back
from wire.hosts import Hosts

HOSTS = Hosts.of("http://podium.localhost:8080", "localhost")
ID, OTHER = "amber-otter-4k2hw9xz1q", "coral-heron-9z8y7x6w5v"
PORT = f"http://3000-{ID}.ws.localhost:8080"
IDE = f"http://{ID}.ws.localhost:8080"


@pytest.mark.parametrize(
    ("given", "back"),
    [
        (f"{PORT}/a?b=1", Back(f"{PORT}/a?b=1", "port 3000")),
        (f"{PORT}/", Back(f"{PORT}/", "port 3000")),
        (f"{IDE}/?folder=/x#y", Back(f"{IDE}/?folder=/x", "VS Code")),
    ],
)
def test_an_address_of_the_workspace_is_gone_back_to(given: str, back: Back) -> None:
    assert read_back(HOSTS, ID, given) == back
    page = f"{HOSTS.dashboard}/start/{ID}?back={quote(given, safe='')}"
    assert back_of_page(HOSTS, ID, page) == back


@pytest.mark.parametrize(
    "given",
    [
        "",
        "/a",
        "https://evil.example/",
        "//evil.example/",
        "javascript:alert(1)",
        f"{HOSTS.dashboard}/settings",
        f"http://3000-{OTHER}.ws.localhost:8080/",
        f"http://{OTHER}.ws.localhost:8080/",
        f"https://3000-{ID}.ws.localhost:8080/",
        f"http://3000-{ID}.ws.localhost:9090/",
        f"http://user@3000-{ID}.ws.localhost:8080/",
        f"http://v--0a.ws.localhost:8080/{ID}",
        f"http://debug-{ID}.ws.localhost:8080/",
        PORT,
        f"{PORT}\\@evil.example/",
        f"{PORT}/a\nb",
        f"{PORT}/ä",
        f"{PORT}/{'a' * LONGEST}",
    ],
)
def test_nothing_else_is(given: str) -> None:
    assert read_back(HOSTS, ID, given) is None


@pytest.mark.parametrize(
    "url", ["", f"/workspaces/{ID}?back={PORT}/", f"/start/{OTHER}?back={PORT}/", f"/start/{ID}"]
)
def test_only_the_start_page_leads_back(url: str) -> None:
    assert back_of_page(HOSTS, ID, url) is None
