"""Reading settings from the environment, with errors that name the variable and the cure."""

import ipaddress
import re
from collections.abc import Mapping

_SIZE = re.compile(r"([0-9]{1,15}) ?(?:([KMGT])(?:I?B)?)?", re.ASCII)


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


def size(environ: Mapping[str, str], name: str, default: int) -> int:
    """Return bytes: a whole number, with K, M, G or T behind it for powers of 1024."""
    value = environ.get(name, "").strip()
    if not value:
        return default
    found = _SIZE.fullmatch(value.upper())
    if found is None:
        raise SettingError(f"{name}={value!r} must be bytes, like 20G or 500M")
    return int(found[1]) << 10 * "_KMGT".index(found[2] or "_")


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


def listener(environ: Mapping[str, str], name: str) -> tuple[str, int] | None:
    """Return address and port of `0.0.0.0:8000` or `[::]:8000`; None for an unset variable."""
    value = environ.get(name, "").strip()
    if not value:
        return None
    address, _, port = value.rpartition(":")
    address = address.removeprefix("[").removesuffix("]")
    try:
        ipaddress.ip_address(address)
        if port.isdecimal() and 0 < int(port) < 1 << 16:
            return address, int(port)
    except ValueError:
        pass
    raise SettingError(f"{name}={value!r} must be an address with a port, like 0.0.0.0:8000")


def parts(environ: Mapping[str, str], name: str, separator: str) -> tuple[str, ...]:
    """Return the non-empty parts of a list."""
    return tuple(part.strip() for part in environ.get(name, "").split(separator) if part.strip())
