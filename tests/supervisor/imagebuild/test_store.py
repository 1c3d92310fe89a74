import json
from hashlib import sha256

from supervisor.imagebuild.store import files_of, links_of

DIGEST = f"sha256:{'a' * 64}"
NAME = "docker.io/gitpod/workspace-base:latest"


def test_a_folder_is_an_image_of_one_layer():
    files = files_of(DIGEST, 940, [NAME])
    (image,) = json.loads(files["overlay-images/images.json"])
    (layer,) = json.loads(files["overlay-layers/layers.json"])
    assert (image["names"], image["layer"]) == ([NAME], "a" * 64)
    assert (layer["id"], layer["diff-digest"], layer["diff-size"]) == ("a" * 64, DIGEST, 940)
    config = json.loads(next(text for text in files.values() if '"rootfs"' in text))
    assert config["rootfs"]["diff_ids"] == [DIGEST]
    assert config["config"]["User"] == "gitpod"
    for name, size in image["big-data-sizes"].items():
        digest = image["big-data-digests"][name]
        assert any(
            len(text) == size and f"sha256:{sha256(text.encode()).hexdigest()}" == digest
            for text in files.values()
        )


def test_the_layer_is_a_link_to_the_files_themselves():
    links = links_of(DIGEST, "/base")
    assert links[f"overlay/{'a' * 64}/diff"] == "/base"
    (short,) = (path for path in links if path.startswith("overlay/l/"))
    assert links[short] == f"../{'a' * 64}/diff"
    assert files_of(DIGEST, 1, [NAME])[f"overlay/{'a' * 64}/link"] == short.rpartition("/")[2]


def test_the_same_files_are_the_same_image():
    assert files_of(DIGEST, 940, [NAME]) == files_of(DIGEST, 940, [NAME])
