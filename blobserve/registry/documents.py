"""What the server has written about tokens and images: one small file each, read when it counts.

A file that is gone ends its token with the next request. The folder is on a tmpfs; the server
writes anew what it wants to be there.
"""

import asyncio
from pathlib import Path

from wire.registry import (
    BUILT,
    PULL,
    InstanceImage,
    PushTicket,
    Token,
    decode_image,
    decode_passwords,
    decode_ticket,
    is_document,
)


class Documents:
    """The folder that server and facade share."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def of(self, token: Token) -> PushTicket | InstanceImage | None:
        """Return the document that a token claims, or None when there is none."""
        return await asyncio.to_thread(self.read, token.kind, token.name)

    def passwords(self, instance: str) -> str:
        """Return the passwords of an instance's person, empty for none; see `PullPasswords`."""
        if not is_document(PULL, instance):
            return ""
        try:
            return decode_passwords((self._folder / PULL / f"{instance}.json").read_bytes())
        except OSError:
            return ""

    def read(self, kind: str, name: str) -> PushTicket | InstanceImage | None:
        """Return a document, or None when there is none that can be read."""
        assert is_document(kind, name)
        try:
            body = (self._folder / kind / f"{name}.json").read_bytes()
        except OSError:
            return None
        return decode_ticket(body) if kind == BUILT else decode_image(body)
