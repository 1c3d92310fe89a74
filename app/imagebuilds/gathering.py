"""Features out of their registries: each with what it needs, described by itself.

What cannot be had is told and left out, with whatever needs it; the rest is installed. A registry
that is away is asked again for a while first, and what it was away for is looked for anew by the
next start: nobody has said that it is not there.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.imagebuilds.features import (
    LARGEST,
    LAYER,
    Described,
    Feature,
    NoFeature,
    describe,
    options_of,
    ordered,
    variables_of,
)
from app.images.facade import PAUSES, Facade, NotToBeHad, ask
from kit.oci.core import documents
from kit.oci.core.digests import digest_of
from kit.oci.core.documents import Manifest, read_manifest
from kit.oci.core.media import ACCEPT
from kit.oci.core.references import parse
from kit.oci.core.refusals import Refused
from wire.registry import facade_name

_MOST = 50
"""Features of one image, those that others need among them."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """What is installed, in its order, and what is not, in words."""

    features: Sequence[Feature] = ()
    told: str = ""
    away: bool = False
    """Some of it may be had later."""


class Gatherer:
    """Asks the facade in the name of a start."""

    def __init__(self, facade: Facade, pauses: Sequence[float] = PAUSES) -> None:
        """`pauses` are seconds before each further question to a registry that is away."""
        self._facade = facade
        self._pauses = pauses

    async def gather(
        self, wished: Mapping[str, object], first: Sequence[str], instance: str
    ) -> Gathered:
        """Return the features of a devcontainer; `wished` is reference → options."""
        open_ones = [(name, options_of(given)) for name, given in wished.items()]
        found: dict[str, Feature] = {}
        missing: dict[str, str] = {}
        away = False
        while open_ones:
            reference, given = open_ones.pop(0)
            if reference in found or reference in missing:
                continue
            if len(found) == _MOST:
                missing[reference] = "there are too many"
                continue
            try:
                found[reference], described = await self._one(reference, given, instance)
            except (NoFeature, NotToBeHad, Refused) as error:
                missing[reference] = str(error).rstrip(".")
                if isinstance(error, NotToBeHad) and error.away:
                    away = True
                    # each of them would be waited for as long again
                    host = f"{reference.partition('/')[0]}/"
                    missing |= {
                        one: missing[reference] for one, _ in open_ones if one.startswith(host)
                    }
                continue
            open_ones += [(name, dict(options)) for name, options in described.needs.items()]
        while lost := _needing(found, missing):
            for one in lost:
                del found[one.reference]
                needed = next(name for name in one.needs if name in missing)
                missing[one.reference] = f"it needs {needed}"
        try:
            return Gathered(ordered(list(found.values()), first), _told(missing), away)
        except NoFeature as error:
            return Gathered((), _told(dict.fromkeys(wished, str(error))), away)

    async def _one(
        self, reference: str, given: Mapping[str, str], instance: str
    ) -> tuple[Feature, Described]:
        host, slash, _rest = reference.partition("/")
        if not slash or not ({".", ":"} & set(host)) or host.startswith("."):
            raise NoFeature("only features of registries are installed here")
        named = parse(reference)
        source = facade_name(named.host, named.repository)
        target = f"/v2/{source}/manifests/{named.wanted}"
        document = await ask(
            self._facade, target, instance, documents.LARGEST, ACCEPT, self._pauses
        )
        manifest = read_manifest(document.body)
        if not isinstance(manifest, Manifest) or len(manifest.layers) != 1:
            raise NoFeature("it is no feature but an image")
        (layer,) = manifest.layers
        if layer.media_type != LAYER or layer.size > LARGEST:
            raise NoFeature("it is no feature, or larger than one may be")
        target = f"/v2/{source}/blobs/{layer.digest}"
        files = (await ask(self._facade, target, instance, LARGEST, pauses=self._pauses)).body
        if digest_of(files) != layer.digest:
            raise NoFeature("its registry sent something else")
        described = await asyncio.to_thread(describe, files)
        made = Feature(
            reference=reference,
            source=source,
            layer=layer.digest,
            size=layer.size,
            variables=variables_of(described, given),
            environment=described.environment,
            needs=tuple(described.needs),
            after=described.after,
        )
        return made, described


def _needing(found: Mapping[str, Feature], missing: Mapping[str, str]) -> list[Feature]:
    """Return features that need one that is missing."""
    return [one for one in found.values() if any(name in missing for name in one.needs)]


def _told(missing: Mapping[str, str]) -> str:
    return " ".join(f"The feature {name} is not installed: {why}." for name, why in missing.items())
