import json
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from kit.oci.core import media
from kit.oci.core.digests import digest_of
from kit.oci.core.documents import Descriptor, Index, Platform, describe, encode
from kit.oci.core.refusals import Refused
from kit.oci.layout import NAME, Layout, Missing
from tests.kit.oci.images import HELLO, add_image
from tests.waiting import until

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(tmp_path / "images")


def test_it_is_a_layout_that_others_read(layout: Layout) -> None:
    image = add_image(layout, HELLO)
    layout.tag("docker.io/library/a:1", image)
    assert json.loads((layout.folder / "oci-layout").read_text())["imageLayoutVersion"] == "1.0.0"
    index = json.loads((layout.folder / "index.json").read_text())
    assert index["schemaVersion"] == 2
    assert index["manifests"] == [
        {
            "mediaType": media.OCI_MANIFEST,
            "digest": image.digest,
            "size": image.size,
            "annotations": {NAME: "docker.io/library/a:1"},
        }
    ]


def test_blobs(layout: Layout) -> None:
    assert list(layout.digests()) == []
    described = layout.put_bytes(b"content", "x")
    assert layout.has(described.digest)
    assert layout.keep(described.digest)
    assert layout.size(described.digest) == 7
    assert layout.read(described.digest) == b"content"
    with layout.open(described.digest) as file:
        file.seek(3)
        assert file.read(2) == b"te"
    assert list(layout.digests()) == [described.digest]
    with pytest.raises(Refused, match="more than 3"):
        layout.read(described.digest, 3)


def test_what_is_not_there(layout: Layout) -> None:
    gone = digest_of(b"gone")
    assert not layout.has(gone)
    assert not layout.keep(gone)
    assert layout.resolve("a:1") is None
    for ask in (layout.size, layout.open, layout.read, layout.image):
        with pytest.raises(Missing):
            ask(gone)
    for ask in (layout.has, layout.open):
        with pytest.raises(Refused):
            ask("sha256:../../index.json")


def test_a_blob_that_is_another_is_not_taken(layout: Layout) -> None:
    with pytest.raises(Refused):
        layout.put([b"other"], describe(b"these", "x"))
    assert not layout.has(digest_of(b"these"))
    assert not layout.has(digest_of(b"other"))
    with pytest.raises(Refused, match="more than the 3"):
        layout.put([b"four"], limit=3)


def test_names_move_and_go(layout: Layout) -> None:
    first, second = add_image(layout, HELLO), add_image(layout, HELLO, HELLO)
    layout.tag("a:1", first)
    layout.tag("a:2", first)
    layout.tag("a:1", second)
    found = layout.resolve("a:1")
    assert found is not None
    assert found.digest == second.digest
    layout.untag("a:1", "never:1")
    assert list(layout.names()) == ["a:2"]


def test_the_parts_of_an_image(layout: Layout) -> None:
    image = add_image(layout, HELLO)
    manifest = layout.image(image.digest)
    assert layout.config(manifest).os == "linux"
    assert layout.blobs_of(image.digest) == set(layout.digests())


def test_half_an_image_gets_no_name(layout: Layout) -> None:
    image = add_image(layout, HELLO)
    layout.path(layout.image(image.digest).layers[0].digest).unlink()
    with pytest.raises(Missing, match="a part of"):
        layout.tag("a:1", image)
    assert layout.names() == {}


def test_an_index_counts_with_the_platforms_that_are_there(layout: Layout) -> None:
    image = add_image(layout, HELLO)
    there = Descriptor(image.media_type, image.digest, image.size, platform=Platform("amd64"))
    other = Descriptor(image.media_type, digest_of(b"arm"), 9, platform=Platform("arm64"))
    index = layout.put_bytes(encode(Index(2, [there, other])), media.OCI_INDEX)
    layout.tag("a:1", index)
    assert layout.blobs_of(index.digest) == set(layout.digests())
    with pytest.raises(Refused, match="several platforms"):
        layout.image(index.digest)


def test_a_broken_index_is_told(layout: Layout) -> None:
    layout.make()
    (layout.folder / "index.json").write_text("{")
    with pytest.raises(Refused, match=r"index\.json"):
        layout.names()


def test_names_given_at_once_are_all_there(layout: Layout) -> None:
    image = add_image(layout, HELLO)
    threads = [
        threading.Thread(target=Layout(layout.folder).tag, args=(f"a:{number}", image))
        for number in range(20)
    ]
    for one in threads:
        one.start()
    assert until(lambda: not any(one.is_alive() for one in threads))
    assert len(layout.names()) == 20


KILLED = """
import sys
from pathlib import Path
from kit.oci.layout import Layout
from tests.kit.oci.images import add_image

layout, number = Layout(Path(sys.argv[1])), 0
print("begun", flush=True)
while True:
    number += 1
    layout.tag(f"a:{number % 7}", add_image(layout, {"file": b"%d" % number}))
    print(number, flush=True)
"""


@pytest.mark.parametrize("rounds", [1, 2, 5, 9])
def test_whoever_is_killed_leaves_whole_images_only(layout: Layout, rounds: int) -> None:
    command = [sys.executable, "-c", KILLED, str(layout.folder)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        for _ in range(rounds):
            process.stdout.readline()
        process.send_signal(signal.SIGKILL)
    for image in layout.names().values():
        for digest in layout.blobs_of(image.digest):
            assert digest_of(layout.read(digest)) == digest
    layout.tag("after:1", add_image(layout, HELLO))
    assert layout.resolve("after:1") is not None
