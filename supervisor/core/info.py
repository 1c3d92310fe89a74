"""Which workspace this is, in Gitpod's words: `/v1/info/workspace`. Pure."""

from typing import Any
from urllib.parse import urlsplit

from wire.agent import IDE_PORT, Desired

_ROOT = "/workspace/"


def info(desired: Desired, home: str) -> dict[str, Any]:
    """Return the document; `home` is the person's in the workspace.

    The class has its id alone, since a workspace is not told what it is called.
    """
    said = desired.environment.get
    host = said("GITPOD_HOST", "")
    return {
        "workspaceId": desired.workspace,
        "instanceId": desired.instance,
        "checkoutLocation": desired.repository.removeprefix(_ROOT),
        "workspaceLocationFolder": desired.repository,
        "userHome": home,
        "gitpodHost": host,
        "gitpodApi": {"endpoint": f"{host}/api/v1" if host else "", "host": urlsplit(host).netloc},
        "workspaceContextUrl": desired.context_url,
        "repository": repository(desired.context_url),
        "workspaceClusterHost": said("GITPOD_WORKSPACE_CLUSTER_HOST", ""),
        "workspaceUrl": said("GITPOD_WORKSPACE_URL", ""),
        "ideAlias": said("GITPOD_IDE_ALIAS", ""),
        "idePort": IDE_PORT,
        "workspaceClass": {"id": said("GITPOD_WORKSPACE_CLASS", "")},
        "ownerId": desired.owner,
    }


def repository(address: str) -> dict[str, str]:
    """Return owner (all groups) and name of a repository's address; both empty for none."""
    path = urlsplit(address).path if "://" in address else address.partition(":")[2]
    owner, _, name = path.strip("/").removesuffix(".git").rpartition("/")
    return {"owner": owner, "name": name}
