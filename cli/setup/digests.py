"""Digests of artefacts: the same inputs give the same name, any change another one."""

from collections.abc import Mapping
from hashlib import sha256

DIGEST_LENGTH = 20


def digest(parts: Mapping[str, bytes]) -> str:
    """Return the name for named inputs, whatever their order."""
    total = sha256()
    for name, content in sorted(parts.items()):
        total.update(f"{len(name)}:{name}:{len(content)}:".encode())
        total.update(content)
    return total.hexdigest()[:DIGEST_LENGTH]


def listed(text: str) -> list[str]:
    """Return the lines of a list file without comments and blanks."""
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    return [line for line in lines if line]
