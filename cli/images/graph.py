"""Which parts are to be built, and in which order: pure.

The key of a part is what it is made of: its own inputs, and what came out of the parts that it
needs. So a part that was built anew and came out the same is no reason to build another.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cli.setup.digests import digest


class CircularError(Exception):
    """Parts need each other, or one that is none; says which."""


@dataclass(frozen=True, slots=True)
class Part:
    """Something that is built once for what it is made of."""

    name: str
    inputs: Mapping[str, bytes]
    needs: tuple[str, ...] = ()
    """Names of parts."""


def ordered(parts: Iterable[Part]) -> list[Part]:
    """Return the parts so that each comes after what it needs, by name otherwise.

    Raises CircularError.
    """
    waiting = {part.name: part for part in parts}
    found: dict[str, Part] = {}
    while waiting:
        ready = sorted(name for name, part in waiting.items() if set(part.needs) <= set(found))
        if not ready:
            raise CircularError(", ".join(sorted(waiting)))
        found |= {name: waiting.pop(name) for name in ready}
    return list(found.values())


def key(part: Part, outputs: Mapping[str, str]) -> str:
    """Return the name of a part's result; `outputs` has what came out of each part it needs."""
    before = {f"part {name}": outputs[name].encode() for name in part.needs}
    return digest({**{f"input {name}": text for name, text in part.inputs.items()}, **before})
