"""Whether a request with a cookie was caused by the dashboard itself. Pure.

SameSite does not help: workspace hosts are same-site with the dashboard on one
machine. What is unclear is refused.
"""

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def caused_by_dashboard(
    dashboard: str, *, websocket: bool, method: str, origin: str, fetch_site: str, fetch_mode: str
) -> bool:
    """Tell whether a request that carries the session cookie may use it.

    Safe methods pass as same-origin requests and as navigations, which have no effect;
    WebSockets need the exact origin; everything else the origin or same-origin metadata.
    """
    if websocket:
        return origin == dashboard
    if origin:
        return origin == dashboard
    if method in SAFE_METHODS:
        return fetch_site in {"same-origin", "none"} or fetch_mode == "navigate"
    return fetch_site == "same-origin"
