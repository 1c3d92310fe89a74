"""What is ready in a workspace: asked once, waited for, or followed.

    /v1/status/supervisor   ok, and …/willShutdown/true, which waits for the end
    /v1/status/ide          ok, and …/wait/true
    /v1/status/content      available, source; …/wait/true waits until it is settled, and says
                            with `code` and `detail` when it has failed
    /v1/status/backup       canaryAvailable, always false: a backup is made behind the workspace
    /v1/status/ports        the ports that listen
    /v1/status/tasks        the tasks of .gitpod.yml
    /v1/status/terminals    the terminals
    /v1/status/resources    memory, cpu, disk and processes with their limits

The names and paths are Gitpod's. Each is JSON, server-sent events or a WebSocket, as it is asked
for. Whether supervisor, editor and files are there is anybody's to know inside the workspace;
through the proxy the first two are public and the rest is the owner's.
"""

from collections.abc import Callable
from dataclasses import dataclass

from supervisor.api.endpoint import Endpoint, Who
from supervisor.api.news import Look, News, told, waits


@dataclass(frozen=True, slots=True)
class Looks:
    """How each thing is looked at."""

    ide: Look
    content: Look
    ports: Look
    tasks: Look
    terminals: Look
    resources: Look
    ide_ready: Callable[[], bool]
    content_settled: Callable[[], bool]
    ending: Callable[[], bool]


def endpoints(news: News, looks: Looks) -> list[Endpoint]:
    """Return the whole status."""

    def up() -> dict[str, bool]:
        return {"ok": True}

    def backup() -> dict[str, bool]:
        return {"canaryAvailable": False}

    base, anybody, person = "/v1/status", Who.ANYBODY, Who.PERSON
    return [
        *told(f"{base}/supervisor", anybody, news, up),
        waits(f"{base}/supervisor/willShutdown/true", person, news, looks.ending, up),
        *told(f"{base}/ide", anybody, news, looks.ide),
        waits(f"{base}/ide/wait/true", anybody, news, looks.ide_ready, looks.ide),
        *told(f"{base}/content", anybody, news, looks.content),
        waits(f"{base}/content/wait/true", anybody, news, looks.content_settled, looks.content),
        *told(f"{base}/backup", person, news, backup),
        *told(f"{base}/ports", person, news, looks.ports),
        *told(f"{base}/tasks", person, news, looks.tasks),
        *told(f"{base}/terminals", person, news, looks.terminals),
        *told(f"{base}/resources", person, news, looks.resources),
    ]
