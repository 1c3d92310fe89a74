"""Fetching files by URL, inside the clone helper's box: no rights, the workspace's network.

A file is written beside its place and gets its name when its digest is right. Only the standard
library is imported. Errors are told in one line for people. How long all of it may take is for
whoever has started it to say, who ends it: here a host is given up that sends nothing.
"""

import errno
import hashlib
import http.client
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import IO, Any, Final

TRIES: Final = 5
_CHUNK: Final = 1 << 16
_PARTIAL: Final = ".podium-download"
"""No file that is asked for begins like that."""
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})
_CAUTIOUS: Final = frozenset({429, 500, 502, 503, 504})
"""Answers after which one asks again."""


Told = Callable[[int, int], None]
"""Is told the number of the file, from 1, and the bytes that have come of it."""


class DownloadFailed(Exception):
    """Why; the text begins with a code and a colon."""


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows to the same kinds of address alone."""

    def __init__(self, schemes: Sequence[str]) -> None:
        self._schemes = tuple(f"{one}://" for one in schemes)

    def redirect_request(
        self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> Any:
        if not newurl.startswith(self._schemes):
            fp.close()
            raise DownloadFailed(
                f"download_failed: {req.full_url} leads to another kind of address"
            )
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def fetch(
    files: Sequence[dict[str, str]],
    root: str,
    *,
    schemes: Sequence[str],
    largest: int,
    patience: float,
    rest: float = 1.0,
    told: Told = lambda _number, _size: None,
) -> None:
    """Put every file into its place below the root. Raises DownloadFailed.

    `patience` is in seconds, for a host that sends nothing.
    """
    opener = urllib.request.OpenerDirector()
    handlers: list[urllib.request.BaseHandler] = [
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(context=ssl.create_default_context()),
        urllib.request.HTTPErrorProcessor(),
        urllib.request.HTTPDefaultErrorHandler(),
        _Redirects(schemes),
    ]
    for one in handlers:
        opener.add_handler(one)
    left = largest
    for number, file in enumerate(files, 1):
        telling = partial(told, number)
        left -= _one(opener, file, Path(root), left, patience, rest, telling)


def _one(
    opener: urllib.request.OpenerDirector,
    file: dict[str, str],
    root: Path,
    left: int,
    patience: float,
    rest: float,
    told: Callable[[int], None],
) -> int:
    growing = root / _PARTIAL
    for attempt in range(1, TRIES + 1):
        try:
            with opener.open(file["url"], timeout=patience) as reply, _begun(growing) as target:
                size, digest = _copy(reply, target, left, told)
            break
        except urllib.error.HTTPError as error:
            error.close()
            if error.code not in _CAUTIOUS or attempt == TRIES:
                said = f"non-OK download response: {error.reason}"
                raise DownloadFailed(f"download_failed: {file['url']}: {said}") from error
        except (OSError, http.client.HTTPException) as error:
            if isinstance(error, OSError) and error.errno in _FULL:
                raise DownloadFailed(f"disk_full: {file['url']}: {error.strerror}") from error
            if attempt == TRIES:
                said = _said(error, patience)
                raise DownloadFailed(f"download_failed: {file['url']}: {said}") from error
        time.sleep(rest)
    if f"sha256:{digest}" != file["digest"]:
        growing.unlink()
        text = f"{file['url']} has the digest sha256:{digest}"
        raise DownloadFailed(f"download_digest: {text}")
    place = root / file["path"]
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        growing.replace(place)
    except OSError as error:
        growing.unlink()
        code = "disk_full" if error.errno in _FULL else "download_failed"
        said = f"{file['path']} cannot be put there: {error.strerror}"
        raise DownloadFailed(f"{code}: {said}") from error
    return size


def _begun(path: Path) -> IO[bytes]:
    """Open a file that is new: one of its name came with the tree, and may be a fifo or a link."""
    path.unlink(missing_ok=True)
    return path.open("xb")


def _said(error: Exception, patience: float) -> str:
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(reason, TimeoutError):
        return f"its host has sent nothing for {patience:g} s"
    return str(error)


def _copy(reply: Any, target: IO[bytes], left: int, told: Callable[[int], None]) -> tuple[int, str]:
    seen, size = hashlib.sha256(), 0
    while chunk := reply.read1(_CHUNK):
        size += len(chunk)
        if size > left:
            raise DownloadFailed(f"download_too_large: more than {left} bytes were sent")
        seen.update(chunk)
        target.write(chunk)
        told(size)
    if reply.length:  # what has been announced and did not come
        raise http.client.IncompleteRead(b"", reply.length)
    return size, seen.hexdigest()
