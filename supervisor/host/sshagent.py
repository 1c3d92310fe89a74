"""The workspace's ssh agent: a socket of the person's, behind which the server signs.

No key is in the workspace. Who may open the socket may sign in as the person, as with any
agent; once the repository is not trusted any more, the server refuses and the list is empty.
"""

import asyncio
import struct

import msgspec

from supervisor.core.sshagent import (
    FAILED,
    LARGEST,
    ListKeys,
    Sign,
    keys_answer,
    parse,
    signature_answer,
)
from supervisor.host.asking import Asking, NotGiven, listen
from supervisor.host.processes import Account
from wire.agentgit import (
    SSH_KEY_PATH,
    SSH_SIGNATURE_PATH,
    SignatureAsked,
    SignatureGiven,
    SshKeyGiven,
)

COMMENT = "podium"


class SshAgent:
    """Answers ssh; `asking` is the way to the server."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking

    async def start(self, path: str, account: Account) -> asyncio.Server:
        """Listen; the socket is the person's alone."""
        return await listen(path, account, self._converse)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                (length,) = struct.unpack(">I", await reader.readexactly(4))
                if not 0 < length <= LARGEST:
                    return
                writer.write(await self._answer(await reader.readexactly(length)))
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()

    async def _answer(self, message: bytes) -> bytes:
        try:
            match parse(message):
                case ListKeys():
                    content = await self._asking.ask(SSH_KEY_PATH)
                    public = msgspec.json.decode(content, type=SshKeyGiven).public
                    return keys_answer(public, COMMENT)
                case Sign(key, data):
                    asked = SignatureAsked(key=key, data=data)
                    content = await self._asking.ask(SSH_SIGNATURE_PATH, asked)
                    given = msgspec.json.decode(content, type=SignatureGiven)
                    return signature_answer(given.signature)
                case None:
                    return FAILED
        except (NotGiven, msgspec.DecodeError):
            return keys_answer("", "") if parse(message) == ListKeys() else FAILED
