"""Images for tests in a store: layers packed in each way, and one that comes a piece at a time."""

import gzip
import json
from hashlib import sha256

import zstandard

from kit.oci.core import media
from kit.oci.core.documents import Descriptor, Manifest, encode
from kit.oci.layout import Layout
from tests.kit.oci.images import Files, tar_of

PACKINGS = {
    "plain": (media.OCI_LAYER, lambda tar: tar),
    "gzip": (media.OCI_LAYER_GZIP, lambda tar: gzip.compress(tar, 1, mtime=0)),
    "zstd": (media.OCI_LAYER_ZSTD, zstandard.compress),
}


def add_packed(layout: Layout, *layers: Files | bytes, packing: str = "gzip") -> Descriptor:
    """Put an image into a store, without a name; a layer is files, or a whole tar."""
    kind, pack = PACKINGS[packing]
    tars = [one if isinstance(one, bytes) else tar_of(one) for one in layers]
    diffs = [f"sha256:{sha256(tar).hexdigest()}" for tar in tars]
    config = {"os": "linux", "rootfs": {"type": "layers", "diff_ids": diffs}}
    manifest = Manifest(
        2,
        layout.put_bytes(json.dumps(config).encode(), media.OCI_CONFIG),
        [layout.put_bytes(pack(tar), kind) for tar in tars],
        media.OCI_MANIFEST,
    )
    return layout.put_bytes(encode(manifest), media.OCI_MANIFEST)
