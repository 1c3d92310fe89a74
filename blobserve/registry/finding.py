"""Which image a name of the facade stands for."""

from pathlib import Path

from blobserve.core.faults import Fault
from blobserve.core.names import Built, Instance, Own, Remote, Repository
from blobserve.core.rights import Asker
from blobserve.registry.additions import Additions
from blobserve.registry.backing import Backing
from blobserve.registry.composing import Composed, Composer
from blobserve.registry.documents import Documents
from blobserve.registry.reading import Image, Kept, Tagged
from blobserve.registry.upstream import Distant, Upstream
from kit.oci.core.secrets import read_image_auth
from kit.oci.layout import Layout as Store
from wire.layout import Layout
from wire.registry import INSTANCE, InstanceImage


class Finder:
    """Finds images."""

    def __init__(
        self,
        layout: Layout,
        store: Store,
        documents: Documents,
        upstream: Upstream,
        backing: Backing | None = None,
    ) -> None:
        self._backing = backing
        self._store = store
        self._documents = documents
        self._upstream = upstream
        self._composer = Composer(self._base, Additions(layout, store))

    def find(self, name: Repository, asker: Asker) -> Image:
        """Return the image of a name; raises Fault when there cannot be one."""
        if not isinstance(name, Instance):
            return self._base(name, asker.passwords)
        document = asker.document
        if asker.own:
            document = self._documents.read(INSTANCE, str(name.instance))
        if not isinstance(document, InstanceImage):
            raise Fault.manifest_unknown(str(name))
        return Composed(self._composer, document, str(name))

    def _base(self, name: Repository, passwords: str = "") -> Image:
        match name:
            case Built() if self._backing is not None:
                return self._backing.image(name, self._upstream)
            case Built():
                return Kept(self._store, str(name))
            case Own():
                return Tagged(self._store, str(name))
            case Remote():
                upstream = self._upstream
                if passwords:
                    upstream = upstream.of_person(read_image_auth(passwords))
                return Distant(upstream, name)
            case _:
                raise Fault.name_unknown(str(name))


def store_of(layout: Layout) -> Store:
    """Return the installation's image store."""
    return Store(Path(layout.image_store))
