"""Secrets in git's box: on its own tmpfs and in its own agent, both gone with it.

Runs in the clone helper, as uid 33333, before git does.
"""

import os
import subprocess
from pathlib import Path

from daemon.core.credentials import AGENT, ANSWER, SEEN


def unlock(secrets: dict[str, str]) -> None:
    """Put the answer of git's credential helper in place, and give the key to an agent."""
    if secrets["answer"]:
        descriptor = os.open(ANSWER, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets["answer"])
    if not secrets["ssh_key"]:
        return
    # the agent goes into the background once it listens
    environment = {"PATH": "/usr/bin:/bin", "SSH_AUTH_SOCK": AGENT}
    subprocess.run(
        ["ssh-agent", "-a", AGENT], env=environment, stdout=subprocess.DEVNULL, check=True
    )
    subprocess.run(
        ["ssh-add", "-q", "-"],
        input=secrets["ssh_key"],
        text=True,
        env=environment,
        stderr=subprocess.PIPE,
        check=True,
    )


def host_key() -> str:
    """Return the key that the ssh host has shown, `<algorithm> <base64>`; empty without any."""
    try:
        return Path(SEEN).read_text()
    except OSError:
        return ""
