"""An OCI image layout on the disk (image-layout.md): blobs by digest, and an index with names.

A blob appears under its digest when it is whole, checked and on the disk. A name appears when
everything that its manifest leads to is there, so that no reader ever sees half an image, and
nothing is removed but under the lock under which names are given. Several processes may use
one layout; each may be killed at any moment.

    oci-layout    index.json    index.lock    blobs/sha256/<hex>    ingest/<what is being written>
"""

import json
import os
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import msgspec
from msgspec import structs

from kit.oci.core.digests import hexadecimal
from kit.oci.core.documents import (
    LARGEST,
    Config,
    Descriptor,
    Index,
    Manifest,
    describe,
    encode,
    read_config,
    read_manifest,
)
from kit.oci.core.media import OCI_INDEX
from kit.oci.core.refusals import Refused
from kit.oci.locking import locked
from kit.oci.writing import Writer, replaced

NAME = "org.opencontainers.image.ref.name"
"""Annotation of an entry of the index: the image's name."""
_MARKER = b'{"imageLayoutVersion":"1.0.0"}'
_EMPTY = Index(2, [], OCI_INDEX)


class Missing(LookupError):
    """A blob or a name is not in the store."""


class Layout:
    """One store. Made by its first use; every method may be called from any thread."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.blobs = folder / "blobs/sha256"
        self.ingest = folder / "ingest"
        self._index = folder / "index.json"

    def make(self) -> None:
        """Make sure that the layout is there."""
        for one in (self.blobs, self.ingest):
            one.mkdir(parents=True, exist_ok=True)
        if not (self.folder / "oci-layout").exists():
            with self.lock():
                if not self._index.exists():
                    replaced(self._index, encode(_EMPTY))
                replaced(self.folder / "oci-layout", _MARKER)

    # --- blobs ---

    def path(self, digest: str) -> Path:
        """Return where a blob is, or would be; raises Refused for what is no digest."""
        return self.blobs / hexadecimal(digest)

    def has(self, digest: str) -> bool:
        """Tell whether a blob is there."""
        return self.path(digest).exists()

    def keep(self, digest: str) -> bool:
        """Tell whether a blob is there, and have it count as new for those who remove old ones."""
        try:
            os.utime(self.path(digest))
        except FileNotFoundError:
            return False
        return True

    def size(self, digest: str) -> int:
        """Return the bytes of a blob; raises Missing."""
        try:
            return self.path(digest).stat().st_size
        except FileNotFoundError as error:
            raise Missing(f"{digest} is not in the store") from error

    def open(self, digest: str) -> BinaryIO:
        """Return a blob's file, to read from any place of it; it outlives its removal."""
        try:
            return self.path(digest).open("rb")
        except FileNotFoundError as error:
            raise Missing(f"{digest} is not in the store") from error

    def read(self, digest: str, limit: int = LARGEST) -> bytes:
        """Return a small blob; raises Missing, and Refused for one of more than `limit` bytes."""
        with self.open(digest) as file:
            content = file.read(limit + 1)
        if len(content) > limit:
            raise Refused(f"{digest} has more than {limit} bytes")
        return content

    def digests(self) -> Iterator[str]:
        """Return every blob that is there."""
        if self.blobs.exists():
            yield from (f"sha256:{one.name}" for one in self.blobs.iterdir())

    def writer(self, expected: Descriptor | None = None, *, limit: int | None = None) -> Writer:
        """Return what takes a new blob piece by piece; see `kit.oci.writing`.

        With a descriptor its digest and size are asserted, and what a broken attempt left is
        gone on from. Without one `limit` bytes are taken at most.
        """
        self.make()
        return Writer(self.ingest, self.blobs, expected, limit)

    def put(
        self, chunks: Iterable[bytes], expected: Descriptor | None = None, limit: int | None = None
    ) -> str:
        """Write a blob and return its digest; raises Refused when it is not the expected one."""
        if expected is not None and self.keep(expected.digest):
            return expected.digest
        with self.writer(expected, limit=limit) as writer:
            writer.restart()
            for chunk in chunks:
                writer.write(chunk)
            return writer.commit()

    def put_bytes(self, content: bytes, media_type: str) -> Descriptor:
        """Write a small blob and return its descriptor."""
        described = describe(content, media_type)
        self.put([content], described)
        return described

    # --- documents ---

    def manifest(self, digest: str, media_type: str = "") -> Manifest | Index:
        """Return a manifest or an index; raises Missing or Refused."""
        return read_manifest(self.read(digest), media_type)

    def image(self, digest: str) -> Manifest:
        """Return the manifest of one platform; raises Missing or Refused, also for an index."""
        found = self.manifest(digest)
        if isinstance(found, Index):
            raise Refused(f"{digest} is an index of images for several platforms")
        return found

    def config(self, manifest: Manifest) -> Config:
        """Return the configuration of a manifest; raises Missing or Refused."""
        return read_config(self.read(manifest.config.digest, manifest.config.size), manifest)

    # --- names ---

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the lock of names and of removals, against other threads and processes."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with locked(self.folder / "index.lock"):
            yield

    def names(self) -> dict[str, Descriptor]:
        """Return name → image."""
        return {one.annotations[NAME]: one for one in self._entries() if NAME in one.annotations}

    def resolve(self, name: str) -> Descriptor | None:
        """Return the image of a name."""
        return self.names().get(name)

    def tag(self, name: str, image: Descriptor) -> None:
        """Give an image a name, of which no other has it then.

        Raises Missing when a part of the image is not in the store. The parts of an index that
        are there count: it may be one of which a single platform was taken.
        """
        self.make()
        with self.lock():
            self._check_whole(image)
            others = [one for one in self._entries() if one.annotations.get(NAME) != name]
            said = {**image.annotations, NAME: name}
            self._write([*others, structs.replace(image, annotations=said)])

    def untag(self, *names: str) -> None:
        """Take names away; those that are not there are no error."""
        with self.lock():
            self.drop(names)

    def drop(self, names: Collection[str]) -> None:
        """Take names away, for whoever holds the lock."""
        self._write([one for one in self._entries() if one.annotations.get(NAME) not in names])

    def blobs_of(self, digest: str) -> set[str]:
        """Return every digest that a manifest or an index leads to, its own included.

        What an index names and is not there is left out. Raises Missing or Refused.
        """
        document = self.manifest(digest)
        if isinstance(document, Manifest):
            return {digest, *(one.digest for one in document.blobs)}
        found = {digest}
        for one in document.manifests:
            if self.has(one.digest) and one.digest not in found:
                found |= {one.digest, *(part.digest for part in self.image(one.digest).blobs)}
        return found

    def _check_whole(self, image: Descriptor) -> None:
        for one in self.blobs_of(image.digest):
            if not self.keep(one):
                raise Missing(f"{one}, a part of {image.digest}, is not in the store")

    def _entries(self) -> list[Descriptor]:
        try:
            return msgspec.json.decode(self._index.read_bytes(), type=Index).manifests
        except FileNotFoundError:
            return []
        except msgspec.DecodeError as error:
            raise Refused(f"{self._index} cannot be read: {error}") from error

    def _write(self, entries: list[Descriptor]) -> None:
        document = structs.replace(_EMPTY, manifests=entries)
        raw = json.dumps(msgspec.to_builtins(document), sort_keys=True, separators=(",", ":"))
        replaced(self._index, raw.encode())
