import hashlib
import json
import tarfile
from pathlib import Path

from cli.images.buildah import Running, compressed, digest_of, words, write_layer
from kit.oci.trees import Tree


def test_how_a_container_begins_is_said_in_an_order():
    told = words(Running("1:1", ("python", "-m", "app"), {"B": "2", "A": "1"}, {"x": "y"}))
    assert told[told.index("--user") + 1] == "1:1"
    assert told[told.index("--cmd") + 1] == "python -m app"
    assert [told[n + 1] for n, word in enumerate(told) if word == "--env"] == ["A=1", "B=2"]
    assert "x=y" in told


def test_a_layer_is_the_tar_of_its_tree(tmp_path: Path):
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree/file").write_text("text")
    digest = write_layer(Tree(tmp_path / "tree", "opt"), tmp_path / "layer.tar")
    assert digest == f"sha256:{hashlib.sha256((tmp_path / 'layer.tar').read_bytes()).hexdigest()}"
    with tarfile.open(tmp_path / "layer.tar") as tar:
        assert tar.getnames() == ["opt", "opt/file"]


def test_digest_and_size_are_read_from_the_layout(tmp_path: Path):
    (tmp_path / "blobs/sha256").mkdir(parents=True)
    manifest = json.dumps({"layers": [{"size": 5}, {"size": 7}]}).encode()
    name = hashlib.sha256(manifest).hexdigest()
    (tmp_path / "blobs/sha256" / name).write_bytes(manifest)
    index = {"manifests": [{"digest": f"sha256:{name}"}]}
    (tmp_path / "index.json").write_text(json.dumps(index))
    assert digest_of(tmp_path) == f"sha256:{name}"
    assert compressed(tmp_path) == 12
