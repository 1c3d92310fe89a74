"""An installation with its own certificates: curl, Chromium, sockets, renewal and restart."""

import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, WebSocket, expect

from tests.authority import Authority
from tests.e2e.installation import Installation, make_repository
from tests.e2e.journey import open_workspace, sign_in, type_in_terminal, wait_for_files
from tests.e2e.patience import until
from tests.ports import free_port

NAMES = ("podium.localhost", "ws.localhost", "*.ws.localhost", "ide.localhost")


class Secure(Installation):
    """An installation that speaks HTTPS."""

    authority: Authority
    redirect: int

    @property
    def certificate(self) -> Path:
        return self.folder / "certificate.pem"

    @property
    def environment(self) -> dict[str, str]:
        own = {
            "PODIUM_TLS_CERT": str(self.certificate),
            "PODIUM_REDIRECT_PORT": str(self.redirect),
            "PODIUM_PROXY_WORKERS": "2",
        }
        return {**super().environment, **own}

    @property
    def dashboard(self) -> str:
        return f"https://podium.localhost:{self.port}"

    def ide(self, workspace: str) -> str:
        return f"https://{workspace}.ws.localhost:{self.port}"

    def issue(self) -> None:
        self.authority.issue(self.certificate, *NAMES)
        self.certificate.chmod(0o644)

    def curl(self, url: str, *words: str) -> str:
        trusted = self.authority.write(self.folder / "ca.pem")
        name = url.split("/")[2].partition(":")[0]
        resolve = [
            word
            for port in (self.port, self.redirect)
            for word in ("--resolve", f"{name}:{port}:127.0.0.1")
        ]
        done = subprocess.run(
            ["curl", "-sS", "--max-time", "60", "--cacert", str(trusted), *resolve, *words, url],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture
def secure() -> Iterator[Secure]:
    made = Secure(Path(tempfile.mkdtemp(prefix="podium-e2e-")))
    made.folder.chmod(0o755)
    made.authority, made.redirect = Authority(), free_port()
    made.repositories.mkdir(mode=0o755)
    made.issue()
    up = made.make("up")
    assert up.returncode == 0, up.stdout + up.stderr
    yield made
    made.remove()


def test_everything_goes_by_https(secure: Secure, browser: Browser) -> None:
    plain = f"http://podium.localhost:{secure.redirect}/start?a=b"
    told = secure.curl(plain, "-o", "/dev/null", "-w", "%{http_code} %{redirect_url}")
    assert told == f"302 {secure.dashboard}/start?a=b"
    head = secure.curl(secure.dashboard + "/", "-I").lower()
    assert "strict-transport-security: max-age=15552000" in head

    # Chromium knows nothing of the tests' authority; that the chain holds is curl's to say
    context = browser.new_context(ignore_https_errors=True)
    page = context.new_page()
    sign_in(page, secure)
    cookies = context.cookies()
    assert cookies
    assert all(one["secure"] for one in cookies)
    assert any(one["name"].startswith("__Host-podium_session") for one in cookies)

    sockets: list[WebSocket] = []

    def opened_socket(one: WebSocket) -> None:
        sockets.append(one)

    page.on("websocket", opened_socket)
    url = make_repository(secure.repositories, "encrypted")
    opened = open_workspace(page, secure, url)
    own = [one for one in sockets if f"wss://{opened.id}.ws.localhost" in one.url]
    assert own, [one.url for one in sockets]
    sign = secure.content(opened.id) / "workspace" / "sign"
    type_in_terminal(page, secure, opened, " echo one >> /workspace/sign")
    until(lambda: sign.exists() and sign.read_text() == "one\n", timeout=60)

    before = set(workers(secure))
    assert len(before) == 2
    assert secure.podium("reload").returncode == 0
    until(lambda: not before & set(workers(secure)), timeout=60)

    def closed() -> bool:
        page.wait_for_timeout(50)  # Playwright hears of events only while it is called
        return all(one.is_closed() for one in own)

    until(closed, timeout=60)
    # VS Code has come again by itself, to the same terminal
    type_in_terminal(page, secure, opened, " echo two >> /workspace/sign")
    until(lambda: sign.read_text() == "one\ntwo\n", timeout=60)
    expect(page.get_by_text("Cannot reconnect")).to_have_count(0)

    renewed(secure)
    page.reload()
    wait_for_files(page)
    context.close()


def workers(secure: Secure) -> list[int]:
    """Return the pids of the proxy's workers."""
    master = secure.platform_processes()["proxy"]["pid"]
    children = Path(f"/proc/{master}/task/{master}/children")
    return [int(one) for one in children.read_text().split()]


def renewed(secure: Secure) -> None:
    """Issue a certificate anew, and wait until it is shown."""

    def serial() -> str:
        words = ("-o", "/dev/null", "-w", "%{certs}")
        shown = secure.curl(secure.dashboard + "/", *words)
        return next(line for line in shown.splitlines() if line.startswith("Serial"))

    first = serial()
    secure.issue()
    until(lambda: serial() != first, timeout=60)
