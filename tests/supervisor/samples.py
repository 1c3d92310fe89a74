"""A wish of the server, for tests of the supervisor."""

from typing import Any

import msgspec

from wire.agent import Desired

WORKSPACE = "amber-otter-4k2hw9xz1q"
KEY = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="
WISH = Desired(
    version=1,
    instance=f"{WORKSPACE}.2",
    workspace=WORKSPACE,
    key=KEY,
    owner="u_1",
    trusted=True,
    repository="/workspace/demo",
    context_url="https://example.org/ada/demo",
    git_name="Ada",
    git_email="ada@example.org",
    environment={"GITPOD_WORKSPACE_URL": f"http://{WORKSPACE}.ws.localhost:8080"},
)


def wish(**changes: Any) -> Desired:
    return msgspec.structs.replace(WISH, **changes)
