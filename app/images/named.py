"""The supplier of images that are named: the registry facade is asked what a name means.

A tag is resolved once, at the start that first asks, with the passwords of its person; later
starts of the same workspace have the same image. The facade alone talks to foreign registries,
over its unix socket.
"""

from collections.abc import Sequence

from app.images.facade import PAUSES, FacadeClient, NotToBeHad, ask
from app.images.port import State, Supply, Wanted
from kit.oci.core.digests import is_digest
from kit.oci.core.documents import LARGEST
from kit.oci.core.media import ACCEPT
from kit.oci.core.references import parse
from kit.oci.core.refusals import Refused
from wire.phases import Condition
from wire.registry import facade_name


class NamedImages:
    """Asks the facade behind a socket."""

    def __init__(self, path: str, pauses: Sequence[float] = PAUSES) -> None:
        """`pauses` are seconds before each further question to a registry that is away."""
        self._facade = FacadeClient(path)
        self._pauses = pauses

    async def supply(self, wanted: Wanted) -> Supply:
        """Return where the image of `wish["name"]` is."""
        try:
            reference = parse(wanted.wish["name"])
        except Refused as error:
            return _failed(Condition.IMAGE_UNKNOWN, str(error))
        source = facade_name(reference.host, reference.repository)
        # also a digest is asked for: that this person may have it, the node's copy does not say
        target = f"/v2/{source}/manifests/{reference.wanted}"
        instance = str(wanted.instance)
        try:
            found = await ask(self._facade, target, instance, LARGEST, ACCEPT, self._pauses)
        except NotToBeHad as error:
            return _failed(error.condition, str(error))
        if not is_digest(found.digest):
            return _failed(Condition.IMAGE_UNREACHABLE, f"{reference}: no digest came with it.")
        return Supply(state=State.READY, source=source, digest=found.digest)


def _failed(condition: Condition, told: str) -> Supply:
    return Supply(state=State.FAILED, condition=condition, told=told)
