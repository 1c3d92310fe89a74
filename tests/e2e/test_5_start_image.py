"""The image of a start, on the installation's default image: composed of images and folders."""

import json
from urllib.request import Request, urlopen

from kit.oci.core.digests import digest_of
from kit.oci.core.documents import Manifest, read_config, read_manifest
from tests.e2e.asking import Answer, ask
from tests.e2e.installation import Installation
from tests.e2e.journey import Workspace


def opened(installation: Installation, workspace: str) -> tuple[str, str]:
    """Return path of the image at the registry, and a token for it."""
    token = (installation.home / "cli.token").read_text().strip()
    url = f"http://127.0.0.1:{installation.port}/api/v1/workspaces/{workspace}/image-token"
    headers = {
        "Host": f"podium.localhost:{installation.port}",
        "Authorization": f"Bearer {token}",
    }
    with urlopen(Request(url, b"", headers, method="POST")) as reply:
        found = json.load(reply)
    host, _, name = found["image"].partition("/")
    assert host == f"reg.localhost:{installation.port}"
    shown = installation.podium_json("workspace", "show", workspace)
    assert name == f"instance/{shown['instance']['id']}:latest"
    return f"/v2/{name.removesuffix(':latest')}", found["password"]


def test_a_running_workspaces_image_is_base_supervisor_and_editor(
    installation: Installation, workspace: Workspace
) -> None:
    def get(path: str, token: str, **more: str) -> Answer:
        headers = {"Authorization": f"Bearer {token}", **more}
        return ask(installation, f"reg.localhost:{installation.port}", path, headers)

    image, first = opened(installation, workspace.id)
    missing = get(f"{image}/manifests/latest", first)
    assert missing.status == 404, "the default image is no image before somebody exports it"
    exported = installation.podium("image", "export", "default", timeout=300)
    assert exported.returncode == 0, exported.stderr
    image, token = opened(installation, workspace.id)
    assert get(f"{image}/manifests/latest", first).status == 401, "one token at a time"
    found = get(f"{image}/manifests/latest", token)
    assert found.headers["docker-content-digest"] == digest_of(found.body)
    manifest = read_manifest(found.body)
    assert isinstance(manifest, Manifest)
    parts = json.loads((installation.home / "artefacts.json").read_text())
    base = f"podium/default:{parts['image']}"
    assert manifest.annotations["io.gitpod.workspace-image.ref"] == base
    config = get(f"{image}/blobs/{manifest.config.digest}", token)
    told = read_config(config.body, manifest)
    assert told.config is not None
    assert told.config.user == "gitpod"
    history = [one["created_by"] for one in json.loads(config.body)["history"]]
    lab = [f"podium jupyterlab/{parts['jupyterlab']}"] if "jupyterlab" in parts else []
    assert history == [
        "podium default",
        f"podium supervisor/{parts['supervisor']}",
        f"podium ide/{parts['vscode']}",
        *lab,
    ]
    assert len(manifest.layers) == len(history)
    for layer in manifest.layers:
        end = get(f"{image}/blobs/{layer.digest}", token, Range="bytes=-1024")
        assert (end.status, end.body) == (206, bytes(1024)), "the end of a tar"
        assert end.headers["content-range"].endswith(f"/{layer.size}")
    for other in ("/v2/podium/default", "/v2/instance/amber-otter-4k2hw9xz1q.1"):
        assert get(f"{other}/manifests/latest", token).status == 403
