"""Images that were built, in the facade's store on this machine."""

import asyncio
from pathlib import Path

from kit.oci.core.refusals import Refused
from kit.oci.layout import Layout
from wire.registry import BUILT, LATEST


class Shelf:
    """Reads the layout; it is the facade's to write."""

    def __init__(self, folder: Path) -> None:
        self._layout = Layout(folder)

    async def digest_of(self, key: str) -> str:
        """Return the digest of the image that was built under a key, empty for none."""
        return await asyncio.to_thread(self._digest_of, key)

    def _digest_of(self, key: str) -> str:
        for name in (f"{BUILT}/{key}", f"{BUILT}/{key}:{LATEST}"):
            try:
                found = self._layout.resolve(name)
            except (OSError, Refused):
                return ""
            if found is not None:
                return found.digest
        return ""
