"""What a workspace may open with: the catalogue, and what of it is there on this installation."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.db.accounts import UserRow
from app.faults import Malformed
from app.ides.structs import LATEST, Catalogue, Icon, Kind
from app.workspaces.artefacts import Artefacts

WITH_VSCODE = "code"
"""Package that every installation has before it serves."""
_JUPYTERLAB = "jupyterlab"


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
        """Return what is offered, with the one of now; what is hidden only while it is chosen."""
        packages = packages_of(self._artefacts())
        wanted = preferred(self.catalogue, chosen)
        return [
            IdeChoice(
                name,
                _title(option.title, experimental=option.experimental),
                name == wanted.removesuffix(LATEST),
                option.kind is Kind.DESKTOP,
                option.icon,
                "" if option.package in {None, *packages} else "not built here yet",
            )
            for name, option in self.catalogue.options.items()
            if not option.hidden or name == wanted.removesuffix(LATEST)
        ]


def packages_of(artefacts: Artefacts | None) -> Mapping[str, str]:
    """Return the packages that are there, with the digest of each one's tree."""
    if artefacts is None:
        return {}
    there = {WITH_VSCODE: artefacts.vscode, _JUPYTERLAB: artefacts.jupyterlab}
    return {name: tree for name, tree in there.items() if tree}


def preferred(catalogue: Catalogue, stored: str) -> str:
    """Return what a person's row means; what the catalogue does not know (any more) its default."""
    return catalogue.known(stored) or catalogue.default


def checked(catalogue: Catalogue, wanted: str) -> str:
    """Return a choice in the catalogue's words; raises Malformed for one that it does not know."""
    known = catalogue.known(wanted)
    if not known:
        cure = f"One of: {', '.join(catalogue.options)}."
        raise Malformed("ide_unknown", "There is no such editor here", wanted, cure)
    return known


def chosen(catalogue: Catalogue, wanted: str | None, person: UserRow | None) -> str:
    """Return what a new workspace opens with: as it says, else as its person prefers."""
    stored = person.ide if person is not None else ""
    return checked(catalogue, wanted) if wanted else preferred(catalogue, stored)


def _title(title: str, *, experimental: bool) -> str:
    return f"{title} (experimental)" if experimental else title
