"""Variables of the installation's owner, set through the API."""

import json
import urllib.request

from tests.e2e.installation import Installation


def set_variable(installation: Installation, repository: str, name: str, value: str) -> None:
    """Set a variable for one repository of this machine."""
    token = (installation.home / "cli.token").read_text().strip()
    wanted = {"name": name, "value": value, "pattern": repository.removeprefix("file:///")}
    request = urllib.request.Request(
        f"http://127.0.0.1:{installation.port}/api/v1/variables",
        method="PUT",
        data=json.dumps(wanted).encode(),
        headers={
            "Host": f"podium.localhost:{installation.port}",
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/json",
        },
    )
    with urllib.request.urlopen(request) as answer:  # noqa: S310 - loopback
        assert answer.status == 200
        answer.read()
