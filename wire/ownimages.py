"""The installation's own images in its store: what set-up has built, as OCI images.

    podium/code:<tree>        podium/code:1.139.1        the same image by two tags

What V8 has compiled ahead of a start stays out of VS Code's: it is of one processor, and of other
bytes in each build; a start from the image compiles by itself.

The tag that is the name of a folder of set-up (ADR 1) never means another image; that of a
version means what was built last. What is laid above a base is named by kind and folder,
`ide/<tree>`, whether its image is in the store or not.
"""

import re
from dataclasses import dataclass
from types import MappingProxyType

OWN = "podium"
"""First part of their names; no host, which would have a dot or a port."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A folder of set-up that a workspace shows."""

    image: str
    """Name of its image, behind `podium/`."""
    inside: str
    """Its place in a workspace."""
    without: tuple[str, ...] = ()
    """Paths in the folder that no image has: what a build makes in other bytes each time."""


ABOVE = MappingProxyType(
    {
        "supervisor": Shown("supervisor", ".supervisor"),
        "ide": Shown("code", "ide", ("vscode/out/compiled",)),
        "jupyterlab": Shown("jupyterlab", "ides/jupyterlab"),
    }
)
"""Kind → what is laid above a base."""
ROOTS = ("default", "full")
"""Names of the images that are a whole root file system."""
_NAMES = frozenset({*ROOTS, *(one.image for one in ABOVE.values())})
_TREE = re.compile(rf"({'|'.join(ABOVE)})/([0-9a-z]{{8,64}})", re.ASCII)


def own_name(image: str, tag: str) -> str:
    """Return how the store calls one of them."""
    return f"{OWN}/{image}:{tag}"


def is_own(name: str) -> bool:
    """Tell whether a name without its tag is one of theirs."""
    first, _, rest = name.partition("/")
    return first == OWN and rest in _NAMES


def above(kind: str, tree: str) -> str:
    """Return what documents of instances call a tree that is laid above a base."""
    return f"{kind}/{tree}"


def read_above(name: str) -> tuple[Shown, str] | None:
    """Return what is shown and which tree it is; None for the name of something else."""
    match = _TREE.fullmatch(name)
    return (ABOVE[match[1]], match[2]) if match else None
