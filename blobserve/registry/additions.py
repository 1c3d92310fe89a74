"""What is laid above a base: folders of set-up as layers, and images of the store."""

import asyncio
from pathlib import Path

import structlog

from blobserve.core.faults import Fault
from blobserve.core.laid import Addition, Layer, addition
from blobserve.registry.contents import Content, OfTree
from blobserve.registry.reading import of_layout
from kit.oci.core.documents import Descriptor
from kit.oci.core.media import OCI_LAYER
from kit.oci.core.references import parse
from kit.oci.core.refusals import Refused
from kit.oci.layout import Layout as Store
from kit.oci.layout import Missing
from kit.oci.trees import Tree
from wire.layout import Layout
from wire.ownimages import Shown, own_name, read_above

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
        """Return one addition; raises Fault when it is not here.

        A tree's image is taken from the store where it is; else its layer, which is the same one,
        is made of the folder that set-up has built.
        """
        found = read_above(name)
        if found is None:
            return await asyncio.to_thread(self._of_store, parsed(name), name)
        shown, digest = found
        own = own_name(shown.image, digest)
        if await asyncio.to_thread(self._store.resolve, own) is not None:
            return await asyncio.to_thread(self._of_store, own, f"podium {name}")
        tree, hashed = await self._tree(name, shown, digest)
        described = Descriptor(OCI_LAYER, hashed, tree.size)
        return Addition([Layer(described, hashed, f"podium {name}")])

    async def blob(self, digest: str) -> Content:
        """Return a layer that `get` has named; raises Fault."""
        name = self._blobs.get(digest)
        if name is not None and name in self._trees:
            return OfTree(self._trees[name][0])
        return of_layout(self._store, digest)

    def _of_store(self, key: str, made_by: str) -> Addition:
        try:
            found = self._store.resolve(key)
            manifest = self._store.image(found.digest) if found else None
            config = self._store.config(manifest) if manifest else None
        except (Missing, Refused) as error:
            raise Fault.manifest_unknown(f"{key}: {error}") from error
        if manifest is None or config is None:
            raise Fault.manifest_unknown(key)
        try:
            return addition(manifest, config, made_by)
        except ValueError as error:  # Refused, and a label that is no number
            raise Fault.manifest_invalid(f"{key}: {error}") from error

    async def _tree(self, name: str, shown: Shown, digest: str) -> tuple[Tree, str]:
        if name not in self._trees:
            # hashing one takes a second or two of a core: one at a time, and once
            async with self._hashing:
                if name not in self._trees:
                    self._trees[name] = await self._read(name, shown, digest)
                    self._blobs[self._trees[name][1]] = name
        return self._trees[name]

    async def _read(self, name: str, shown: Shown, digest: str) -> tuple[Tree, str]:
        # every editor's tree is kept beside the others, whatever its place in a workspace
        supervisors = shown.image == "supervisor"
        layout = self._layout
        folder = layout.supervisor_bundle(digest) if supervisors else layout.ide_tree(digest)
        try:
            tree = await asyncio.to_thread(Tree, Path(folder), shown.inside, shown.without)
            hashed = await asyncio.to_thread(tree.digest)
        except (OSError, ValueError) as error:
            raise Fault.manifest_unknown(f"{name}: {error}") from error
        _log.info("tree_layer", tree=name, digest=hashed, bytes=tree.size)
        return tree, hashed


def parsed(name: str) -> str:
    """Return the key in the store of an image's reference; raises Fault for what is none."""
    try:
        return parse(name).key
    except Refused as error:
        raise Fault.manifest_unknown(f"{name}: {error}") from error
