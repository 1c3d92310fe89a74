"""What a workspace may open with: the catalogue, and what of it is there on this installation."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.db.accounts import UserRow
from app.faults import Malformed
from app.ides.offering import Built, Opened, opened
from app.ides.resolve import Wish, resolve
from app.ides.structs import LATEST, Catalogue, Icon, Kind
from app.workspaces.artefacts import Artefacts
from app.workspaces.contexturl import Opener

WITH_VSCODE = "code"
"""Package that every installation has before it serves."""
WITH_JUPYTERLAB = "jupyterlab"


@dataclass(frozen=True, slots=True)
class IdeChoice:
    """One that may be chosen."""

    ide: str
    title: str
    chosen: bool
    desktop: bool = False
    icon: Icon = Icon.BRACKETS
    why_not: str = ""
    """Why it cannot be opened yet; empty when it can."""


class Ides:
    """The catalogue, with the parts that set-up has built."""

    def __init__(
        self, catalogue: Catalogue, artefacts: Callable[[], Artefacts | None] = lambda: None
    ) -> None:
        self.catalogue = catalogue
        self._artefacts = artefacts

    def choices(self, chosen: str) -> list[IdeChoice]:
        """Return what is offered, with the one of now.

        What is hidden or not allowed is there only while it is chosen; a newest version is
        another choice, where there is one and nobody has pinned the editor.
        """
        packages, policy = packages_of(self._artefacts()), self.catalogue.policy
        wanted = preferred(self.catalogue, chosen)
        found = []
        for name, option in self.catalogue.options.items():
            built = packages.get(option.package or "", Built())
            two = bool(built.latest) and name not in policy.pins
            for choice in (name, f"{name}{LATEST}") if two else (name,):
                now = choice == (wanted if two else wanted.removesuffix(LATEST))
                if not now and (option.hidden or not policy.allows(name)):
                    continue
                title = _title(option.title, experimental=option.experimental)
                found.append(
                    IdeChoice(
                        choice,
                        f"{title} {built.latest}, the newest" if choice != name else title,
                        now,
                        option.kind is Kind.DESKTOP,
                        option.icon,
                        self._why_not(name, packages),
                    )
                )
        return found

    def version_of(self, choice: str) -> str:
        """Return the version that a start with this choice would get; empty where none is known."""
        package = self.catalogue.option(choice)[1].package or ""
        return self._opened(choice).versions.get(package, "")

    def tree_of_vscode(self, choice: str) -> str:
        """Return the tree that a start with this choice would show; empty while there is none."""
        return self._opened(choice).trees.get(WITH_VSCODE, "")

    def _opened(self, choice: str) -> Opened:
        return opened(self.catalogue, packages_of(self._artefacts()), choice)

    def _why_not(self, name: str, packages: Mapping[str, Built]) -> str:
        package = self.catalogue.options[name].package
        if not self.catalogue.policy.allows(name):
            return "not allowed here"
        return "" if package in {None, *packages} else "not built here yet"


def packages_of(artefacts: Artefacts | None) -> dict[str, Built]:
    """Return the packages that are there, with their versions."""
    if artefacts is None:
        return {}
    there = {WITH_VSCODE: artefacts.vscode, WITH_JUPYTERLAB: artefacts.jupyterlab}
    found = {}
    for name, tree in there.items():
        versions = artefacts.editors.get(name, {})
        stable = next((version for version, one in versions.items() if one == tree), "")
        latest = artefacts.latest.get(name, "")
        if tree:
            found[name] = Built(
                stable=tree, stable_version=stable, latest=latest, versions=versions
            )
    return found


def preferred(catalogue: Catalogue, stored: str) -> str:
    """Return what a person's row means; what the catalogue does not know (any more) its default."""
    return catalogue.known(stored) or catalogue.default


def checked(catalogue: Catalogue, wanted: str) -> str:
    """Return a choice in the catalogue's words.

    Raises Malformed for one that it does not know, or that is not allowed here.
    """
    known = catalogue.known(wanted)
    allowed = [name for name in catalogue.options if catalogue.policy.allows(name)]
    cure = f"One of: {', '.join(allowed)}."
    if not known:
        raise Malformed("ide_unknown", "There is no such editor here", wanted, cure)
    if catalogue.plain(known) not in allowed:
        raise Malformed("ide_not_offered", "This editor is not allowed here", wanted, cure)
    return known


def chosen(catalogue: Catalogue, wanted: str | None, person: UserRow | None, opener: Opener) -> str:
    """Return what a new workspace opens with: said, else of what led there, else preferred."""
    stored = preferred(catalogue, person.ide if person is not None else "")
    return checked(catalogue, wanted) if wanted else led(catalogue, stored, opener) or stored


def led(catalogue: Catalogue, stored: str, opener: Opener) -> str:
    """Return what the program that a link came from opens; empty for one that nobody knows."""
    plain = catalogue.plain
    wish = Wish(plain(stored), client=opener.client, client_ide=plain(opener.ide))
    return resolve(catalogue.offers, wish, catalogue.policy).referer_ide


def _title(title: str, *, experimental: bool) -> str:
    return f"{title} (experimental)" if experimental else title
