"""Fetching files by URL, inside the clone helper's box: no rights, the workspace's network.

A file is written beside its place and gets its name when its digest is right. Only the standard
library is imported. Errors are told in one line for people.
"""

import hashlib
import http.client
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any, Final

TRIES: Final = 5
_CHUNK: Final = 1 << 16
_PARTIAL: Final = ".podium-download"
_CAUTIOUS: Final = frozenset({429, 500, 502, 503, 504})
"""Answers after which one asks again."""


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
) -> None:
    """Put every file into its place below the root. Raises DownloadFailed."""
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
    for file in files:
        left -= _one(opener, file, Path(root), left, patience, rest)


def _one(
    opener: urllib.request.OpenerDirector,
    file: dict[str, str],
    root: Path,
    left: int,
    patience: float,
    rest: float,
) -> int:
    partial = root / _PARTIAL
    for attempt in range(1, TRIES + 1):
        try:
            with opener.open(file["url"], timeout=patience) as reply, partial.open("wb") as target:
                size, digest = _copy(reply, target, left)
            break
        except urllib.error.HTTPError as error:
            error.close()
            if error.code not in _CAUTIOUS or attempt == TRIES:
                said = f"non-OK download response: {error.reason}"
                raise DownloadFailed(f"download_failed: {file['url']}: {said}") from error
        except (OSError, http.client.HTTPException) as error:
            if attempt == TRIES:
                raise DownloadFailed(f"download_failed: {file['url']}: {error}") from error
        time.sleep(rest)
    if f"sha256:{digest}" != file["digest"]:
        partial.unlink()
        text = f"{file['url']} has the digest sha256:{digest}"
        raise DownloadFailed(f"download_digest: {text}")
    place = root / file["path"]
    place.parent.mkdir(parents=True, exist_ok=True)
    partial.replace(place)
    return size


def _copy(reply: Any, target: IO[bytes], left: int) -> tuple[int, str]:
    seen, size = hashlib.sha256(), 0
    while chunk := reply.read(_CHUNK):
        size += len(chunk)
        if size > left:
            raise DownloadFailed(f"download_too_large: more than {left} bytes were sent")
        seen.update(chunk)
        target.write(chunk)
    return size, seen.hexdigest()
