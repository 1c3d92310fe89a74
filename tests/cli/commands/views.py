"""Views as the API gives them, for tests of the workspace commands."""

from typing import Any

from wire.phases import Step

ID = "amber-otter-4k2hw9xz1q"
STEPS = [step.value for step in Step]


def view_of(
    phase: str = "running",
    *,
    version: int = 1,
    n: int = 1,
    identifier: str = ID,
    done: int = 9,
    problem: dict[str, Any] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """Return a WorkspaceView whose newest start has `done` steps behind it."""
    steps = [
        {"step": step, "state": "done", "took": 0.1 * (number + 1), "detail": ""}
        if number < done
        else {"step": step, "state": "waiting", "took": None, "detail": ""}
        for number, step in enumerate(STEPS)
    ]
    instance = {
        "id": f"{identifier}.{n}",
        "n": n,
        "phase": phase,
        "steps": steps,
        "problem": problem,
        "conditions": {},
    }
    return {
        "id": identifier,
        "version": version,
        "name": "demo",
        "url": "https://example.org/ada/demo",
        "ref": "main",
        "repository": "example.org/ada/demo",
        "trusted": True,
        "phase": phase,
        "editor": {"id": "vscode", "name": "VS Code", "desktop": False},
        "ide_url": f"http://{identifier}.ws.localhost:8080",
        "deleting": False,
        "ide": "vscode",
        "instance": instance,
        **more,
    }
