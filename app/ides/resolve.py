"""What a start gets: which editor, of which version, out of which images. Pure.

An editor that is chosen counts when there is one of that name and the policy allows it; else
the default one is opened, and no alias is told inside. Of its versions the policy's pin counts
first, then the newest where that is wished, then the person's pin, then the stable one; a pin
to a version that is not there is no pin. A browser's editor is always delivered, so that whoever
waits in front of a desktop's can look; a desktop's image and its layers come above it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Release:
    """One version: its image, and layers that belong to it."""

    version: str
    image: str
    layers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Offer:
    """What there is of an editor."""

    stable: Release
    latest: Release | None = None
    versions: tuple[Release, ...] = ()
    """Others that may be pinned."""
    desktop: bool = False

    def release(self, pin: str) -> Release | None:
        """Return the version of this name."""
        every = (self.stable, *([self.latest] if self.latest else []), *self.versions)
        return next((one for one in every if one.version == pin), None) if pin else None


@dataclass(frozen=True, slots=True)
class Client:
    """A program that sends people here: what it can open."""

    ides: frozenset[str]
    default: str


@dataclass(frozen=True, slots=True)
class Offers:
    """All that there is; `default` is a browser's."""

    default: str
    ides: Mapping[str, Offer]
    clients: Mapping[str, Client] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Policy:
    """What the operator says for everybody; an organisation's would be the same."""

    allowed: frozenset[str] | None = None
    """Ids; None is all."""
    pins: Mapping[str, str] = field(default_factory=dict)
    """Id → version that everybody gets."""

    def allows(self, ide: str) -> bool:
        """Tell whether its people may open this."""
        return self.allowed is None or ide in self.allowed


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person and the link say."""

    chosen: str = ""
    latest: bool = False
    pins: Mapping[str, str] = field(default_factory=dict)
    client: str = ""
    """That led here, `#referrer:<client>:<ide>/…`."""
    client_ide: str = ""


@dataclass(frozen=True, slots=True)
class Resolved:
    """What is opened."""

    ide: str
    """The one that is opened: chosen, or the default."""
    alias: str
    """Told inside as GITPOD_IDE_ALIAS; empty when what was chosen does not count."""
    web: str
    """Image of the browser's editor."""
    layers: tuple[str, ...]
    """Above it, lowest first, each once."""
    referer_ide: str = ""
    """That the client opens."""


_ALL = Policy()


def resolve(offers: Offers, wish: Wish, policy: Policy = _ALL) -> Resolved:
    """Return what a start with somebody in front of it gets."""
    alias = wish.chosen if _counts(offers, wish.chosen, policy) else ""
    fallback = _fallback(offers, policy)
    ide = alias or fallback
    referer = _referer(offers, wish, policy)
    web = fallback if offers.ides[ide].desktop else ide
    above = dict.fromkeys(
        one for one in (referer, "" if referer else alias) if one and offers.ides[one].desktop
    )
    layers: list[str] = []
    for one in above:
        release = version_of(offers.ides[one], one, wish, policy)
        layers += [release.image, *release.layers]
    image = version_of(offers.ides[web], web, wish, policy).image
    return Resolved(ide, alias, image, _once(layers), referer)


def version_of(offer: Offer, ide: str, wish: Wish, policy: Policy = _ALL) -> Release:
    """Return which of an editor's versions counts."""
    ruled = offer.release(policy.pins.get(ide, ""))
    if ruled is not None:
        return ruled
    if wish.latest and offer.latest is not None:
        return offer.latest
    return offer.release(wish.pins.get(ide, "")) or offer.stable


class Warm(StrEnum):
    """Which versions a prebuild prepares for, as `jetbrains.<ide>.prebuilds.version` says."""

    STABLE = "stable"
    LATEST = "latest"
    BOTH = "both"


def warm(offers: Offers, wanted: Mapping[str, Warm], pins: Mapping[str, str]) -> tuple[str, ...]:
    """Return the layers of a prebuild, lowest first, each once: an editor's own come below it."""
    layers: list[str] = []
    for ide, which in wanted.items():
        offer = offers.ides.get(ide)
        if offer is None or not offer.desktop:
            continue
        stable = offer.release(pins.get(ide, "")) or offer.stable
        chosen = {
            Warm.STABLE: (stable,),
            Warm.LATEST: (offer.latest,),
            Warm.BOTH: (stable, offer.latest),
        }[which]
        for release in filter(None, chosen):
            layers += [*release.layers, release.image]
    return _once(layers)


def _counts(offers: Offers, ide: str, policy: Policy) -> bool:
    return ide in offers.ides and policy.allows(ide)


def _fallback(offers: Offers, policy: Policy) -> str:
    """Return the default; the first that is allowed where that is not."""
    browsers = [name for name, one in offers.ides.items() if not one.desktop]
    ranked = [offers.default, *browsers]
    return next((one for one in ranked if policy.allows(one)), offers.default)


def _referer(offers: Offers, wish: Wish, policy: Policy) -> str:
    client = offers.clients.get(wish.client)
    if client is None:
        return ""
    able = [one for one in (wish.client_ide, wish.chosen, client.default) if one in client.ides]
    return next((one for one in able if _counts(offers, one, policy)), "")


def _once(layers: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(layers))
