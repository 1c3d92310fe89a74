"""Reading one cookie out of a request. Pure.

The standard library's parser gives up at the first odd character, so that user code
which plants a strange cookie on a shared domain could sign its owner out. Here
everything but the one name that is asked for is skipped unread.
"""

from collections.abc import Iterable

MAX_HEADER = 16384
"""Characters of all Cookie headers together; browsers stay far below."""


def find_cookie(headers: Iterable[str], name: str) -> str:
    """Return the value of the cookie, or empty when it is absent or there is more than one.

    Two values cannot both be ours: a browser keeps one cookie of a `__Host-` name.
    """
    joined = ";".join(headers)
    if len(joined) > MAX_HEADER:
        return ""
    pairs = (part.strip().partition("=") for part in joined.split(";"))
    values = {value for key, equals, value in pairs if equals and key == name}
    return values.pop() if len(values) == 1 else ""
