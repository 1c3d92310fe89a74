"""The file of a backup: tar in zstd; in age besides where there is a passphrase.

Its first member is the manifest, which names every other member with size and digest, in their
order. Whoever reads takes nothing else: no other member, no other size, no other digest. Other
programs open it as well: `zstd -dc FILE | tar x`, with a passphrase `age -d FILE | …`.
"""

import hashlib
import io
import os
import re
import tarfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import msgspec
import zstandard
from msgspec import Struct

from kit.folders import sync_folder

FORMAT = 1
MANIFEST = "manifest.json"
_LARGEST_MANIFEST = 1024 * 1024
_CHUNK = 1024 * 1024
_SEALED = b"age-encryption.org/v1"
_NAME = re.compile(r"[a-z0-9_]+(?:[./-][a-zA-Z0-9_]+)*", re.ASCII)


class Damaged(Exception):
    """It is no whole backup; says what is wrong with it."""


class WrongPassphrase(Exception):
    """It is sealed with another passphrase, or with one at all."""


class Part(Struct, frozen=True):
    """One member: its name, its size in bytes, its SHA-256 in hex."""

    name: str
    size: int
    sha256: str


class Manifest(Struct, frozen=True):
    """What a backup is, and all that is in it."""

    made: float
    """Seconds since 1970."""
    version: str
    """Of the platform: the name of the folder that it ran from."""
    revision: str
    """Of the database's schema."""
    home: str
    """The data folder that it was made of."""
    parts: tuple[Part, ...]
    format: int = FORMAT

    @property
    def size(self) -> int:
        """Bytes of all parts."""
        return sum(one.size for one in self.parts)


class Source(Struct, frozen=True):
    """Where a part's bytes are: in a file that is open, or here."""

    part: Part
    content: BinaryIO | bytes


Take = Callable[[Part], BinaryIO]
"""Opens what a part is written to; whoever calls closes it."""


def source(name: str, content: BinaryIO | bytes) -> Source:
    """Return a part with its digest."""
    digest, size = hashlib.sha256(), 0
    for piece in _pieces(content):
        digest.update(piece)
        size += len(piece)
    return Source(Part(name, size, digest.hexdigest()), content)


def write(target: Path, manifest: Manifest, sources: Sequence[Source], passphrase: str) -> int:
    """Make the file, whole or not at all, readable by its owner alone; returns its size.

    Raises FileExistsError, and OSError for a disk that does not take it.
    """
    if target.exists() or target.is_symlink():
        raise FileExistsError(str(target))
    fresh = target.with_name(f"{target.name}.new")
    fresh.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    try:
        with os.fdopen(os.open(fresh, flags, 0o600), "wb") as file:
            if passphrase:
                whole = io.BytesIO()
                _compress(whole, manifest, sources)
                file.write(_seal(whole.getvalue(), passphrase))
            else:
                _compress(file, manifest, sources)
            file.flush()
            os.fsync(file.fileno())
            size = file.tell()
        fresh.rename(target)
    finally:
        fresh.unlink(missing_ok=True)
    sync_folder(target.parent)
    return size


def read(file: Path, passphrase: str, take: Take | None = None) -> Manifest:
    """Read the whole file and compare every digest; with `take` hand the parts out meanwhile.

    Raises Damaged, WrongPassphrase, and OSError of what a part is written to.
    """
    with file.open("rb") as raw:
        sealed = raw.read(len(_SEALED)) == _SEALED
        raw.seek(0)
        if sealed != bool(passphrase):
            raise WrongPassphrase("It has a passphrase." if sealed else "It has no passphrase.")
        stream = io.BytesIO(_unseal(raw.read(), passphrase)) if sealed else raw
        try:
            with zstandard.ZstdDecompressor().stream_reader(stream) as plain:
                manifest = _unpack(plain, take)
                while plain.read(_CHUNK):  # to its end, where its checksum is compared
                    pass
                return manifest
        except (zstandard.ZstdError, tarfile.TarError, EOFError) as error:
            raise Damaged(f"It cannot be read to its end: {error}") from error


def is_sealed(file: Path) -> bool:
    """Tell whether it needs a passphrase."""
    with file.open("rb") as raw:
        return raw.read(len(_SEALED)) == _SEALED


def _compress(file: BinaryIO, manifest: Manifest, sources: Sequence[Source]) -> None:
    compressor = zstandard.ZstdCompressor(level=9, write_checksum=True)
    with (
        compressor.stream_writer(file, closefd=False) as packed,
        tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as tar,
    ):
        text = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
        _add(tar, MANIFEST, len(text), manifest.made, io.BytesIO(text))
        for one in sources:
            content = one.content
            stream = io.BytesIO(content) if isinstance(content, bytes) else content
            stream.seek(0)
            _add(tar, one.part.name, one.part.size, manifest.made, stream)


def _add(tar: tarfile.TarFile, name: str, size: int, made: float, content: BinaryIO) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode, member.mtime = size, 0o600, int(made)
    tar.addfile(member, content)


def _unpack(plain: BinaryIO, take: Take | None) -> Manifest:
    with tarfile.open(fileobj=plain, mode="r|") as tar:
        members = iter(tar)
        with _member(tar, members, MANIFEST) as (size, content):
            if size > _LARGEST_MANIFEST:
                raise Damaged("Its manifest is too large.")
            manifest = _manifest(content.read())
        for part in manifest.parts:
            with _member(tar, members, part.name) as (size, content):
                if size != part.size:
                    raise Damaged(f"{part.name} has {size} bytes, not {part.size}.")
                _copy(content, part, take)
        if next(members, None) is not None:
            raise Damaged("There is more in it than its manifest says.")
    return manifest


@contextmanager
def _member(
    tar: tarfile.TarFile, members: Iterator[tarfile.TarInfo], name: str
) -> Iterator[tuple[int, BinaryIO]]:
    found = next(members, None)
    if found is None or found.name != name or not found.isreg():
        raise Damaged(f"{name} is not where it should be.")
    content = tar.extractfile(found)
    assert content is not None, "it is a file"
    yield found.size, content  # type: ignore[misc]  # it reads bytes, whatever else it can


def _manifest(text: bytes) -> Manifest:
    try:
        number = msgspec.json.decode(text, type=_Format).format
        if number != FORMAT:
            raise Damaged(f"Its format is {number}, and this Podium reads {FORMAT}.")
        manifest = msgspec.json.decode(text, type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Damaged(f"Its manifest cannot be read: {error}") from error
    names = [one.name for one in manifest.parts]
    odd = [name for name in names if not _NAME.fullmatch(name)]
    if odd or len(set(names)) != len(names):
        raise Damaged(f"Its manifest names what cannot be: {', '.join(odd) or 'a part twice'}.")
    return manifest


class _Format(Struct):
    format: int


def _copy(content: BinaryIO, part: Part, take: Take | None) -> None:
    digest = hashlib.sha256()
    target = None if take is None else take(part)
    try:
        for piece in _pieces(content):
            digest.update(piece)
            if target is not None:
                target.write(piece)
        if target is not None:
            target.flush()
            os.fsync(target.fileno())
    finally:
        if target is not None:
            target.close()
    if digest.hexdigest() != part.sha256:
        raise Damaged(f"{part.name} is not what was written.")


def _pieces(content: BinaryIO | bytes) -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield content
        return
    while piece := content.read(_CHUNK):
        yield piece


def _seal(content: bytes, passphrase: str) -> bytes:
    import pyrage  # noqa: PLC0415 - only who has a passphrase waits for it

    sealed: bytes = pyrage.passphrase.encrypt(content, passphrase)
    return sealed


def _unseal(content: bytes, passphrase: str) -> bytes:
    import pyrage  # noqa: PLC0415 - as above

    try:
        opened: bytes = pyrage.passphrase.decrypt(content, passphrase)
    except pyrage.DecryptError as error:
        raise WrongPassphrase(f"It does not open with this passphrase: {error}") from error
    return opened
