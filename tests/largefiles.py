"""The Git LFS side of a test's git host: the batch API, and the objects in a folder.

In a guarded repository the batch asks for the host's credentials, as its caller sees to, and
hands out a pass, as hosts do; the objects want the pass. Over ssh the pass comes from
`git-lfs-authenticate`.
"""

import json
from hashlib import sha256
from pathlib import Path

Answer = tuple[int, str, bytes]
"""Status, media type, content."""


class LargeFiles:
    """Answers as a server does; `origin` is where it is reached, e.g. http://198.51.100.2:8000."""

    BATCH = "/info/lfs/objects/batch"
    MANNER = "lfs"
    """First part of an object's path."""
    PASS = "RemoteAuth pass-for-large-files"
    """What guarded objects want as Authorization."""

    def __init__(self, folder: Path, origin: str = "") -> None:
        self._folder = folder / "lfs"
        self._origin = origin

    def keep(self, oid: str, content: bytes) -> None:
        self._folder.mkdir(exist_ok=True)
        (self._folder / oid).write_bytes(content)

    def batch(self, body: bytes, *, guarded: bool) -> Answer:
        """Say where each object is, or goes."""
        asked = json.loads(body)
        place = f"{self._origin}/{self.MANNER}/{'guarded' if guarded else 'open'}"
        action = {"header": {"Authorization": self.PASS}} if guarded else {}
        for one in asked["objects"]:
            there = (self._folder / one["oid"]).exists()
            if there and asked["operation"] == "upload":
                continue
            if not there and asked["operation"] == "download":
                one["error"] = {"code": 404, "message": "Object does not exist"}
            else:
                one["actions"] = {asked["operation"]: {"href": f"{place}/{one['oid']}", **action}}
        content = json.dumps({"transfer": "basic", "objects": asked["objects"]}).encode()
        return 200, "application/vnd.git-lfs+json", content

    def object(self, method: str, rest: str, shown: str, body: bytes) -> Answer:
        """Give or take the object of `open/<oid>` or `guarded/<oid>`."""
        guard, _slash, oid = rest.partition("/")
        if guard == "guarded" and shown != self.PASS:
            return 403, "text/plain", b""
        if method == "PUT":
            if sha256(body).hexdigest() != oid:
                return 400, "text/plain", b""
            self.keep(oid, body)
            return 200, "text/plain", b""
        return 200, "application/octet-stream", (self._folder / oid).read_bytes()
