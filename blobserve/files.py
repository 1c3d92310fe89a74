"""Answers to requests for files of the store's images, warm or cold."""

import asyncio
import time
from pathlib import Path

import structlog

from blobserve.core import inline
from blobserve.core.catalogue import Catalogue, Entry
from blobserve.core.compose import Piece
from blobserve.core.encodings import SUFFIXES
from blobserve.core.replies import KEPT, Asked, Reply, answer, refuse
from blobserve.store.stored import Opened, Stored
from blobserve.store.variants import Variants
from kit.oci.core.failures import Failure, NotFound
from kit.oci.core.references import Reference
from kit.oci.core.refusals import Refused
from kit.oci.layout import Missing

_log = structlog.get_logger(__name__)
_ASKED_AGAIN = "public, no-cache"
"""A tag may mean another image tomorrow: what it leads to is kept, and asked for each time."""
_NOBODY_ELSES = "no-store"
_TRIES = 2


class Files:
    """Files of the images that the catalogue has."""

    def __init__(self, stored: Stored, catalogue: Catalogue, variants: Variants) -> None:
        self._stored, self._catalogue, self._variants = stored, catalogue, variants
        self.counts = variants.counts

    async def load_ahead(self) -> None:
        """Open the images that the catalogue wants to be there before anybody asks."""
        for reference in self._catalogue.ahead():
            try:
                await self._stored.image(reference)
            except (Failure, Refused, Missing, OSError) as error:
                _log.warning("not_loaded_ahead", image=str(reference), detail=str(error))

    async def reply(self, asked: Asked, reference: Reference, path: str) -> Reply:
        """Return the answer for a file."""
        entry = self._catalogue.find(reference)
        if entry is None:
            return refuse(403, "Images of this repository are not served.")
        name = entry.file(path or "index.html")
        kept = KEPT if reference.digest else _ASKED_AGAIN
        for last in range(1, _TRIES + 1):
            try:
                return await self._reply(asked, reference, entry, name, kept)
            except (Missing, FileNotFoundError) as error:
                if last < _TRIES and not isinstance(error, Missing):
                    continue
                return refuse(404, "There is no such image.")
            except NotFound:
                return refuse(404, "There is no such image.")
            except (Failure, Refused) as error:
                _log.warning("image_not_served", image=str(reference), detail=str(error))
                return refuse(502, f"The image could not be got: {error}.")
            except OSError as error:
                _log.error("image_not_kept", image=str(reference), detail=str(error))
                return refuse(503, "There is no room for the image just now.", Retry_After="60")
        return refuse(404, "There is no such image.")

    async def _reply(
        self, asked: Asked, reference: Reference, entry: Entry, name: str, kept: str
    ) -> Reply:
        image = self._stored.warm(reference)
        self.counts.add("found", "warm" if image is not None else "cold")
        image = image or await self._stored.image(reference)
        try:
            if image.files is None:
                # of an image that is not known yet the file alone counts: its variants would
                # have to be looked for in layers that are still to come
                found = await image.find(name)
                files = {name: found} if found is not None else {}
            else:
                files = image.files
                found = files.get(name)
            if found is not None:
                _is_there(found)
        except (Missing, FileNotFoundError):
            self._stored.forget(image)
            raise FileNotFoundError(name) from None
        if asked.inline and entry.inline and found is not None and inline.is_page(name):
            return await _page(asked, entry, found, name)
        if found is not None:
            self._vary(asked, image, name, found)
        return answer(asked, files, image.better, name, kept)

    def _vary(self, asked: Asked, image: Opened, name: str, found: Piece) -> None:
        """Take up a variant that was made, or have one made for the next one who asks."""
        if image.files is None or any(name + one in image.files for one in SUFFIXES.values()):
            return
        made = self._variants.of(asked, found, name, time.time())
        for suffix in SUFFIXES.values():
            image.better.pop(name + suffix, None)
        image.better.update({name + suffix: piece for suffix, piece in made.items()})


def _is_there(piece: Piece) -> None:
    """Raise FileNotFoundError for a file that has left the disk."""
    Path(piece.blob).stat()


async def _page(asked: Asked, entry: Entry, found: Piece, name: str) -> Reply:
    if found.size > inline.LARGEST:
        return refuse(500, "The page is too large to replace texts in it.")
    try:
        values = inline.read_values(asked.inline)
    except Refused as error:
        return refuse(400, f"{error}.")
    page = inline.replaced(await asyncio.to_thread(_read, found), entry.inline, values)
    plain = answer(Asked(asked.method), {name: found}, {}, name, _NOBODY_ELSES)
    headers = {
        key: one for key, one in plain.headers.items() if key not in {"ETag", "Accept-Ranges"}
    }
    return Reply(200, headers, content=page)


def _read(piece: Piece) -> bytes:
    with Path(piece.blob).open("rb") as file:
        file.seek(piece.start)
        return file.read(piece.size)
