"""What can go wrong with a registry that says nothing wrong; the text is for people."""


class Failure(Exception):
    """A registry did not give what it was asked for."""


class NotFound(Failure):
    """There is no such image, or not for whoever asks without a password."""


class Unauthorized(Failure):
    """The registry wants a password, or another one."""


class Unavailable(Failure):
    """It cannot be reached, is busy or broke off: worth another attempt later."""

    def __init__(self, text: str, wait: float | None = None) -> None:
        super().__init__(text)
        self.wait = wait
        """Seconds that the registry asks us to wait; None when it did not say."""
