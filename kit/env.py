"""Reading settings from the environment, with errors that name the variable and the cure."""

from collections.abc import Mapping


class SettingError(ValueError):
    """A variable is missing or cannot be understood; the text is for the operator."""


def text(environ: Mapping[str, str], name: str, default: str | None = None) -> str:
    """Return a variable's text; an unset or empty one is the default, None demands it."""
    value = environ.get(name, "").strip()
    if value:
        return value
    if default is None:
        raise SettingError(f"{name} is not set")
    return default


def number(
    environ: Mapping[str, str], name: str, default: int, *, least: int = 0, most: int = 2**63
) -> int:
    """Return a whole number between `least` and `most`, both allowed."""
    value = environ.get(name, "").strip()
    if not value:
        return default
    if not value.isdecimal() or not least <= int(value) <= most:
        raise SettingError(f"{name}={value!r} must be a whole number from {least} to {most}")
    return int(value)


def flag(environ: Mapping[str, str], name: str, *, default: bool = False) -> bool:
    """Return a switch: 1, true, yes, on or 0, false, no, off."""
    value = environ.get(name, "").strip().lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise SettingError(f"{name}={value!r} must be on or off")


def parts(environ: Mapping[str, str], name: str, separator: str) -> tuple[str, ...]:
    """Return the non-empty parts of a list."""
    return tuple(part.strip() for part in environ.get(name, "").split(separator) if part.strip())
