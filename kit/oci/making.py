"""Images of one layer out of a folder: the same folder and words give the same digest anywhere.

Nothing of the day, the machine or whoever makes it is in the documents.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from kit.oci.core.documents import Descriptor, Manifest, encode
from kit.oci.core.media import OCI_CONFIG, OCI_LAYER, OCI_MANIFEST
from kit.oci.core.platforms import AMD64
from kit.oci.layout import Layout
from kit.oci.trees import Tree

NO_DAY = "1970-01-01T00:00:00Z"


def put_image(
    store: Layout,
    tree: Tree,
    made_by: str,
    labels: Mapping[str, str],
    running: Mapping[str, Any] | None = None,
) -> Descriptor:
    """Put a tree into a store as an image without a name; returns its descriptor.

    The layer is the plain tar, whose digest depends on no compressor, and out of which files can
    be served from their place. `running` is how a container of it is begun, in the format's words.
    """
    pieces = tree.read(0, tree.size)
    layer = Descriptor(OCI_LAYER, store.put(pieces), tree.size)
    config = store.put_bytes(
        _configured(layer.digest, made_by, labels, running or {}), media_type=OCI_CONFIG
    )
    manifest = Manifest(
        schema_version=2,
        config=config,
        layers=[layer],
        media_type=OCI_MANIFEST,
        annotations=dict(sorted(labels.items())),
    )
    return store.put_bytes(encode(manifest), OCI_MANIFEST)


def _configured(
    diff: str, made_by: str, labels: Mapping[str, str], running: Mapping[str, Any]
) -> bytes:
    return msgspec.json.encode(
        {
            "created": NO_DAY,
            "architecture": AMD64.architecture,
            "os": AMD64.os,
            "config": {**running, "Labels": dict(sorted(labels.items()))},
            "rootfs": {"type": "layers", "diff_ids": [diff]},
            "history": [{"created": NO_DAY, "created_by": made_by}],
        }
    )
