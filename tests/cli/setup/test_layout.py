"""An OCI layout as other programs read it (image-layout.md of the specification)."""

import json
import tarfile
from hashlib import sha256
from pathlib import Path

from cli.setup import layout

FILES = [("a/b.js", b"text"), ("c.css", b"")]


def written(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_index_leads_to_the_layers_and_every_blob_has_its_digest(tmp_path: Path) -> None:
    layout.write(tmp_path, "vscode:1", [FILES, []])
    assert json.loads((tmp_path / "oci-layout").read_text()) == {"imageLayoutVersion": "1.0.0"}
    blobs = tmp_path / "blobs/sha256"
    for blob in blobs.iterdir():
        assert sha256(blob.read_bytes()).hexdigest() == blob.name
    (found,) = json.loads((tmp_path / "index.json").read_text())["manifests"]
    assert found["annotations"] == {"org.opencontainers.image.ref.name": "vscode:1"}

    def document(described: dict) -> dict:
        content = (blobs / described["digest"].removeprefix("sha256:")).read_bytes()
        assert len(content) == described["size"]
        return json.loads(content)

    manifest = document(found)
    config = document(manifest["config"])
    assert config["rootfs"]["diff_ids"] == [one["digest"] for one in manifest["layers"]]
    layer = blobs / manifest["layers"][0]["digest"].removeprefix("sha256:")
    with tarfile.open(layer) as tar:
        assert tar.getnames() == ["a/b.js", "c.css"]
        member = tar.getmember("a/b.js")
        assert (member.mtime, member.uid, member.mode) == (0, 0, 0o644)


def test_the_same_files_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        layout.write(tmp_path / name, "vscode:1", [FILES])
    assert written(tmp_path / "one") == written(tmp_path / "two")
