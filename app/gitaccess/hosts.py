"""Git hosts as people name them: one spelling for each. Pure."""

import re
from urllib.parse import urlsplit

from app.faults import Malformed

_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?", re.ASCII)
_OWN_PORT = {"https": 443, "http": 80, "ssh": 22}
_USERS = {"bitbucket.org": "x-token-auth"}
_USER = "oauth2"
"""What GitHub, GitLab, Gitea and others take as the user name of a token."""
LONGEST = 253


def host_of(text: str, scheme: str = "https") -> str:
    """Return the host that a person typed, or whose address they pasted.

    It is in lower case, with a port unless that is the scheme's own. Raises Malformed.
    """
    text = text.strip()
    if "://" in text:
        scheme = text.partition("://")[0].lower()
        text = text.partition("://")[2]
    return plain(text.partition("/")[0].rpartition("@")[2], scheme)


def plain(place: str, scheme: str) -> str:
    """Return `host` or `host:port` in its one spelling; raises Malformed (host_invalid)."""
    host, colon, port = place.lower().partition(":")
    host = host.removesuffix(".")
    if _HOST.fullmatch(host) is None or ".." in host or len(host) > LONGEST:
        raise _invalid(place)
    if not colon:
        return host
    if not port.isascii() or not port.isdecimal() or len(port) > 5 or not 0 < int(port) < 65536:
        raise _invalid(place)
    return host if int(port) == _OWN_PORT.get(scheme) else f"{host}:{int(port)}"


def host_of_url(url: str) -> tuple[str, str]:
    """Return (scheme, host) of a normalised clone URL; the host is empty for a local one."""
    parts = urlsplit(url)
    if parts.scheme not in _OWN_PORT or not parts.hostname:
        return parts.scheme, ""
    port = f":{parts.port}" if parts.port else ""
    return parts.scheme, plain(f"{parts.hostname}{port}", parts.scheme)


def known_as(host: str) -> str:
    """Return the host as known_hosts spells it."""
    name, colon, port = host.partition(":")
    return f"[{name}]:{port}" if colon else name


def user_for(host: str) -> str:
    """Return the user name that goes with a token when the person names none."""
    return _USERS.get(host, _USER)


def _invalid(place: str) -> Malformed:
    return Malformed(
        "host_invalid",
        "This is no git host",
        f"{place[:80]!r} is not the name of a host.",
        "Give a name like github.com, or git.example.org:8443.",
    )
