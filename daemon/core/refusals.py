"""What a git host's refusal means to the person: which host, whether it saw a credential, what now.

git's words alone do not tell whether a token was missing or not good enough, and a
private repository looks the same as none; what was shown to the host decides.
"""

import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Sequence
from hashlib import sha256
from typing import Final
from urllib.parse import urlsplit

from daemon.core.credentials import Credentials
from daemon.core.faults import Fault, fault, told_of

_UNVERIFIED: Final = re.compile(r"Host key verification failed|REMOTE HOST IDENTIFICATION HAS")
_SETTINGS: Final = "Settings → Git access"


def host_of(url: str) -> str:
    """Return `host` or `host:port` of a clone URL, without a scheme's own port."""
    parts = urlsplit(url)
    own = {"https": 443, "http": 80, "ssh": 22}.get(parts.scheme)
    port = f":{parts.port}" if parts.port not in {None, own} else ""
    return f"{parts.hostname or ''}{port}"


def host_key_fault(
    lines: Sequence[str], url: str, seen: str, credentials: Credentials
) -> Fault | None:
    """Return the fault of a host whose key is not known; `seen` is `<algorithm> <base64>`.

    None when that is not what ended the clone.
    """
    if not any(_UNVERIFIED.search(line) for line in lines):
        return None
    algorithm, _space, key = seen.strip().partition(" ")
    fingerprint = _fingerprint(key)
    host = host_of(url)
    if not fingerprint:
        return None
    subject = {
        "host": host,
        "scheme": "ssh",
        "algorithm": algorithm,
        "key": key,
        "fingerprint": fingerprint,
    }
    shown = f"{host} shows the {algorithm} key {fingerprint}."
    if not credentials.known_hosts:
        return told_of(fault("host_key_unknown", shown), subject)
    before = ", ".join(_fingerprint(one.split(" ")[2]) for one in credentials.known_hosts)
    return told_of(
        fault("host_key_changed", f"{shown} You accepted {before}."),
        subject,
        f"If the host says that its key was changed, forget the old one under {_SETTINGS}, "
        "then start again. If not, somebody may be in between.",
    )


def refined(found: Fault, url: str, credentials: Credentials) -> Fault:
    """Return the fault in the words for this host and what was shown to it."""
    host, over_ssh = host_of(url), urlsplit(url).scheme == "ssh"
    shown = bool(credentials.ssh_key if over_ssh else credentials.password)
    subject = {"host": host, "scheme": urlsplit(url).scheme}
    match found.code:
        case "clone_auth_required" if shown:
            return told_of(fault("clone_denied", found.detail), subject, _denied(host, over_ssh))
        case "clone_auth_required":
            if "could not read" in found.detail:  # git has nobody to ask, which is no cause
                found = fault(found.code, f"{host} wants to know who asks.")
            return told_of(found, subject, _missing(host, over_ssh))
        case "repository_missing" if host and shown:
            cure = (
                f"Check the spelling. If it is private, your {_what(over_ssh)} for {host} has to "
                f"reach it: see {_SETTINGS}."
            )
            return told_of(found, subject, cure)
        case "repository_missing" if host:
            cure = f"Check the spelling. If it is private: {_missing(host, over_ssh)}"
            return told_of(found, subject, cure)
        case _:
            return found


def _what(over_ssh: bool) -> str:  # noqa: FBT001 - the one question of this module
    return "ssh key" if over_ssh else "token"


def _missing(host: str, over_ssh: bool) -> str:  # noqa: FBT001 - as above
    if over_ssh:
        return (
            f"Make an ssh key under {_SETTINGS}, add its public half to your account at {host}, "
            "then start again."
        )
    return f"Add a token for {host} under {_SETTINGS}, then start again."


def _denied(host: str, over_ssh: bool) -> str:  # noqa: FBT001 - as above
    if over_ssh:
        return (
            f"Add the public half of your ssh key ({_SETTINGS}) to your account at {host}, and "
            "check that the account may read this repository."
        )
    return (
        f"Replace the token for {host} under {_SETTINGS}: it may have expired, or may not read "
        "this repository."
    )


def _fingerprint(key: str) -> str:
    try:
        blob = b64decode(key, validate=True)
    except (Base64Error, ValueError):
        return ""
    return f"SHA256:{b64encode(sha256(blob).digest()).decode().rstrip('=')}" if blob else ""
