"""The access line of a request: what is worth knowing of it, without its secrets."""

import re

from msgspec import Struct

from proxy.core.message import RequestHead

_SECRET = re.compile(r"(?<=[?&])([^=&]*(?:code|token|secret|password|tkn))=[^&]*", re.IGNORECASE)
_CARRIED = re.compile(
    r"((?:%3a|:)(?:/|%2f){2})[^/&?#%]*(?:%(?!2f|40)[^/&?#%]*)*(%40|@)", re.IGNORECASE
)
"""User name and password of an address that stands in a query."""
_PASTED = re.compile(
    r"(?<=[?&]url=)(?![^&]*\[redacted\])"
    r"(?=(?>(?:\w+(?::|%(?:25)*3a)(?:/|%(?:25)*2f)+)?)[^&]*?(?::|%(?:25)*3a))"
    r"[^&]*(@|%(?:25)*40)",
    re.IGNORECASE,
)
"""The same of what is no address for us, but was meant as one: without a scheme, with a slash in
the password, encoded twice."""
_MODE = 20
_SHOWN = 500
"""Characters of a target or host that are shown; both come from strangers."""


class Record(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line. `event` is constant, times are seconds."""

    event: str
    timestamp: float
    process: str
    request: str
    client: str
    method: str
    host: str
    target: str
    status: int
    """0 when the client was gone before there was one."""
    sent: int
    """Bytes of the body, or of the tunnel, towards the client."""
    seconds: float
    workspace: str = ""
    port: int = 0
    upgrade: str = ""
    fetch: str = ""
    """Sec-Fetch-Mode: what made a browser ask; programs send none."""
    code: str = ""
    """Code of the problem when the proxy answered itself."""
    ended: str = ""
    """Why it ended before its end."""


def record_of(
    head: RequestHead,
    *,
    request: str,
    client: str,
    at: float,
    seconds: float,
    status: int,
    sent: int,
    workspace: str = "",
    port: int = 0,
    code: str = "",
    ended: str = "",
) -> Record:
    """Return the line of a request that ended `at` (seconds since 1970)."""
    return Record(
        event="request",
        timestamp=round(at, 3),
        process="proxy",
        request=request,
        client=client,
        method=head.method,
        host=head.authority[:_SHOWN],
        target=shown_target(head.target),
        status=status,
        sent=sent,
        seconds=round(seconds, 4),
        workspace=workspace,
        port=port,
        upgrade=head.upgrade,
        fetch=head.get(b"sec-fetch-mode")[:_MODE],
        code=code,
        ended=ended,
    )


def shown_target(target: str) -> str:
    """Return the target for a log: bounded, query values that sound secret left out."""
    if "?" in target:
        target = _CARRIED.sub(r"\1[redacted]\2", target)
        target = _PASTED.sub(r"[redacted]\1", target)
        target = _SECRET.sub(r"\1=[redacted]", target)
    return target[:_SHOWN]
