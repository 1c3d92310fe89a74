"""What the Settings page is drawn from."""

from dataclasses import dataclass
from typing import ClassVar

from app.gitaccess.structs import GitAccessView
from app.sshaccess.structs import KeyView, SshTokenView
from app.variables.structs import VariableView
from app.web.render import Context
from app.workspaces.ides import IdeChoice
from app.workspaces.platform import Told
from app.workspaces.timeouts import Choice
from app.workspaces.trusting import Trusted


@dataclass(frozen=True, slots=True)
class SettingsContext(Context):
    """One's own settings."""

    template: ClassVar[str] = "preferences/settings.html"

    access: GitAccessView
    trusts: list[Trusted]
    host: str
    """For which a token is about to be added: another page has led here."""
    timeouts: list[Choice]
    ssh_keys: list[KeyView]
    dotfiles: str
    ides: list[IdeChoice]
    time_zone: str
    profile: bool
    profile_names: list[str]
    variables: list[VariableView]
    platform: Told
    orphans: int
    """Things on the node that no row asks for, and below their bytes, in words."""
    orphans_size: str


@dataclass(frozen=True, slots=True)
class VariablesContext(Context):
    """The section of variables."""

    template: ClassVar[str] = "preferences/variables.html"

    variables: list[VariableView]


@dataclass(frozen=True, slots=True)
class VariableContext(Context):
    """One of them, in the page's dialog."""

    template: ClassVar[str] = "preferences/variable.html"

    variable: VariableView


@dataclass(frozen=True, slots=True)
class SshKeysContext(Context):
    """The section of keys that let somebody in by ssh."""

    template: ClassVar[str] = "preferences/ssh_keys.html"

    ssh_keys: list[KeyView]


@dataclass(frozen=True, slots=True)
class PasswordContext(Context):
    """A password for ten minutes, in the page's dialog."""

    template: ClassVar[str] = "preferences/password.html"

    made: SshTokenView


@dataclass(frozen=True, slots=True)
class GitAccessContext(Context):
    """The section of tokens, key and known hosts."""

    template: ClassVar[str] = "preferences/git_access.html"

    access: GitAccessView
    host: str


@dataclass(frozen=True, slots=True)
class TrustContext(Context):
    """The section of trusted repositories."""

    template: ClassVar[str] = "preferences/trust.html"

    trusts: list[Trusted]


@dataclass(frozen=True, slots=True)
class TimeoutContext(Context):
    """The section of the timeout."""

    template: ClassVar[str] = "preferences/timeout.html"

    timeouts: list[Choice]


@dataclass(frozen=True, slots=True)
class DotfilesContext(Context):
    """The section of dotfiles."""

    template: ClassVar[str] = "preferences/dotfiles.html"

    dotfiles: str
    """Clone URL; empty when there are none."""


@dataclass(frozen=True, slots=True)
class IdeContext(Context):
    """The section of the editor."""

    template: ClassVar[str] = "preferences/ide.html"

    ides: list[IdeChoice]
    time_zone: str


@dataclass(frozen=True, slots=True)
class ProfileContext(Context):
    """The section of what goes along."""

    template: ClassVar[str] = "preferences/profile.html"

    profile: bool
    profile_names: list[str]


@dataclass(frozen=True, slots=True)
class AskContext(Context):
    """A question before something is gone, for the page's dialog."""

    template: ClassVar[str] = "preferences/ask.html"

    title: str
    text: str
    word: str
    """On the button that does it."""
    place: str
    """That the button posts to."""
    section: str
    """Id of the section that is drawn anew."""
