"""What git in its box may show to the repository's host, and nobody else.

The secrets themselves are two files on the box's own tmpfs, written by the helper after
it has become git's user: never in an argument, a variable, or on a disk. git's
configuration names the one host that they are for, so a redirect takes them nowhere.
The private key is read once by an agent in the box; ssh only ever asks that to sign.
"""

import re
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

ANSWER: Final = "/tmp/credential"  # noqa: S108 - the box's own tmpfs
"""What the credential helper prints."""
AGENT: Final = "/tmp/agent"  # noqa: S108 - as above
SEEN: Final = "/tmp/host-key"  # noqa: S108 - as above
"""Where ssh's look-up of host keys leaves the key that the host has shown."""
KNOWN: Final = "known_hosts"
LOOK: Final = "host-key-seen"
"""Files below the box's /etc: the accepted keys, and the script of the look-up."""

LOOK_SCRIPT: Final = f'[ "$2" = NONE ] || echo "$1 $2" > {SEEN}\n'
_SSH: Final = (
    "ssh -F none -oBatchMode=yes -oStrictHostKeyChecking=yes -oConnectTimeout=20"
    f" -oUserKnownHostsFile=/etc/{KNOWN} -oGlobalKnownHostsFile=none -oUpdateHostKeys=no"
    f" -oKnownHostsCommand='/bin/sh /etc/{LOOK} %t %K' -oIdentityFile=none"
)
_LINE: Final = re.compile(r"[\x20-\x7e]{0,1024}", re.ASCII)
_KNOWN: Final = re.compile(r"[0-9a-z.:\[\]-]{1,270} [a-z0-9@.-]{1,64} [A-Za-z0-9+/=]{1,4096}")
_KEY: Final = re.compile(
    r"-----BEGIN OPENSSH PRIVATE KEY-----\n[A-Za-z0-9+/=\n-]{1,4096}[ A-Z-]+\n"
)


@dataclass(frozen=True, slots=True)
class Credentials:
    """Of the person who starts, for the host of the address; all may be empty."""

    username: str = ""
    password: str = field(default="", repr=False)
    ssh_key: str = field(default="", repr=False)
    """Private key as a file's text."""
    known_hosts: tuple[str, ...] = ()
    """Lines of known_hosts: the keys under which the person has accepted the host."""

    @property
    def fit(self) -> bool:
        """Whether every part is of the form that it has to be; git reads them line by line."""
        whole = [self.username, self.password]
        return (
            all(_LINE.fullmatch(one) for one in whole)
            and all(_KNOWN.fullmatch(one) for one in self.known_hosts)
            and (not self.ssh_key or _KEY.fullmatch(self.ssh_key) is not None)
        )


NONE: Final = Credentials()


def git_config(url: str, credentials: Credentials) -> str:
    """Return what git's configuration says about the credential of the URL's own host."""
    parts = urlsplit(url)
    if not credentials.password or parts.scheme not in {"https", "http"}:
        return ""
    place = f"{parts.scheme}://{parts.netloc}"
    script = f'!f() {{ test \\"$1\\" != get || cat {ANSWER}; }}; f'
    return f'[credential "{place}"]\n\thelper = "{script}"\n'


def answer_of(credentials: Credentials) -> str:
    """Return what git's credential helper prints."""
    if not credentials.password:
        return ""
    return f"username={credentials.username}\npassword={credentials.password}\n"


def ssh_command(credentials: Credentials) -> str:
    """Return how git calls ssh: no configuration, no key but the agent's, no host unasked."""
    return f"{_SSH} -oIdentityAgent={AGENT if credentials.ssh_key else 'none'}"


def etc_files(credentials: Credentials) -> dict[str, str]:
    """Return the files of the box's /etc that ssh reads; nothing in them is secret."""
    known = "".join(f"{line}\n" for line in credentials.known_hosts)
    return {KNOWN: known, LOOK: LOOK_SCRIPT}
