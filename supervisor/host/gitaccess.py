"""Git access in the workspace: two sockets of the person's, and files of the container's /etc.

`git.sock` answers `gp credential-helper`: one line of JSON in, one out. `ssh-agent.sock` is an
ssh agent. Behind both the server is asked anew each time, so nothing secret stays here, and
trust that is taken back counts at once. The files are written at each start and are no part of
the person's home: whatever stands in there, and in the repository, goes before them. A home
without a `.gitconfig` is one into which a person's dotfiles can put theirs.
"""

import asyncio
import json
import os

import msgspec

from supervisor.host.asking import Asking, NotGiven, listen
from supervisor.host.journal import note
from supervisor.host.processes import Account
from supervisor.host.sshagent import SshAgent
from wire.agent import Desired
from wire.agentgit import (
    GIT_CREDENTIAL_PATH,
    CredentialAsked,
    CredentialGiven,
)

AGENT_NAME = "ssh-agent.sock"
HELPER_NAME = "git.sock"
HELPER = "/.supervisor/bin/gp credential-helper"
GIT_CONFIG = "/etc/gitconfig"
OWN_CONFIG = "/run/podium/gitconfig"
"""What git is told by us; GIT_CONFIG includes it, so that the rest of that file stays."""
KNOWN_HOSTS = "/etc/ssh/ssh_known_hosts"
_ALWAYS = f"[credential]\n\thelper = {HELPER}\n[safe]\n\tdirectory = *\n"
"""A workspace is one person's: a repository that root or a container has made is theirs too."""
_REASONS = {403: "not_trusted", 404: "missing"}
_LONGEST = 4096


class GitAccess:
    """Serves below `folder`, the one of the local sockets; `asking` is the way to the server."""

    def __init__(self, folder: str, asking: Asking, account: Account) -> None:
        self._folder = folder
        self._asking = asking
        self._account = account
        self._config = ""
        self._known: list[str] = []

    @classmethod
    def of(cls, local: str, asking: Asking, account: Account) -> "GitAccess":
        """Return the one beside the local socket."""
        return cls(local.rpartition("/")[0], asking, account)

    async def serve(self) -> None:
        """Listen on both sockets until cancelled."""
        try:
            helper = await listen(f"{self._folder}/{HELPER_NAME}", self._account, self._converse)
            agent = await SshAgent(self._asking).start(
                f"{self._folder}/{AGENT_NAME}", self._account
            )
        except OSError as error:  # git asks the person then
            note("git_access_not_served", error=str(error))
            return
        async with helper, agent:
            await asyncio.gather(helper.serve_forever(), agent.serve_forever())

    def prepare(self, desired: Desired) -> None:
        """Tell git and ssh, as the first process of a workspace; a test's stays out of /etc."""
        if os.getpid() != 1:
            return
        if not self._config:
            include()
        if (config := config_of(desired)) != self._config:
            self._config = config
            _write(OWN_CONFIG, config)
        if desired.known_hosts != self._known:
            self._known = desired.known_hosts
            write_known_hosts(desired.known_hosts)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            answer = await self.answer(await reader.readline())
            writer.write(json.dumps(answer).encode() + b"\n")
            await writer.drain()
        except (OSError, ValueError):
            return
        finally:
            writer.close()

    async def answer(self, line: bytes) -> dict[str, str]:
        """Return user name and password, or the reason why there is none."""
        try:
            asked = msgspec.json.decode(line[:_LONGEST], type=CredentialAsked)
            content = await self._asking.ask(GIT_CREDENTIAL_PATH, asked)
            given = msgspec.json.decode(content, type=CredentialGiven)
        except NotGiven as error:
            return {"reason": _REASONS.get(error.status, "no_answer")}
        except msgspec.DecodeError:
            return {"reason": "not_understood"}
        return {"username": given.username, "password": given.password}


def config_of(desired: Desired) -> str:
    """Return git's configuration: the helper, whose the commits are, and that all may be read."""
    if not desired.git_name:
        return _ALWAYS
    name, email = (_quoted(one) for one in (desired.git_name, desired.git_email))
    return f"{_ALWAYS}[user]\n\tname = {name}\n\temail = {email}\n"


def include(path: str = GIT_CONFIG, own: str = OWN_CONFIG) -> None:
    """Let git read our file as well; what the image says beside stays."""
    section = f"[include]\n\tpath = {own}\n"
    try:
        with open(path, "a+") as file:  # noqa: PTH123 - lean start, no pathlib
            os.fchmod(file.fileno(), 0o644)
            file.seek(0)
            before = file.read()
            if section not in before:
                file.write(("" if before.endswith("\n") or not before else "\n") + section)
    except (OSError, UnicodeDecodeError) as error:  # git asks the person then
        note("git_not_told", path=path, error=str(error))


def write_known_hosts(lines: list[str], path: str = KNOWN_HOSTS) -> None:
    """Let ssh know the hosts that the person has accepted."""
    _write(path, "".join(f"{line}\n" for line in lines if "\n" not in line))


def _write(path: str, text: str) -> None:
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)  # noqa: PTH103, PTH120 - lean start, no pathlib
        with open(path, "w") as file:  # noqa: PTH123 - lean start, no pathlib
            os.fchmod(file.fileno(), 0o644)
            file.write(text)
    except OSError as error:  # git and ssh ask the person then
        note("git_not_told", path=path, error=str(error))


def _quoted(text: str) -> str:
    clean = "".join(one for one in text if one.isprintable())
    return '"' + clean.replace("\\", "\\\\").replace('"', '\\"') + '"'
