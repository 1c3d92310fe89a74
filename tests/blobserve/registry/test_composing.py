"""The image of an instance: composed from its document, and nothing of another image in it."""

from pathlib import Path, PurePosixPath

import pytest

from blobserve.core.faults import Fault
from blobserve.core.names import Repository
from blobserve.registry.additions import Additions
from blobserve.registry.composing import Composed, Composer
from blobserve.registry.contents import Content
from blobserve.registry.reading import Image, Kept
from kit.oci.core.digests import digest_of
from kit.oci.core.documents import Manifest, read_config, read_manifest
from kit.oci.layout import Layout as Store
from tests.kit.oci.images import add_image
from wire.layout import Layout
from wire.registry import InstanceImage

KEY = "a" * 64
NAME = "instance/amber-otter-4k2hw9xz1q.3"
TREES = ["supervisor/0123456789ab", "ide/0123456789ab"]


class Parts:
    """A store with a base image and an installation with two trees."""

    def __init__(self, folder: Path) -> None:
        self.store = Store(folder / "store")
        self.base = add_image(self.store, {"etc/os-release": b"x"})
        self.store.tag(f"built/{KEY}", self.base)
        for one in TREES:
            tree = folder / "cache" / one
            tree.mkdir(parents=True)
            (tree / "run").write_text(one)
        layout = Layout(*(PurePosixPath(folder / one) for one in ("home", "cache", "run")))
        self.asked: list[str] = []
        self.composer = Composer(self.bases, Additions(layout, self.store))

    def bases(self, name: Repository, _passwords: str) -> Image:
        self.asked.append(str(name))
        return Kept(self.store, str(name))

    def composed(self, base: str = f"built/{KEY}", additions: list[str] | None = None) -> Composed:
        document = InstanceImage(token="", base=base, additions=additions or [])
        return Composed(self.composer, document, NAME)


@pytest.fixture
def parts(tmp_path: Path) -> Parts:
    return Parts(tmp_path)


async def read(content: Content) -> bytes:
    return b"".join([chunk async for chunk in content.read(0, content.size)])


async def test_every_part_of_the_whole_can_be_read(parts: Parts) -> None:
    composed = parts.composed(additions=TREES)
    found = await composed.manifest("latest", "")
    assert digest_of(found.body) == found.digest
    manifest = read_manifest(found.body, found.media_type)
    assert isinstance(manifest, Manifest)
    assert len(manifest.layers) == 3
    for one in manifest.blobs:
        body = await read(await composed.blob(one.digest))
        assert (digest_of(body), len(body)) == (one.digest, one.size)
    config = read_config(await read(await composed.blob(manifest.config.digest)), manifest)
    assert config.config is not None
    assert config.config.env == ["PATH=/bin"]
    assert manifest.annotations["io.gitpod.workspace-image.ref"] == f"built/{KEY}"
    assert (await composed.manifest(found.digest, "")).body == found.body
    assert await composed.tags() == ["latest"]


async def test_it_is_composed_once_and_comes_out_the_same(parts: Parts, tmp_path: Path) -> None:
    first = await parts.composed(additions=TREES).manifest("latest", "")
    asked = len(parts.asked)
    await parts.composed(additions=TREES).manifest("latest", "")
    assert len(parts.asked) == asked
    again = Composer(parts.bases, parts.composer._additions)
    whole = await again.whole(InstanceImage(token="x", base=f"built/{KEY}", additions=TREES))
    assert whole.manifest == first.body


async def test_nothing_else_is_part_of_it(parts: Parts) -> None:
    other = add_image(parts.store, {"secret": b"s"})
    composed = parts.composed(additions=TREES[:1])
    whole = await parts.composed(additions=TREES).manifest("latest", "")
    for digest in (other.digest, parts.store.image(other.digest).layers[0].digest, whole.digest):
        with pytest.raises(Fault, match="no such part"):
            await composed.blob(digest)
    for reference in ("other", whole.digest):
        with pytest.raises(Fault, match="no such image"):
            await composed.manifest(reference, "")


@pytest.mark.parametrize(
    ("base", "additions"),
    [
        (f"built/{'b' * 64}", []),
        ("built/short", []),
        ("docker.io/library/gone@sha256:" + "0" * 64, []),
        ("../../etc", []),
        ("", []),
        ("podium/default:0123456789ab", []),
        (f"built/{KEY}", ["supervisor/ffffffffffff"]),
        (f"built/{KEY}@sha256:{'0' * 64}", []),
    ],
)
async def test_what_cannot_be_composed(parts: Parts, base: str, additions: list[str]) -> None:
    with pytest.raises(Fault) as refused:
        await parts.composed(base, additions).manifest("latest", "")
    assert refused.value.status in {400, 404}


async def test_a_base_that_contradicts_itself(parts: Parts) -> None:
    image = parts.store.image(parts.base.digest)
    config = parts.store.path(image.config.digest)
    config.write_bytes(b"{}")
    with pytest.raises(Fault) as refused:
        await parts.composed().manifest("latest", "")
    assert refused.value.status == 502
