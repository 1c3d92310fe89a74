"""Layers put together to an image by buildah, and the image into an OCI layout.

Each run has a store of its own, which goes with it: what is kept is kept by the graph.
"""

import hashlib
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cli.setup.progress import Step
from kit.oci.trees import Tree

_NO_DAY = "0"
"""Of every file and of the image itself."""


@dataclass(frozen=True, slots=True)
class Running:
    """How a container of an image begins."""

    user: str = ""
    command: Sequence[str] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)


def write_layer(tree: Tree, to: Path) -> str:
    """Write a tree's tar; return its digest."""
    found = hashlib.sha256()
    with to.open("wb") as file:
        for piece in tree.read(0, tree.size):
            found.update(piece)
            file.write(piece)
    return f"sha256:{found.hexdigest()}"


@contextmanager
def store(beside: Path) -> Iterator[list[str]]:
    """Give the beginning of buildah's commands on a store that is removed at the end."""
    with tempfile.TemporaryDirectory(dir=beside, prefix=".store-") as folder:
        place = ["--root", f"{folder}/root", "--runroot", f"{folder}/run"]
        yield ["buildah", *place, "--storage-driver", "vfs"]


def make(step: Step, layers: Sequence[Path], running: Running, layout: Path) -> None:
    """Make an image of plain tars, the lowest first, in a new OCI layout."""
    with store(layout.parent) as buildah:
        below = "scratch"
        for number, layer in enumerate(layers):
            name = f"layer-{number}"
            last = number == len(layers) - 1
            step.run([*buildah, "from", "--name", name, "--pull-never", below])
            step.run([*buildah, "add", "-q", name, str(layer), "/"])
            if last:
                step.run([*buildah, "config", *words(running), name])
            below = f"oci:{layout}:latest" if last else f"localhost/{name}"
            pressed = f"--disable-compression={'false' if last else 'true'}"
            commit = ["commit", "-q", pressed, "--format", "oci", "--timestamp", _NO_DAY]
            step.run([*buildah, *commit, name, below])


def words(running: Running) -> list[str]:
    """Return the options of `buildah config`, in an order of their own."""
    found = ["--workingdir", "/"]
    found += ["--user", running.user] if running.user else []
    found += ["--cmd", ""] if not running.command else []
    found += ["--entrypoint", "[]"]
    found += ["--cmd", " ".join(running.command)] if running.command else []
    for name, value in sorted(running.environment.items()):
        found += ["--env", f"{name}={value}"]
    for name, value in sorted(running.labels.items()):
        found += ["--label", f"{name}={value}"]
    return found


def digest_of(layout: Path) -> str:
    """Return the digest of the one image of a layout."""
    index = json.loads((layout / "index.json").read_text())
    return str(index["manifests"][0]["digest"])


def compressed(layout: Path) -> int:
    """Return the bytes that whoever pulls the image of a layout gets."""
    manifest = json.loads(_blob(layout, digest_of(layout)).read_text())
    return sum(int(layer["size"]) for layer in manifest["layers"])


def _blob(layout: Path, digest: str) -> Path:
    return layout / "blobs/sha256" / digest.removeprefix("sha256:")
