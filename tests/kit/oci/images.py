"""Small images for tests: layers of a few files, put into a store."""

import gzip
import io
import json
import tarfile
from collections.abc import Mapping
from hashlib import sha256

from kit.oci.core import media
from kit.oci.core.documents import Descriptor, Manifest, encode
from kit.oci.layout import Layout

Files = Mapping[str, bytes]
HELLO: Files = {"hello.txt": b"hello\n"}


def tar_of(files: Files) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return out.getvalue()


def add_image(layout: Layout, *layers: Files) -> Descriptor:
    """Put an image of gzipped layers into a store, without a name."""
    tars = [tar_of(files) for files in layers]
    packed = [gzip.compress(tar, mtime=0) for tar in tars]
    config = {
        "architecture": "amd64",
        "os": "linux",
        "config": {"Env": ["PATH=/bin"]},
        "rootfs": {
            "type": "layers",
            "diff_ids": [f"sha256:{sha256(tar).hexdigest()}" for tar in tars],
        },
    }
    manifest = Manifest(
        2,
        layout.put_bytes(json.dumps(config).encode(), media.OCI_CONFIG),
        [layout.put_bytes(one, media.OCI_LAYER_GZIP) for one in packed],
        media.OCI_MANIFEST,
    )
    return layout.put_bytes(encode(manifest), media.OCI_MANIFEST)
