"""What the catalogue says of what a workspace may open with."""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct, field

from app.ides.resolve import Offers, Policy, Wish, resolve
from wire.ides import Ide

LATEST = "-latest"
"""Behind an id: its newest version instead of the stable one, as Gitpod's links spell it."""

IdeId = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
Choice = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]{0,46}$")]
"""An id or an alias, or one with `-latest` behind it."""
Words = Annotated[str, Meta(min_length=1, max_length=200)]


class Kind(StrEnum):
    """Where its windows are."""

    BROWSER = "browser"
    DESKTOP = "desktop"
    """A program on the person's computer, which comes in by SSH."""


class Icon(StrEnum):
    """Pictures that the pages can draw."""

    BRACKETS = "brackets"
    NOTEBOOK = "notebook"
    PROMPT = "prompt"
    WINDOW = "window"
    CURSOR = "cursor"
    LETTER = "letter"
    GATE = "gate"


class Option(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One of the catalogue, as a table `[ide.<id>]` says it."""

    order: int
    """Its place in lists, small numbers first."""
    kind: Kind
    name: Words
    """As a step of a start and in lists: `VS Code`."""
    title: Words
    """In a choice: `VS Code in the browser`."""
    opens: Words
    """What a button opens: `the terminals`."""
    runs: Ide
    """What the supervisor runs for it."""
    icon: Icon
    package: IdeId | None = None
    """What `podium ide build` builds for it; None needs nothing."""
    aliases: tuple[IdeId, ...] = ()
    """Other ids by which links name it."""
    note: str = ""
    """One sentence about it."""
    link: str = ""
    """Of a desktop editor: with {user}, {host}, {port} and {folder}."""
    install: tuple[Words, ...] = ()
    """What has to be done on the computer once, before the link works."""
    hidden: bool = False
    experimental: bool = False


class Client(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A program on a computer that sends people here, `[client.<id>]`: `#referrer:<id>/…`."""

    ides: tuple[IdeId, ...]
    default: IdeId


class Ruling(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the operator says for everybody, `[policy]`."""

    allowed: tuple[IdeId, ...] | None = None
    """Ids; left out, all are."""
    pins: dict[IdeId, Words] = field(default_factory=dict)
    """Id → the version that everybody gets, where it is built."""


class Editor(Struct, frozen=True, kw_only=True):
    """What a workspace opens with, as people see it."""

    id: str = "vscode"
    name: str = "VS Code"
    opens: str = "VS Code"
    """What a button opens."""
    desktop: bool = False
    """Whether its windows are on the person's computer."""
    icon: Icon = Icon.BRACKETS
    runs: Ide = Ide.VSCODE
    """What runs in the workspace for it."""


class Catalogue(Struct, frozen=True, kw_only=True):
    """All of it. Only `app.ides.reading` makes one, so that what it holds is sound."""

    default: str
    """Of a person who has chosen nothing."""
    options: dict[str, Option]
    """In their order."""
    clients: dict[str, Client] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    """Id or alias → id."""
    offers: Offers
    """The same for the rules, before anything of it is built."""
    policy: Policy = field(default_factory=Policy)
    """What the operator allows and pins, for everybody."""

    def known(self, choice: str) -> str:
        """Return a choice with the option's own id in it; empty for one that is not known."""
        if choice in self.names:
            return self.names[choice]
        plain = choice.removesuffix(LATEST)
        option = self.options.get(self.names.get(plain, ""))
        if choice == plain or option is None or option.package is None:
            return ""
        return f"{self.names[plain]}{LATEST}"

    def option(self, choice: str) -> tuple[str, Option]:
        """Return id and option of what a choice opens: the default's when it does not count.

        Whoever takes an editor out of the catalogue, or forbids it, closes nobody's workspace.
        """
        opened = resolve(self.offers, Wish(self.plain(choice)), self.policy).ide
        return opened, self.options[opened]

    def plain(self, choice: str) -> str:
        """Return the id of what was chosen, in whichever version; empty for one that is not known.

        It is not asked whether it is allowed.
        """
        return self.known(choice).removesuffix(LATEST)

    def counting(self, choice: str) -> str:
        """Return the choice where it counts, else the id of what opens instead."""
        return self.option(choice)[0] if self.fallen(choice) else self.known(choice) or self.default

    def fallen(self, choice: str) -> str:
        """Return why a choice opens something else, for people; empty when it counts."""
        if not choice:
            return ""
        plain = self.plain(choice)
        if plain and self.policy.allows(plain):
            return ""
        instead = self.editor(choice).name
        if not plain:
            return f"This Podium does not know {choice} any more: {instead} opens instead."
        return f"{self.options[plain].name} is not allowed here: {instead} opens instead."

    def editor(self, choice: str) -> Editor:
        """Return what people see of what a choice opens."""
        return self.seen(self.option(choice)[0])

    def seen(self, ide: str) -> Editor:
        """Return what people see of an editor that is open, whoever may still choose it."""
        name = ide if ide in self.options else self.default
        option = self.options[name]
        return Editor(
            id=name,
            name=option.name,
            opens=option.opens,
            desktop=option.kind is Kind.DESKTOP,
            icon=option.icon,
            runs=option.runs,
        )
