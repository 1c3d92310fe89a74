"""How the command line says that something did not work, and its exit codes."""

DONE = 0
FAILED = 1
USAGE = 2
NOT_REACHABLE = 3
"""Exit codes: done; it did not work; wrong usage; the platform does not answer."""


class CommandError(Exception):
    """Title, cause and cure for people; `code` is the process's exit code."""

    def __init__(self, title: str, cause: str = "", cure: str = "", code: int = FAILED) -> None:
        super().__init__(title)
        self.title = title
        self.cause = cause
        self.cure = cure
        self.code = code

    def text(self) -> str:
        """Return the lines to print; further lines of a cause stand below its first."""
        lines = [f"podium: {self.title}"]
        lines += [f"  Cause: {self.cause}"] if self.cause else []
        lines += [f"  Cure:  {self.cure}"] if self.cure else []
        return "\n".join(lines)


def not_running(cause: str = "") -> CommandError:
    """Return the error of a platform that does not run, or does not answer."""
    return CommandError("Podium does not answer", cause, "Start it with `make up`.", NOT_REACHABLE)
