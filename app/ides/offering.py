"""What there is of each editor on an installation, and what a start gets of it. Pure."""

from collections.abc import Mapping

from msgspec import Struct, field, structs

from app.ides.resolve import Offer, Offers, Release, Wish, resolve, version_of
from app.ides.structs import LATEST, Catalogue


class Built(Struct, frozen=True, kw_only=True):
    """The trees of one package."""

    stable: str = ""
    """Digest of the tree; empty while there is none."""
    stable_version: str = ""
    latest: str = ""
    """The version that `-latest` means; empty for none but the stable one."""
    versions: dict[str, str] = field(default_factory=dict)
    """Version → digest of its tree."""


class Opened(Struct, frozen=True, kw_only=True):
    """What a start opens with, as it is kept with it."""

    ide: str
    alias: str = ""
    """By which scripts made for Gitpod know it; empty when the choice did not count."""
    trees: dict[str, str] = field(default_factory=dict)
    """Package → digest of the tree that the container shows."""
    versions: dict[str, str] = field(default_factory=dict)
    """Package → its version, where that is known."""


def offers_of(catalogue: Catalogue, built: Mapping[str, Built]) -> Offers:
    """Return the catalogue's offers with the versions that are built."""
    ides = {
        name: _offer(offer, built.get(catalogue.options[name].package or "", Built()))
        for name, offer in catalogue.offers.ides.items()
    }
    return Offers(catalogue.offers.default, ides, catalogue.offers.clients)


def opened(catalogue: Catalogue, built: Mapping[str, Built], choice: str) -> Opened:
    """Return what a start with this choice gets.

    The container shows the trees of every editor, so that another may be chosen while it runs;
    `-latest` counts for the one that was chosen.
    """
    offers, policy = offers_of(catalogue, built), catalogue.policy
    plain = catalogue.plain(choice)
    newest = catalogue.known(choice).endswith(LATEST)
    found = resolve(offers, Wish(plain, latest=newest), policy)
    trees, versions = {}, {}
    for name, option in catalogue.options.items():
        if option.package is None:
            continue
        wish = Wish(name, latest=newest and name == plain)
        release = version_of(offers.ides[name], name, wish, policy)
        trees[option.package], versions[option.package] = release.image, release.version
    alias = alias_of(catalogue, found.alias) if found.alias else ""
    return Opened(ide=found.ide, alias=alias, trees=trees, versions=versions)


def followed(catalogue: Catalogue, before: Opened, choice: str) -> Opened:
    """Return what a start opens with once its choice is another: its trees stay as they are."""
    now = opened(catalogue, {}, choice)
    return structs.replace(before, ide=now.ide, alias=now.alias)


def alias_of(catalogue: Catalogue, ide: str) -> str:
    """Return the name that scripts made for Gitpod know an editor by."""
    option = catalogue.options[ide]
    return option.aliases[0] if option.aliases else ide


def _offer(offer: Offer, built: Built) -> Offer:
    every = {version: Release(version, tree) for version, tree in built.versions.items()}
    stable = Release(built.stable_version, built.stable)
    latest = every.get(built.latest)
    return Offer(stable, latest, tuple(every.values()), offer.desktop)
