"""ssh signs in at a real host: through the supervisor's agent, by the rule of what is signed."""

import asyncio
import os
from base64 import b64decode, b64encode
from pathlib import Path
from typing import Any

import pytest

from app.gitaccess import sshkeys
from supervisor.host.processes import Account
from supervisor.host.sshagent import SshAgent
from tests.ports import free_port
from tests.sshhost import SshHost
from tests.supervisor.answering import Answering, answering
from wire.agentgit import (
    SSH_KEY_PATH,
    SSH_SIGNATURE_PATH,
)

SECRET, PUBLIC = sshkeys.make()
ME = Account(os.getuid(), os.getgid(), "me", "/nonexistent", "/bin/sh")


class Signing(Answering):
    """A server that signs as the real one does."""

    def answer(self, path: str, body: Any) -> Any:
        if path != SSH_SIGNATURE_PATH:
            return super().answer(path, body)
        key, data = b64decode(body["key"]), b64decode(body["data"])
        if not sshkeys.is_sign_in(data, key):
            return 403
        return {"signature": b64encode(sshkeys.sign(SECRET, data)).decode()}


@pytest.mark.root
async def test_ssh_signs_in_at_a_real_host(tmp_path: Path) -> None:
    with SshHost(tmp_path, port=free_port()) as host:
        host.authorize(PUBLIC)
        (tmp_path / "known").write_text(host.known)
        async with answering(Signing) as server:
            server.answers[SSH_KEY_PATH] = {"public": PUBLIC}
            path = str(server.folder / "agent.sock")
            agent = await SshAgent(server.asking).start(path, ME)
            known = f"-oUserKnownHostsFile={tmp_path}/known"
            options = ("-F", "none", "-oBatchMode=yes", known, "-p", str(host.port))
            process = await asyncio.create_subprocess_exec(
                "ssh",
                *options,
                f"root@{host.address}",
                "echo in",
                env={"PATH": os.environ["PATH"], "SSH_AUTH_SOCK": path},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
            )
            said, _nothing = await process.communicate()
            assert (process.returncode, said) == (0, b"in\n")
            agent.close()
