"""The page that loads VS Code's static files once for a browser, while a workspace starts.

It must be open until they are there: what a page has begun to load ends when it is left (seen
in Chromium, for fetch with keepalive and for prefetch alike).
"""

from base64 import b64encode
from hashlib import sha256
from html import escape

from proxy.core.message import Headers
from proxy.core.pages import frame

_OUT = "/out/vs/code/browser/workbench"
_FILES = (
    f"{_OUT}/workbench.js",
    f"{_OUT}/workbench.css",
    "/out/nls.messages.js",
    "/out/media/codicon.ttf",
)
"""What every page of VS Code loads before it shows anything; 5 MB as they are sent."""

_SCRIPT = """
const page = document.querySelector("main"), bar = document.querySelector("progress");
const seen = new Map();
async function load(path) {
  const answer = await fetch(page.dataset.root + path);
  const reader = answer.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    seen.set(path, (seen.get(path) || 0) + value.length);
    bar.value = [...seen.values()].reduce((sum, one) => sum + one, 0);
  }
}
const files = page.dataset.files.split(" ").map(load);
Promise.allSettled(files).then(() => location.replace(page.dataset.next));
"""
_HASH = b64encode(sha256(_SCRIPT.encode()).digest()).decode()
_PLAIN_BYTES = 22_200_000
"""About what the files are together after they were unpacked, for the bar."""


def preload_page(origin: str, root: str, start: str) -> tuple[Headers, bytes]:
    """Return headers and body: loads files below `root`, of `origin`, then goes to `start`."""
    policy = (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{_HASH}'; "
        f"connect-src {origin}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    headers: Headers = [
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-security-policy", policy.encode()),
    ]
    told = f'data-root="{escape(root)}" data-files="{" ".join(_FILES)}" data-next="{escape(start)}"'
    body = (
        f"<main {told}><h1>Loading VS Code</h1>"
        "<p>Its files come once for this browser and serve every workspace. "
        "Yours is starting meanwhile.</p>"
        f'<progress max="{_PLAIN_BYTES}" aria-label="VS Code\'s files"></progress>'
        f'<nav><a href="{escape(start)}">Show the start</a></nav></main>'
        f'<noscript><meta http-equiv="refresh" content="0;url={escape(start)}"></noscript>'
        f"<script>{_SCRIPT}</script>"
    )
    return headers, frame("Loading VS Code", body)
