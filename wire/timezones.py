"""Names of time zones, as browsers know them. Pure."""

import re

LONGEST = 64
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}", re.ASCII)


def is_time_zone(name: str) -> bool:
    """Tell whether a name is spelled as in the time zone database: `Europe/Berlin`, `UTC`.

    Whether there is such a zone is known by whoever has the database: a file of that name below
    /usr/share/zoneinfo, which a name of this shape cannot lead out of.
    """
    return len(name) <= LONGEST and _NAME.fullmatch(name) is not None
