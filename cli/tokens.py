"""The API token of this machine's root, which `podium up` makes and the commands use."""

import os
from pathlib import Path

from cli.problems import NOT_REACHABLE, CommandError
from wire.layout import Layout


def machine_token(layout: Layout) -> str:
    """Return this machine's token. Raises CommandError when there is none to read."""
    try:
        return Path(layout.cli_token).read_text(encoding="ascii").strip()
    except FileNotFoundError:
        raise CommandError(
            "There is no token for the command line",
            f"PODIUM_TOKEN is not set, and {layout.cli_token} does not exist.",
            "Start the platform with `make up`, or set PODIUM_URL and PODIUM_TOKEN.",
            NOT_REACHABLE,
        ) from None
    except PermissionError:
        raise CommandError(
            "The token of this machine may only be read by root",
            cure="Run this as root or through sudo, or set PODIUM_URL and PODIUM_TOKEN.",
        ) from None


def keep_token(layout: Layout, token: str) -> None:
    """Replace this machine's token; nobody but root can read it at any moment."""
    path = Path(layout.cli_token)
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(token)
        file.flush()
        os.fsync(descriptor)
    fresh.rename(path)
