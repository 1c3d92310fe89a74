"""Workspace and instance ids.

A workspace id has Gitpod's shape (`amber-otter-4k2hw9xz1q`), so that links and
tools that know that shape keep working. An instance id is `<workspace>.<n>`,
where n counts the starts of the workspace and serves as the fencing number.
"""

import re
from dataclasses import dataclass

_WORKSPACE = re.compile(r"[0-9a-z]{2,16}-[0-9a-z]{2,16}-[0-9a-z]{8,11}", re.ASCII)
_NUMBER = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)

_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"
_ADJECTIVES = (
    "amber",
    "aqua",
    "azure",
    "beige",
    "black",
    "blue",
    "bronze",
    "brown",
    "coral",
    "crimson",
    "cyan",
    "fuchsia",
    "gold",
    "gray",
    "green",
    "indigo",
    "ivory",
    "jade",
    "lime",
    "magenta",
    "maroon",
    "olive",
    "orange",
    "peach",
    "pink",
    "plum",
    "purple",
    "red",
    "rose",
    "silver",
    "teal",
    "violet",
)
_NOUNS = (
    "ant",
    "badger",
    "bear",
    "beaver",
    "bee",
    "bird",
    "bison",
    "cat",
    "crane",
    "deer",
    "dog",
    "eagle",
    "falcon",
    "finch",
    "fish",
    "fox",
    "frog",
    "heron",
    "ibex",
    "koala",
    "lark",
    "lion",
    "lynx",
    "mole",
    "moose",
    "otter",
    "owl",
    "panda",
    "raven",
    "robin",
    "seal",
    "wolf",
)


@dataclass(frozen=True, slots=True)
class InstanceId:
    """One start of a workspace: `workspace` and `n` ≥ 1."""

    workspace: str
    n: int

    def __str__(self) -> str:
        return f"{self.workspace}.{self.n}"


def is_workspace_id(text: str) -> bool:
    """Tell whether the text is a workspace id, whole and in lower case."""
    return _WORKSPACE.fullmatch(text) is not None


def parse_instance_id(text: str) -> InstanceId | None:
    """Return the instance id that the text spells, or None."""
    workspace, dot, number = text.rpartition(".")
    if not dot or not is_workspace_id(workspace) or _NUMBER.fullmatch(number) is None:
        return None
    return InstanceId(workspace, int(number))


def workspace_id_from(entropy: bytes) -> str:
    """Spell a workspace id from at least 9 random bytes.

    The last part carries 50 bits, so that an id cannot be guessed; the words
    only help people to tell their workspaces apart.
    """
    assert len(entropy) >= 9
    number = int.from_bytes(entropy[2:], "big")
    tail = ""
    for _ in range(10):
        number, digit = divmod(number, len(_ALPHABET))
        tail += _ALPHABET[digit]
    return f"{_ADJECTIVES[entropy[0] % 32]}-{_NOUNS[entropy[1] % 32]}-{tail}"
