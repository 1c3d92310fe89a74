"""Web assets from npm: only the files that pages load, in one folder named vendor."""

import re
import shutil
from pathlib import Path

from cli.setup.npm import Npm
from cli.setup.progress import Step
from cli.setup.steps import Files

FILES = {
    "htmx.org/dist/htmx.min.js": "htmx.js",
    "htmx.org/LICENSE": "htmx.LICENSE",
    "htmx-ext-ws/ws.js": "htmx-ext-ws.js",
    "htmx-ext-ws/LICENSE": "htmx-ext-ws.LICENSE",
    "@xterm/xterm/lib/xterm.mjs": "xterm.js",
    "@xterm/xterm/css/xterm.css": "xterm.css",
    "@xterm/xterm/LICENSE": "xterm.LICENSE",
    "axe-core/axe.min.js": "axe.js",  # for tests of pages; not served
    **{
        f"@xterm/addon-{name}/lib/addon-{name}.mjs": f"xterm-addon-{name}.js"
        for name in ("clipboard", "fit", "search", "unicode11", "web-links", "webgl")
    },
}
_MANIFESTS = ("package.json", "package-lock.json")
_SOURCE_MAP = re.compile(r"^//# sourceMappingURL=.*$", re.MULTILINE)


def build(step: Step, npm: Npm, files: Files, fresh: Path) -> None:
    """Install frontend/package-lock.json and keep the files that are used."""
    for name in _MANIFESTS:
        (fresh / name).write_bytes(files[f"frontend/{name}"])
    npm.run(step, ["ci", "--ignore-scripts", "--silent"], fresh)
    packages = fresh / "node_modules"
    for source, name in FILES.items():
        # the maps are not served; a browser would ask for them and log the miss
        text = (packages / source).read_text()
        (fresh / name).write_text(_SOURCE_MAP.sub("", text).rstrip() + "\n")
    shutil.rmtree(packages)
    for name in _MANIFESTS:
        (fresh / name).unlink()
