"""Which image a name stands for, and for whom."""

from pathlib import Path, PurePosixPath

import pytest

from app.images.tickets import Tickets
from blobserve.core.faults import Fault
from blobserve.core.names import Built, Instance, Own, Remote
from blobserve.core.rights import STRANGER, Asker
from blobserve.facade import Nobody
from blobserve.registry.composing import Composed
from blobserve.registry.documents import Documents
from blobserve.registry.finding import Finder, store_of
from blobserve.registry.reading import Kept, Tagged
from blobserve.registry.upstream import Distant
from kit.oci.core.documents import Manifest, read_config, read_manifest
from kit.oci.making import put_image
from kit.oci.trees import Tree
from wire.ids import InstanceId
from wire.layout import Layout
from wire.registry import InstanceImage, Token

KEY = "a" * 64
INSTANCE = InstanceId("amber-otter-4k2hw9xz1q", 3)


@pytest.fixture
def finder(tmp_path: Path) -> Finder:
    layout = Layout(*(PurePosixPath(tmp_path / one) for one in ("home", "cache", "run")))
    documents = Documents(Path(layout.registry_run))
    return Finder(layout, store_of(layout), documents, Nobody())


def test_names(finder: Finder) -> None:
    assert isinstance(finder.find(Built(KEY), STRANGER), Kept)
    assert isinstance(finder.find(Own("podium/code"), STRANGER), Tagged)
    assert isinstance(finder.find(Remote("docker.io", "library/x"), STRANGER), Distant)


def test_an_instances_image_is_what_its_document_says(finder: Finder, tmp_path: Path) -> None:
    document = InstanceImage(token="", base=f"built/{KEY}")
    asker = Asker(token=Token("instance", str(INSTANCE)), document=document)
    assert isinstance(finder.find(Instance(INSTANCE), asker), Composed)
    own = Asker(own=True)
    with pytest.raises(Fault):
        finder.find(Instance(INSTANCE), own)
    Tickets(finder._documents._folder).open_instance(str(INSTANCE), f"built/{KEY}", [])
    assert isinstance(finder.find(Instance(INSTANCE), own), Composed)


async def test_who_asks_no_registry_says_so(finder: Finder) -> None:
    image = finder.find(Remote("docker.io", "library/x"), STRANGER)
    for asked in (image.manifest("1", ""), image.blob(f"sha256:{KEY}"), image.tags()):
        with pytest.raises(Fault, match=r"docker\.io is not asked"):
            await asked


async def test_a_start_on_the_default_image_is_composed_of_own_images(
    finder: Finder, tmp_path: Path
) -> None:
    """Base, supervisor and editor are images of the store; no folder of set-up is here."""
    store = finder._store
    root = tmp_path / "rootfs"
    (root / "etc").mkdir(parents=True)
    (root / "etc/os-release").write_text("x")
    layers = []
    for name, inside in (("default", ""), ("supervisor", ".supervisor"), ("code", "ide")):
        image = put_image(store, Tree(root, inside), name, {}, {"User": "gitpod"})
        store.tag(f"podium/{name}:0123456789ab", image)
        layers += store.image(image.digest).layers
    document = InstanceImage(
        token="",
        base="podium/default:0123456789ab",
        additions=["supervisor/0123456789ab", "ide/0123456789ab"],
    )
    asker = Asker(token=Token("instance", str(INSTANCE)), document=document)
    composed = finder.find(Instance(INSTANCE), asker)
    manifest = read_manifest((await composed.manifest("latest", "")).body)
    assert isinstance(manifest, Manifest)
    assert manifest.layers == layers
    content = await composed.blob(manifest.config.digest)
    config = read_config(b"".join([one async for one in content.read(0, content.size)]), manifest)
    assert config.config is not None
    assert config.config.user == "gitpod"
