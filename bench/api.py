"""The public API of the measured installation, and what a browser does to enter a workspace."""

import http.client
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.e2e.installation import Installation

_NAVIGATION = {
    "Accept": "text/html",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Dest": "document",
    "Sec-Fetch-Site": "none",
}
_WAIT = 30


@dataclass
class Api:
    """One connection at a time to the installation's entry, as its owner."""

    installation: Installation

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the decoded answer. Raises AssertionError for a refusal."""
        token = Path(self.installation.layout.cli_token).read_text().strip()
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        text = json.dumps(body) if body is not None else None
        answer, content = self._send(method, self.installation.dashboard + path, headers, text)
        assert answer.status < 300, content
        found: dict[str, Any] = json.loads(content) if content else {}
        return found

    def create(self, url: str) -> str:
        """POST a workspace of a trusted repository; return its id."""
        made = self.ask("POST", "/api/v1/workspaces", {"url": url, "trust": True})
        return str(made["id"])

    def stop(self, workspace: str) -> float:
        """Return the seconds until the container is gone and the tree is sealed."""
        began = time.monotonic()
        found = self.ask("POST", f"/api/v1/workspaces/{workspace}/stop")
        self._until(workspace, "stopped", found)
        return time.monotonic() - began

    def running(self, workspace: str) -> dict[str, Any]:
        """Return the workspace as soon as it runs."""
        return self._until(workspace, "running", {"version": -1})

    def delete(self, workspace: str) -> None:
        """Delete, and wait for it."""
        done = self.installation.podium("workspace", "delete", workspace, "--yes", "--wait")
        assert done.returncode == 0, done.stderr

    def _until(self, workspace: str, phase: str, found: dict[str, Any]) -> dict[str, Any]:
        while (found.get("instance") or {}).get("phase") != phase:
            query = f"?after={found['version']}&wait={_WAIT}"
            found = self.ask("GET", f"/api/v1/workspaces/{workspace}{query}")
        return found

    def grant(self, session: str, workspace: str) -> str:
        """Return the cookie that a signed-in browser gets for the workspace's own host.

        `session` is the dashboard's Cookie header.
        """
        url, cookies = self.installation.ide(workspace) + "/", ""
        for _turn in range(3):
            dashboard = url.startswith(self.installation.dashboard)
            cookie = session if dashboard else cookies
            answer, _content = self._send("GET", url, {**_NAVIGATION, "Cookie": cookie})
            if not dashboard:
                set_now = answer.headers.get_all("Set-Cookie") or []
                cookies = "; ".join(one.partition(";")[0] for one in set_now)
            url = answer.headers["Location"]
        return cookies

    def _send(
        self, method: str, url: str, headers: dict[str, str], body: str | None = None
    ) -> tuple[http.client.HTTPResponse, bytes]:
        parts = urlsplit(url)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        connection = http.client.HTTPConnection("127.0.0.1", self.installation.port, timeout=60)
        try:
            connection.request(method, target, body, {"Host": parts.netloc, **headers})
            answer = connection.getresponse()
            return answer, answer.read()
        finally:
            connection.close()
