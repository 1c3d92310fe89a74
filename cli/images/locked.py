"""What a lock file pins: pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)==([^\s;\\]+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Pin:
    """One library of the lock."""

    name: str
    version: str
    hashes: tuple[str, ...]
    """SHA-256 of each of its files, in hexadecimal."""

    @property
    def line(self) -> str:
        """The pin as a line of a lock."""
        marks = "".join(f" \\\n    --hash=sha256:{one}" for one in self.hashes)
        return f"{self.name}=={self.version}{marks}\n"


def pins(lock: str) -> dict[str, Pin]:
    """Return name → pin of everything in a lock. Raises ValueError for one without hashes."""
    found = {}
    for entry in lock.replace("\\\n", " ").splitlines():
        match = _PIN.match(entry)
        if match is None:
            continue
        hashes = tuple(_HASH.findall(entry))
        if not hashes:
            raise ValueError(f"{match[1]} is locked without a hash")
        found[match[1]] = Pin(match[1], match[2], hashes)
    return found


def only(lock: str, names: Iterable[str]) -> list[Pin]:
    """Return the pins of these libraries, by name. Raises ValueError for one that is not locked."""
    there, wanted = pins(lock), sorted(set(names))
    missing = [name for name in wanted if name not in there]
    if missing:
        raise ValueError(f"not in the lock: {', '.join(missing)}")
    return [there[name] for name in wanted]
