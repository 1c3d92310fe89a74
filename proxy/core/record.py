"""The access line of a request: what is worth knowing of it, without its secrets."""

from msgspec import Struct


class Record(Struct, kw_only=True, omit_defaults=True):
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
    kind: str = "none"
    """Kind of host (`proxy.core.kinds`)."""
    workspace: str = ""
    instance: str = ""
    port: int = 0
    """Of a workspace, when the request was passed on to it."""
    user: str = ""
    """Id of the person whose grant let it in; empty for what is public, and at the dashboard,
    whose sessions only the server knows."""
    share: str = ""
    """Id of the share link that let a guest in."""
    first: float = 0.0
    """Seconds to the first byte of an answer that was passed on."""
    upstream: float = 0.0
    """Those of them after the upstream had the head."""
    received: int = 0
    """Bytes of the body, or of the tunnel, from the client."""
    kept: bool = False
    """Whether the upstream's connection had served before."""
    retries: int = 0
    """Times that it was sent again, because a kept connection was dead."""
    upgrade: str = ""
    fetch: str = ""
    """Sec-Fetch-Mode: what made a browser ask; programs send none."""
    code: str = ""
    """Code of the problem when the proxy answered itself."""
    ended: str = ""
    """Why it ended before its end."""
