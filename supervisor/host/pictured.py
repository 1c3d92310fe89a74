"""The variables of the image's configuration, as the daemon hands them over."""

import msgspec


def pictured(path: str) -> dict[str, str]:
    """Return them; none for the installation's own images, which have no file."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - lean start, no pathlib
            return msgspec.json.decode(file.read(), type=dict[str, str])
    except (OSError, msgspec.DecodeError):
        return {}
