"""Which image a name stands for, and for whom."""

from pathlib import Path, PurePosixPath

import pytest

from app.images.tickets import Tickets
from blobserve.core.faults import Fault
from blobserve.core.names import Built, Instance, Remote
from blobserve.core.rights import STRANGER, Asker
from blobserve.facade import Nobody
from blobserve.registry.composing import Composed
from blobserve.registry.documents import Documents
from blobserve.registry.finding import Finder, store_of
from blobserve.registry.reading import Kept
from blobserve.registry.upstream import Distant
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
