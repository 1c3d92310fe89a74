"""The icon of an IDE's tab: the platform's mark in the colour of the workspace's state."""

from wire.phases import Phase

PATHS = frozenset(
    {
        "/favicon.ico",
        "/_static/src/browser/media/favicon-dark-support.svg",
        "/_static/src/browser/media/favicon.ico",
    }
)
"""Where VS Code's server, and browsers by themselves, ask for one."""
TYPE = b"image/svg+xml"
_RUNNING, _STARTING, _STOPPING, _STOPPED = "#22a35a", "#3f68e0", "#d18a1c", "#8a93a3"
_MARK = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="{colour}">'
    '<rect x="1" y="12" width="7" height="10" rx="1.25" opacity=".6"/>'
    '<rect x="8.5" y="3" width="7" height="19" rx="1.25"/>'
    '<rect x="16" y="15" width="7" height="7" rx="1.25" opacity=".6"/></svg>'
)


def icon(phase: Phase) -> bytes:
    """Return the icon as an SVG document, the same as the dashboard's."""
    match phase:
        case Phase.RUNNING:
            colour = _RUNNING
        case Phase.STOPPING:
            colour = _STOPPING
        case Phase.STOPPED:
            colour = _STOPPED
        case _:
            colour = _STARTING
    return _MARK.format(colour=colour).encode()
