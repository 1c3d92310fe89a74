"""Images that were built: in the facade's store on this machine, or where the facade keeps them."""

import asyncio
from pathlib import Path

from app.images.facade import FacadeClient, NotToBeHad
from kit.oci.core.digests import is_digest
from kit.oci.core.documents import LARGEST
from kit.oci.core.media import OCI_MANIFEST
from kit.oci.core.refusals import Refused
from kit.oci.layout import Layout
from wire.registry import BUILT, LATEST

_NOBODY = ""
"""What was built here needs nobody's password."""


class Shelf:
    """Reads the layout, which is the facade's to write, and asks the facade for what is not in it.

    Without a facade nobody is asked.
    """

    def __init__(self, folder: Path, facade: FacadeClient | None = None) -> None:
        self._layout = Layout(folder)
        self._facade = facade

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
        return "" if self._facade is None else self._elsewhere(self._facade, key)

    def _elsewhere(self, facade: FacadeClient, key: str) -> str:
        target = f"/v2/{BUILT}/{key}/manifests/{LATEST}"
        try:
            found = facade.get(target, _NOBODY, LARGEST, OCI_MANIFEST)
        except NotToBeHad:
            return ""  # it is built here then
        return found.digest if is_digest(found.digest) else ""
