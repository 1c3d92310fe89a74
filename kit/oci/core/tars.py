"""Where in a tar each member lies, read as the bytes come (POSIX ustar and pax, GNU's long names).

Only headers are kept, each within limits: what an archive says of itself is never a reason to
allocate. Names are read and not followed; what they may mean is the reader's to decide.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from kit.oci.core.refusals import Refused

BLOCK = 512
MOST_MEMBERS = 2_000_000
_LONGEST_NAME = 4096
_LARGEST_SAID = 1 << 20
"""Bytes of a pax header or of a long name."""
_LARGEST = 1 << 40
_ZEROS = bytes(BLOCK)
_PAX, _PAX_FOR_ALL, _LONG_NAME, _LONG_LINK, _SPARSE = b"x", b"g", b"L", b"K", b"S"
_WITHOUT_CONTENT = frozenset({b"1", b"2", b"3", b"4", b"5", b"6"})
_HAS_MAP, _MAP_GOES_ON = 482, 504
"""Bytes of a sparse file's header, and of each block of its map, that tell whether one follows."""
_SAYING = frozenset({_PAX, _PAX_FOR_ALL, _LONG_NAME, _LONG_LINK})


class Kind(StrEnum):
    """What a member is."""

    FILE = "file"
    HARD_LINK = "hard link"
    LINK = "link"
    OTHER = "other"
    """A folder, a device, a pipe; also a sparse file, whose bytes do not lie together."""


_KINDS = {b"0": Kind.FILE, b"\0": Kind.FILE, b"7": Kind.FILE, b"1": Kind.HARD_LINK, b"2": Kind.LINK}


@dataclass(frozen=True, slots=True)
class Member:
    """A member, whose content is `size` bytes from `start` on."""

    name: str
    """As it is written, without a slash at its end."""
    kind: Kind
    start: int
    size: int
    target: str = ""
    """Of a link."""


class Walker:
    """Takes an archive from its first byte on, in pieces of any size.

    `jump` instead of `feed` tells that bytes were left out: as many as `skippable` at most.
    """

    def __init__(self) -> None:
        self.position = 0
        """Bytes that were taken."""
        self.ended = False
        """Its end was marked; more is padding."""
        self._members = 0
        self._held = bytearray()
        self._wanted = BLOCK
        self._skip = 0
        self._saying: tuple[bytes, int] | None = None
        self._said: dict[str, str] = {}
        self._zeros = 0
        self._mapped: int | None = None
        """Bytes of a sparse file that come when its map, longer than a header, has ended."""

    @property
    def skippable(self) -> int:
        """Bytes until the next header: content that is not read."""
        return 0 if self._held else self._skip

    @property
    def between(self) -> bool:
        """Whether an archive may end here."""
        whole = not self._held and not self._skip and self._mapped is None
        return self.ended or (whole and self._saying is None)

    def jump(self, count: int) -> None:
        """Leave out bytes."""
        assert count <= self.skippable
        self._skip -= count
        self.position += count

    def feed(self, chunk: bytes) -> Iterator[Member]:
        """Give the members whose headers have come; raises Refused for what is no tar."""
        place = 0
        while place < len(chunk):
            if self.ended:
                self.position += len(chunk) - place
                return
            if self._skip:
                step = min(self._skip, len(chunk) - place)
                self._skip -= step
            else:
                step = min(self._wanted - len(self._held), len(chunk) - place)
                self._held += chunk[place : place + step]
            place += step
            self.position += step
            if not self._skip and len(self._held) == self._wanted:
                block = bytes(self._held)
                self._held.clear()
                if self._saying is not None:
                    self._keep(block, *self._saying)
                elif (member := self._header(block)) is not None:
                    yield member

    def _header(self, block: bytes) -> Member | None:
        if self._mapped is not None:
            if not block[_MAP_GOES_ON]:
                self._skip, self._mapped = self._mapped, None
            return None
        if block == _ZEROS:
            self._zeros += 1
            self.ended = self._zeros == 2
            return None
        self._zeros = 0
        _check_sum(block)
        size, flag = _number(block[124:136]), block[156:157]
        if flag in _SAYING:
            if not 0 < size <= _LARGEST_SAID:
                raise Refused(f"the layer has a header of {size} bytes")
            self._saying = flag, size
            self._wanted = _padded(size)
            return None
        return self._member(block, size, flag)

    def _member(self, block: bytes, size: int, flag: bytes) -> Member:
        said, self._said = self._said, {}
        self._members += 1
        if self._members > MOST_MEMBERS:
            raise Refused(f"the layer has more than {MOST_MEMBERS} members")
        kind = _KINDS.get(flag, Kind.OTHER)
        if flag == _SPARSE or any(one.startswith("GNU.sparse.") for one in said):
            kind = Kind.OTHER
        if "size" in said:
            size = _decimal(said["size"])
        if flag in _WITHOUT_CONTENT:
            size = 0
        if not 0 <= size <= _LARGEST:
            raise Refused(f"the layer has a member of {size} bytes")
        name = said.get("path") or _name(block)
        target = said.get("linkpath") or _text(block[157:257])
        for one in (name, target):
            if len(one) > _LONGEST_NAME:
                raise Refused("the layer has a name of more than 4096 characters")
        self._skip = _padded(size)
        if flag == _SPARSE and block[_HAS_MAP]:
            self._skip, self._mapped = 0, self._skip
        is_link = kind in {Kind.HARD_LINK, Kind.LINK}
        return Member(name.rstrip("/"), kind, self.position, size, target if is_link else "")

    def _keep(self, block: bytes, flag: bytes, size: int) -> None:
        """Keep what a header says of the member that follows."""
        self._saying, self._wanted = None, BLOCK
        body = block[:size]
        if flag == _LONG_NAME:
            self._said["path"] = _text(body)
        elif flag == _LONG_LINK:
            self._said["linkpath"] = _text(body)
        elif flag == _PAX:
            self._said.update(_pax(body))
        # what is said for all members that follow are times and comments; never names or sizes


def _pax(body: bytes) -> Iterator[tuple[str, str]]:
    """Give records of `<length> <key>=<value>` and a line's end (POSIX pax, extended header)."""
    while body and body != bytes(len(body)):
        length, space, _ = body[:20].partition(b" ")
        if not space or not length.isdigit() or not len(length) + 3 < int(length) <= len(body):
            raise Refused("the layer has a pax header that cannot be read")
        record, body = body[len(length) + 1 : int(length)], body[int(length) :]
        key, equals, value = record.partition(b"=")
        if not equals or not value.endswith(b"\n"):
            raise Refused("the layer has a pax header that cannot be read")
        yield _text(key), _text(value[:-1])


def _check_sum(block: bytes) -> None:
    """Raise Refused unless a header's sum is right (unsigned bytes, its own field as spaces)."""
    if _number(block[148:156]) != sum(block) - sum(block[148:156]) + 8 * 32:
        raise Refused("the layer is no tar, or is damaged")


def _name(block: bytes) -> str:
    name, prefix = _text(block[:100]), block[345:500]
    if block[257:263] != b"ustar\0":  # GNU's own format has other things in that place
        return name
    folder = _text(prefix)
    return f"{folder}/{name}" if folder else name


def _text(field: bytes) -> str:
    return field.partition(b"\0")[0].decode("utf-8", "surrogateescape")


def _number(field: bytes) -> int:
    """Return a number in octal, or in GNU's base 256."""
    if field[:1] in {b"\x80", b"\xff"}:
        if field[0] == 0xFF:
            raise Refused("the layer has a negative size")
        return int.from_bytes(field[1:], "big")
    text = field.partition(b"\0")[0].strip(b" ")
    if text and not set(text) <= set(b"01234567"):
        raise Refused("the layer has a header without a number where one must be")
    return int(text or b"0", 8)


def _decimal(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        raise Refused("the layer has a pax header without a number where one must be")
    return int(text)


def _padded(size: int) -> int:
    return -(-size // BLOCK) * BLOCK
