"""Links that open a workspace in a program on a computer, over the SSH gateway."""

from urllib.parse import quote

from app.ides.structs import Option
from wire.ssh import host_of


def link_of(option: Option, workspace: str, name: str, port: int, folder: str) -> str:
    """Return the link; `name` is the dashboard's, `port` the gateway's, `folder` absolute.

    What is put in is quoted for an address, so that no folder changes what the link means.
    """
    return option.link.format(
        user=quote(workspace, safe=""),
        host=quote(host_of(name), safe=".[]:"),
        port=port,
        folder=quote(folder, safe="/"),
    )
