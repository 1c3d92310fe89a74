"""Whether startup files end the shell that reads them, or never let it begin. Pure.

A `.bashrc` with an `exit` in it would shut its own person out: so after a login shell that ended
at once, without anything typed, the next terminal reads none, until the files are others.
"""

from collections.abc import Sequence

FILES = (".profile", ".bash_profile", ".bash_login", ".bashrc", ".zshrc", ".zprofile", ".zshenv")
"""In the home directory."""
SOON = 3.0
"""Seconds within which nobody has typed `exit` on purpose."""
TOLD = "Your startup files end the shell at once, so this one has not read them."
HANGS = "Your startup files did not come to an end, so tasks began without them."
"""What people are told when tasks have waited for them too long."""

Stamp = Sequence[float]
"""Times at which FILES were changed."""


class Login:
    """Remembers with which startup files a shell has ended."""

    def __init__(self, shell: str) -> None:
        self._shell = shell
        self._broken: Stamp | None = None
        self._hanging: Stamp | None = None

    def broken(self, stamp: Stamp) -> bool:
        """Tell whether these files have ended a shell."""
        return self._broken is not None and list(self._broken) == list(stamp)

    def command(self, stamp: Stamp) -> list[str]:
        """Return how to start the shell."""
        if not self.broken(stamp):
            return [self._shell, "-l"]
        name = self._shell.rpartition("/")[2]
        plain = {"bash": ["--noprofile", "--norc"], "zsh": ["--no-rcs"], "fish": ["--no-config"]}
        return [self._shell, *plain.get(name, [])]

    def ended(self, lived: float, stamp: Stamp, *, typed: bool) -> None:
        """Take in that a login shell has ended after so many seconds."""
        if lived < SOON and not typed and not self.broken(stamp):
            self._broken = stamp

    def hung(self, stamp: Stamp) -> None:
        """Take in that these files did not come to an end; terminals still read them."""
        self._hanging = stamp

    def hangs(self, stamp: Stamp) -> bool:
        """Tell whether these files have held up a task."""
        return self._hanging is not None and list(self._hanging) == list(stamp)
