"""What has to be built, and the name of each part: pure, from the content of its inputs.

A part is built anew exactly when something that it is made of changed: its list, its
lock, our sources in it, or the module that builds it. Parts that only a network address
or the day would change (Debian's newest packages) keep their name until their list
changes, so that a warm start asks nobody.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from cli.setup.digests import digest

Files = Mapping[str, bytes]
"""Relative name → content."""

BUNDLED = ("supervisor/", "wire/", "kit/__init__.py", "kit/durations.py")
"""Ours inside the supervisor's bundle: packages, and modules that it imports."""

EXTENSION = "supervisor/vscode/"
"""VS Code's extension, which the bundle holds as well."""

TERMINALS = "frontend/terminals/"
"""The page of a workspace's terminals."""

TERMINALS_STYLES = tuple(
    f"frontend/static/css/{name}.css" for name in ("tokens", "base", "components")
)
"""Styles of the platform's pages, so that this one looks like them."""

PLATFORM = ("app", "blobserve", "cli", "daemon", "frontend", "kit", "proxy", "supervisor", "wire")
"""Folders of the checkout that the platform runs from."""

IMAGE_FILES = "cli/setup/image-files/"
"""Files that lie in every image, by their path below /."""

COMPILED = (
    "proxy/core/access.py",
    "proxy/core/chunks.py",
    "proxy/core/commands.py",
    "proxy/core/connection.py",
    "proxy/core/delivery.py",
    "proxy/core/entry.py",
    "proxy/core/events.py",
    "proxy/core/exchange.py",
    "proxy/core/forwarded.py",
    "proxy/core/grammar.py",
    "proxy/core/grants.py",
    "proxy/core/headers.py",
    "proxy/core/journal.py",
    "proxy/core/kinds.py",
    "proxy/core/latest.py",
    "proxy/core/line.py",
    "proxy/core/message.py",
    "proxy/core/pace.py",
    "proxy/core/parts.py",
    "proxy/core/plans.py",
    "proxy/core/reachable.py",
    "proxy/core/redaction.py",
    "proxy/core/requests.py",
    "proxy/core/responses.py",
    "proxy/core/revocation.py",
    "proxy/core/routing.py",
    "proxy/core/services.py",
    "proxy/core/rules.py",
    "proxy/core/table.py",
    "proxy/core/tally.py",
    "proxy/core/trailers.py",
    "proxy/core/turns.py",
    "proxy/core/visitors.py",
    "proxy/core/waiting.py",
    "proxy/net/accesslog.py",
    "proxy/net/client.py",
    "proxy/net/gateway.py",
    "proxy/net/presence.py",
    "proxy/net/relay.py",
    "proxy/net/upstream.py",
)
"""Modules that every request passes, which set-up compiles where it can."""

_LOCKS = ("requirements.lock", "supervisor/requirements.lock")
_ASSETS = ("frontend/package.json", "frontend/package-lock.json")


@dataclass(frozen=True, slots=True)
class Plan:
    """Digest of each part."""

    image: str
    """Root filesystem of the default workspace image."""
    full: str
    """Root filesystem of the image with more languages, which is built in the background."""
    ide: str
    """VS Code's server with a Node of its own."""
    assets: str
    """VS Code's files for browsers as an OCI image."""
    jupyterlab: str
    """JupyterLab with a Python of its own, which is built in the background."""
    python: str
    """CPython that runs in any image; a stage of the bundle, so that our code costs seconds."""
    supervisor: str
    """The bundle of the workspace's first process."""
    web: str
    """Scripts, styles and icons from npm."""
    compiled: str
    """The proxy's hot path as machine code."""
    platform: str
    """Our code, as the platform's processes run it."""
    plain: str
    """The same without anything compiled, where that could not be built."""

    def record(self) -> dict[str, str]:
        """Return the parts that a workspace is started from, as artefacts.json names them.

        The image `full` and JupyterLab are not among them: they are named once they are there.
        """
        return {
            "supervisor": self.supervisor,
            "vscode": self.ide,
            "assets": self.assets,
            "image": self.image,
        }


def bundled(name: str) -> bool:
    """Whether a file of the checkout goes into the supervisor's bundle."""
    if name.startswith(EXTENSION):
        return True
    return name.startswith(BUNDLED) and name.endswith(".py") and not name.startswith("wire/proto/")


def of_terminals(name: str) -> bool:
    """Whether a file of the checkout is part of the terminals' page, which the bundle holds."""
    return name.startswith(TERMINALS) or name in TERMINALS_STYLES


def compiled_from(name: str) -> bool:
    """Whether a file of the checkout takes part in what is compiled."""
    ours = ("proxy/__init__.py", "proxy/core/", "proxy/net/", "wire/", "kit/")
    return name.startswith(ours) and "/proto/" not in name


def plan(files: Files, node: bytes) -> Plan:
    """Name every part from the checkout's files and the version of the Node distribution."""

    def own(*names: str) -> dict[str, bytes]:
        return {name: files[f"cli/setup/{name}"] for name in names}

    shared = own("debs.py")
    contents = {name: content for name, content in files.items() if name.startswith(IMAGE_FILES)}
    image = {**shared, **contents, **own("image.py", "image-packages.txt"), "node": node}
    git = own("spare_git.py", "spare-git-packages.txt")
    python = digest({**shared, **own("bundle.py", "bundle-packages.txt"), **git})
    site = {name: content for name, content in files.items() if bundled(name)}
    page = {name: content for name, content in files.items() if of_terminals(name)}
    lock = {"lock": files["supervisor/requirements.lock"]}
    web = digest({**{name: files[name] for name in _ASSETS}, **own("web.py")})
    ours = {
        name: content
        for name, content in files.items()
        if name in _LOCKS or name.partition("/")[0] in PLATFORM
    }
    compiled = digest(
        {
            **{name: content for name, content in files.items() if compiled_from(name)},
            **own("compiled.py", "compile.lock"),
            "modules": " ".join(COMPILED).encode(),
        }
    )
    ours["web"] = web.encode()
    vscode = own("ide.py", "mend.py", "prune.py", "ide.json", "ahead.py", "ahead.mjs")
    ide = digest({**shared, **vscode, "node": node})
    lab = own("jupyterlab.py", "jupyterlab.lock", "jupyterlab-packages.txt")
    return Plan(
        image=digest(image),
        full=digest({**image, **own("image-full-packages.txt")}),
        ide=ide,
        assets=digest({**own("assets.py", "layout.py"), "ide": ide.encode()}),
        jupyterlab=digest({**shared, **own("bundle.py", "bundle-packages.txt"), **lab}),
        python=python,
        supervisor=digest(
            {
                **site,
                **page,
                **lock,
                **own("terminals.py"),
                "python": python.encode(),
                "web": web.encode(),
            }
        ),
        web=web,
        compiled=compiled,
        platform=digest({**ours, "compiled": compiled.encode()}),
        plain=digest(ours),
    )
