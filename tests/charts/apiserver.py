"""As much of an API server as Helm asks when a template looks something up: kinds and secrets."""

import json
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import yaml

Object = Mapping[str, Any]
_VERSION = {"major": "1", "minor": "35", "gitVersion": "v1.35.0"}
_MISSING = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound"}


def discovery(objects: Iterable[Object]) -> dict[str, Any]:
    """Return what an API server tells of the kinds of these objects, by path."""
    kinds = defaultdict(set)
    for one in objects:
        kinds[one["apiVersion"]].add(one["kind"])
    groups = [
        {
            "name": version.partition("/")[0],
            "versions": [{"groupVersion": version, "version": version.partition("/")[2]}],
        }
        for version in kinds
        if "/" in version
    ]
    lists = {
        f"/{'apis' if '/' in version else 'api'}/{version}": {
            "kind": "APIResourceList",
            "groupVersion": version,
            "resources": [
                {
                    "name": f"{kind.lower()}s",
                    "namespaced": kind != "Namespace",
                    "kind": kind,
                    "verbs": ["get"],
                }
                for kind in sorted(found)
            ],
        }
        for version, found in kinds.items()
    }
    return {
        "/version": _VERSION,
        "/api": {"kind": "APIVersions", "versions": ["v1"]},
        "/apis": {"kind": "APIGroupList", "apiVersion": "v1", "groups": groups},
        **lists,
    }


@contextmanager
def serving(secrets: Iterable[Object], objects: Iterable[Object], folder: Path) -> Iterator[Path]:
    """Yield a kubeconfig that leads to a server with these secrets, and all kinds of `objects`.

    Each secret names its namespace.
    """
    known = {
        f"/api/v1/namespaces/{one['metadata']['namespace']}/secrets/{one['metadata']['name']}": one
        for one in secrets
    } | discovery(objects)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = known.get(self.path.partition("?")[0])
            body = json.dumps(found or _MISSING).encode()
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_said: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield _kubeconfig(folder, server.server_address[1])
        finally:
            server.shutdown()
            thread.join()


def _kubeconfig(folder: Path, port: int) -> Path:
    file = folder / "kubeconfig"
    told = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "it",
        "contexts": [{"name": "it", "context": {"cluster": "it", "user": "it"}}],
        "clusters": [{"name": "it", "cluster": {"server": f"http://127.0.0.1:{port}"}}],
        "users": [{"name": "it", "user": {}}],
    }
    file.write_text(yaml.safe_dump(told))
    return file
