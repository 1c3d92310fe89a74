"""What is laid above a base: folders of set-up as layers, and images of the store."""

import asyncio
import re
from pathlib import Path

import structlog

from blobserve.core.faults import Fault
from blobserve.core.laid import Addition, Layer, addition
from blobserve.registry.contents import Content
from blobserve.registry.reading import of_layout
from blobserve.registry.trees import Tree
from kit.oci.core.documents import Descriptor
from kit.oci.core.media import OCI_LAYER
from kit.oci.core.references import parse
from kit.oci.core.refusals import Refused
from kit.oci.layout import Layout as Store
from kit.oci.layout import Missing
from wire.layout import Layout

_TREE = re.compile(r"(supervisor|ide)/([0-9a-z]{8,64})", re.ASCII)
_INSIDE = {"supervisor": ".supervisor", "ide": "ide"}
"""Kind of a folder of set-up → its place in a workspace."""
_log = structlog.get_logger(__name__)


class Additions:
    """Finds what the documents of instances name, and keeps what it has found."""

    def __init__(self, layout: Layout, store: Store) -> None:
        self._layout = layout
        self._store = store
        self._trees: dict[str, tuple[Tree, str]] = {}
        self._blobs: dict[str, str] = {}
        """Digest of a tree's tar → name of the tree."""
        self._hashing = asyncio.Lock()

    async def get(self, name: str) -> Addition:
        """Return one addition; raises Fault when it is not here."""
        match = _TREE.fullmatch(name)
        if match is None:
            return await asyncio.to_thread(self._of_store, name)
        tree, digest = await self._tree(name)
        described = Descriptor(OCI_LAYER, digest, tree.size)
        return Addition([Layer(described, digest, f"podium {name}")])

    async def blob(self, digest: str) -> Content:
        """Return a layer that `get` has named; raises Fault."""
        name = self._blobs.get(digest)
        if name is not None:
            return (await self._tree(name))[0]
        return of_layout(self._store, digest)

    def _of_store(self, name: str) -> Addition:
        try:
            found = self._store.resolve(parse(name).key)
            manifest = self._store.image(found.digest) if found else None
            config = self._store.config(manifest) if manifest else None
        except (Missing, Refused) as error:
            raise Fault.manifest_unknown(f"{name}: {error}") from error
        if manifest is None or config is None:
            raise Fault.manifest_unknown(name)
        try:
            return addition(manifest, config, name)
        except ValueError as error:  # Refused, and a label that is no number
            raise Fault.manifest_invalid(f"{name}: {error}") from error

    async def _tree(self, name: str) -> tuple[Tree, str]:
        if name not in self._trees:
            # hashing one takes a second or two of a core: one at a time, and once
            async with self._hashing:
                if name not in self._trees:
                    self._trees[name] = await self._read(name)
                    self._blobs[self._trees[name][1]] = name
        return self._trees[name]

    async def _read(self, name: str) -> tuple[Tree, str]:
        kind, _, digest = name.partition("/")
        found = self._layout.supervisor_bundle if kind == "supervisor" else self._layout.ide_tree
        folder = Path(found(digest))
        try:
            tree = await asyncio.to_thread(Tree, folder, _INSIDE[kind])
            hashed = await tree.digest()
        except (OSError, ValueError) as error:
            raise Fault.manifest_unknown(f"{name}: {error}") from error
        _log.info("tree_layer", tree=name, digest=hashed, bytes=tree.size)
        return tree, hashed
