"""A registry on this machine: Debian's docker-registry, filled by skopeo with small images."""

import gzip
import http.client
import io
import json
import subprocess
import tarfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from kit.oci.core import media
from kit.oci.core.digests import digest_of
from kit.oci.core.documents import Manifest, encode
from kit.oci.layout import Layout
from tests.e2e.patience import until
from tests.kit.oci.test_debian_registry import HASHED, PASSWORD, PASSWORDS, USER
from tests.ports import free_port

_CONFIG = """
version: 0.1
log: {{level: error, accesslog: {{disabled: true}}}}
storage: {{filesystem: {{rootdirectory: {folder}/data}}}}
http: {{addr: "127.0.0.1:{port}", secret: tests}}
"""


def tar_of(root: Path) -> bytes:
    """Return a root file system as a layer."""
    command = ["tar", "--create", "--file=-", "--numeric-owner", "-C", str(root), "."]
    return subprocess.run(command, check=True, capture_output=True).stdout


def hostile() -> bytes:
    """Return a layer that would write beside its root."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        member = tarfile.TarInfo("../../escaped")
        member.size = 3
        tar.addfile(member, io.BytesIO(b"out"))
    return out.getvalue()


def feature_of(script: str, said: dict[str, Any]) -> bytes:
    """Return a feature's layer."""
    out = io.BytesIO()
    files = {"install.sh": script, "devcontainer-feature.json": json.dumps(said)}
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, text in files.items():
            member = tarfile.TarInfo(f"./{name}")
            member.size = len(text)
            tar.addfile(member, io.BytesIO(text.encode()))
    return out.getvalue()


class ImageHost:
    """The registry; runs until it is stopped."""

    def __init__(self, folder: Path, *, closed: bool = False) -> None:
        """`closed` asks everybody for USER and PASSWORD."""
        self._folder = folder
        self._port = free_port()
        self._shown = f"{USER}:{PASSWORD}" if closed else ""
        (folder / "passwords").write_text(f"{USER}:{HASHED}\n")
        config = folder / "config.yml"
        text = _CONFIG + (PASSWORDS if closed else "")
        config.write_text(text.format(folder=folder, port=self._port))
        command = ["docker-registry", "serve", str(config)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        until(self._answers, timeout=30)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self._port}"

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(60)

    def push(self, name: str, *tars: bytes, env: Sequence[str] = ()) -> str:
        """Put an image of these layers there; returns the name that people write."""
        store = Layout(self._folder / "layout")
        config = {
            "architecture": "amd64",
            "os": "linux",
            "config": {"Env": list(env), "Entrypoint": ["/bin/false"], "User": "nobody"},
            "rootfs": {"type": "layers", "diff_ids": [digest_of(tar) for tar in tars]},
        }
        layers = [
            store.put_bytes(gzip.compress(tar, 1, mtime=0), media.OCI_LAYER_GZIP) for tar in tars
        ]
        described = store.put_bytes(json.dumps(config).encode(), media.OCI_CONFIG)
        manifest = Manifest(2, described, layers, media.OCI_MANIFEST)
        store.tag(name, store.put_bytes(encode(manifest), media.OCI_MANIFEST))
        whole = f"{self.host}/small/{name}:1"
        source, target = f"oci:{store.folder}:{name}", f"docker://{whole}"
        command = ["skopeo", "--insecure-policy", "copy", "--dest-tls-verify=false"]
        command += [f"--dest-creds={self._shown}"] if self._shown else []
        command += [source, target]
        subprocess.run(command, check=True, capture_output=True)
        return whole

    def push_feature(self, name: str, script: str, **said: Any) -> str:
        """Put a devcontainer's feature there; returns the reference that people write."""
        config, layer = b"{}", feature_of(script, {"id": name, **said})
        described = {
            "schemaVersion": 2,
            "mediaType": media.OCI_MANIFEST,
            "config": self._blob(name, config, "application/vnd.devcontainers"),
            "layers": [self._blob(name, layer, "application/vnd.devcontainers.layer.v1+tar")],
        }
        path = f"/v2/features/{name}/manifests/1"
        self._ask("PUT", path, json.dumps(described).encode(), media.OCI_MANIFEST)
        return f"{self.host}/features/{name}:1"

    def _blob(self, name: str, content: bytes, kind: str) -> dict[str, Any]:
        digest = digest_of(content)
        place = self._ask("POST", f"/v2/features/{name}/blobs/uploads/")
        joined = "&" if "?" in place else "?"
        self._ask("PUT", f"{place}{joined}digest={digest}", content, "application/octet-stream")
        return {"mediaType": kind, "digest": digest, "size": len(content)}

    def _ask(self, method: str, path: str, body: bytes = b"", kind: str = "") -> str:
        """Ask the registry; returns where it leads."""
        with closing(http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)) as asked:
            asked.request(method, path, body, {"Content-Type": kind} if kind else {})
            answer = asked.getresponse()
            assert answer.status in {201, 202}, answer.read()
            return answer.headers["Location"].removeprefix(f"http://{self.host}")

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=5)
        try:
            connection.request("GET", "/v2/")
            return connection.getresponse().status in {200, 401}
        except OSError:
            return False
        finally:
            connection.close()
