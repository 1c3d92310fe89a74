"""What the browser's tab says while it shows the list: how many run, and the icon for it. Pure."""

from dataclasses import dataclass

from app.workspaces.groups import Group

_ORDER = ("starting", "running", "stopping")
"""The icon is that of the first state some workspace has: what moves, before what stands."""


@dataclass(frozen=True, slots=True)
class Tab:
    """Empty words are left out of the title."""

    word: str
    icon: str
    """Name of a static file."""


def tab_of(groups: list[Group]) -> Tab:
    """Return what the tab says."""
    states = [look.state for group in groups for look in group.looks]
    live = {one: states.count(one) for one in _ORDER if one in states}
    words = [f"{live[one]} {one}" for one in ("running", "starting") if one in live]
    icon = next(iter(live), "")
    return Tab(", ".join(words), f"img/icon-{icon}.svg" if icon else "img/icon.svg")
