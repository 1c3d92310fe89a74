"""Whether a request that was let in may go on, after the table has changed."""

from proxy.core.access import holds, holds_share, is_public
from proxy.core.plans import Forward
from proxy.core.reachable import reachable
from proxy.core.table import Table


def still_open(table: Table, forward: Forward, *, fresh: bool, now: float) -> bool:
    """Tell whether the way and the right that a request had still exist.

    A public port that became private keeps nobody; an ended session, a raised
    `auth_epoch`, another owner, a share link that ended, another instance and a phase in
    which nobody would be let in end what was open. `now` is seconds since 1970.
    """
    host = forward.host
    if host is None:
        return True
    found = table.routes.get(host.workspace)
    if found is None or found.target != forward.upstream.target:
        return False
    if not reachable(found, host, forward.upstream.port):
        return False
    access = forward.access
    if access is not None and access.own:
        return True
    share = access.share if access is not None else None
    if share is not None:
        return fresh and holds_share(share, host, found, now)
    grant = access.grant if access is not None else None
    if grant is None:
        return is_public(found, host, fresh=fresh)
    return grant.session not in table.ended and holds(grant, host, found)
