import json
import os
from pathlib import Path

import pytest

from blobserve.store.images import Images
from tests.blobserve.images import FILES, make_image


@pytest.fixture
def assets(tmp_path: Path) -> Path:
    return tmp_path / "assets"


def digest_of(folder: Path) -> str:
    found: str = json.loads((folder / "index.json").read_text())["manifests"][0]["digest"]
    return found


def test_an_image_is_found_by_its_tag_and_by_its_digest(assets: Path) -> None:
    folder = make_image(assets)
    images = Images(assets)
    by_tag = images.get("vscode:1")
    assert by_tag is not None
    assert set(FILES) < set(by_tag.files)
    assert images.get(f"vscode@{digest_of(folder)}") is by_tag
    assert images.of_build("b1") is by_tag
    assert images.builds() == {"b1"}


def test_what_is_not_there(assets: Path) -> None:
    assert Images(assets).get("vscode:1") is None
    make_image(assets)
    images = Images(assets)
    assert images.get("vscode:2") is None
    assert images.get(f"vscode@sha256:{'0' * 64}") is None
    assert images.of_build("b2") is None


def test_an_older_version_is_served_beside_the_newest(assets: Path) -> None:
    make_image(assets)
    images = Images(assets)
    assert images.get("vscode:1") is not None
    make_image(assets, "b2", "vscode:2")
    later = images.get("vscode:2")
    assert later is not None
    assert later.folder.name == "b2"
    assert images.get("vscode:1") is not None


def test_of_two_builds_of_one_name_the_newer_counts(assets: Path) -> None:
    newer, older = make_image(assets, "b1"), make_image(assets, "b2")
    os.utime(older / "index.json", (1, 1))
    found = Images(assets).get("vscode:1")
    assert found is not None
    assert found.folder == newer


def test_a_build_that_is_not_whole_is_not_seen(assets: Path) -> None:
    make_image(assets, ".b1.77")
    assert Images(assets).get("vscode:1") is None


@pytest.mark.parametrize("text", ["", "{", '{"manifests": 3}', '{"manifests": [{}]}'])
def test_a_broken_index_hides_its_own_image_only(assets: Path, text: str) -> None:
    (make_image(assets, "b1", "vscode:1") / "index.json").write_text(text)
    make_image(assets, "b2", "vscode:2")
    images = Images(assets)
    assert images.get("vscode:1") is None
    assert images.get("vscode:2") is not None


def test_a_manifest_that_names_a_path_is_not_followed(assets: Path) -> None:
    folder = make_image(assets)
    index = json.loads((folder / "index.json").read_text())
    index["manifests"][0]["digest"] = "sha256:../../../../etc/passwd"
    (folder / "index.json").write_text(json.dumps(index))
    assert Images(assets).get("vscode:1") is None


def test_a_missing_layer_hides_the_image(assets: Path) -> None:
    folder = make_image(assets)
    largest = max((folder / "blobs/sha256").iterdir(), key=lambda one: one.stat().st_size)
    largest.unlink()
    assert Images(assets).get("vscode:1") is None
