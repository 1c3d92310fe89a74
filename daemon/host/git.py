"""Cloning: the plan for the clone helper, its progress, and what went wrong."""

import asyncio
import json
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog
from msgspec import structs

from daemon.core import clone, refusals
from daemon.core.clone import Source
from daemon.core.credentials import NONE, Credentials, answer_of, etc_files, git_config
from daemon.core.downloads import LARGEST, WITHIN, Download
from daemon.core.explain import explain
from daemon.core.faults import Fault, fault
from daemon.core.frozen import CHECKED_OUT, KEPT_PREFIXES
from daemon.core.network import hosts_file, resolv_conf
from daemon.core.progress import Lines, Progress, parse_progress, spell_bytes
from daemon.host.helper import HelperFailed, Run, run_helper
from daemon.host.mirrors import Mirrors

_log = structlog.get_logger(__name__)

USER: Final = 33333
"""Uid and gid of `gitpod` inside workspaces, of their files on disk, and of git."""

_LIMITS: Final = {
    "RLIMIT_CORE": 0,
    "RLIMIT_NOFILE": 1024,
    "RLIMIT_NPROC": 512,
    "RLIMIT_DATA": 4 << 30,
    "RLIMIT_CPU": 3600,
}
"""Enough for the largest repositories known, too little to hurt the machine."""


@dataclass(frozen=True, slots=True)
class Cloned:
    """Where the ref pointed: full commit id (empty without commits) and branch."""

    revision: str
    branch: str
    path: str = ""
    """File, or folder with a slash behind it, that was asked for and is there."""
    config: str = ""
    """The beginning of .gitpod.yml."""
    tidy: bool = False
    """The mirror should be repacked when nobody waits for it."""


@dataclass(frozen=True, slots=True)
class Looked:
    """An object of git at a path: its id, and of a file the beginning; a link has none."""

    id: str = ""
    folder: bool = False
    text: str = ""


class Cloner:
    """Clones into trees; one of them serves the whole daemon."""

    def __init__(
        self,
        box: Path,
        protocols: Sequence[str],
        repositories: Sequence[str],
        *,
        mirrors: Mirrors | None = None,
        limit: int = 0,
        patience: float = 45.0,
        run_helper: Run = run_helper,
    ) -> None:
        """`limit` in bytes, 0 for none; `patience` in seconds until a host must have answered."""
        self._box = box
        self._protocols = protocols
        self._repositories = repositories
        self._mirrors = mirrors
        self._limit = limit
        self._patience = patience
        self._run_helper = run_helper

    def open(self) -> None:
        """Make the empty folder that becomes git's root in its own mount namespace."""
        self._box.mkdir(mode=0o700, exist_ok=True)

    def check(
        self,
        url: str,
        ref: str,
        *,
        place: bool = False,
        inside: str = "",
        partial: bool = False,
    ) -> tuple[Source, str] | Fault:
        """Return the source and the real path of a local repository (else empty), or a fault."""
        source = clone.parse_source(
            url, ref, self._protocols, place=place, inside=inside, partial=partial
        )
        if isinstance(source, Fault):
            return source
        if not source.path:
            return source, ""
        real = Path(source.path).resolve()
        allowed = [Path(one).resolve() for one in self._repositories]
        if not any(real.is_relative_to(one) for one in allowed):
            return fault("url_refused", f"{source.path} is not below PODIUM_LOCAL_REPOSITORIES.")
        if not real.is_dir():
            return fault("repository_missing", f"{source.path} is not a folder.")
        return source, str(real)

    async def clone(
        self,
        source: Source,
        local: str,
        tree: Path,
        netns: Path | None,
        resolvers: Sequence[str],
        on_progress: Callable[[Progress], None],
        credentials: Credentials = NONE,
    ) -> Cloned | Fault:
        """Clone into `tree/.podium-clone`, an existing folder of uid 33333; cancelling ends git.

        Without a network namespace git has none: a local repository is shown to it.
        """
        lines, last = Lines(), deque[str](maxlen=40)

        def listen(data: bytes) -> None:
            for line in lines.feed(data):
                progress = parse_progress(line)
                if progress is None:
                    last.append(line)
                else:
                    on_progress(progress)

        plan = self._plan(source, local, tree, netns, resolvers, credentials)
        plan["mirror"] = {} if local else await asyncio.to_thread(self._mirror, source)
        try:
            answer = json.loads(await self._run_helper("clone_child", plan, on_stderr=listen))
        except (HelperFailed, ValueError) as error:
            return fault("clone_failed", f"the clone helper ended: {error}")
        last.extend(lines.close())
        if not answer["ok"]:
            said, seen = list(last), answer.get("host_key", "")
            unknown = refusals.host_key_fault(said, source.url, seen, credentials)
            return unknown or refusals.refined(self._explain(said), source.url, credentials)
        names = ("revision", "branch", "path", "config", "tidy")
        return Cloned(**{name: answer[name] for name in names})

    def _explain(self, said: list[str]) -> Fault:
        found = explain(said)
        if found.code not in {"clone_too_large", "partial_unsupported"}:
            return found
        return fault(found.code, f"It takes more than {spell_bytes(self._limit)}; {found.detail}")

    async def download(
        self,
        files: Sequence[Download],
        tree: str | dict[str, str],
        netns: Path,
        resolvers: Sequence[str],
        on_progress: Callable[[Progress], None] = lambda _progress: None,
        within: float = WITHIN,
    ) -> Fault | None:
        """Fetch files into a tree, as git's user in its network; returns why not.

        `tree` as `host.layered` shows it; `within` is in seconds, for all of them together.
        """
        schemes, lines, at = sorted({"https", "http"} & set(self._protocols)), Lines(), [0]
        odd = [one.url for one in files if one.url.partition(":")[0] not in schemes]
        if odd:
            return fault("protocol_refused", f"{odd[0]} is not downloaded here.")

        def listen(data: bytes) -> None:
            for progress in filter(None, map(parse_progress, lines.feed(data))):
                at[0] = progress.received
                on_progress(progress)

        plan = self._plan(Source("", "", ""), "", Path(), netns, resolvers)
        plan |= {
            "target": tree,
            "writes": True,
            "downloads": [structs.asdict(one) for one in files],
            "schemes": schemes,
            "largest": LARGEST,
            "patience": self._patience,
        }
        try:
            async with asyncio.timeout(within):
                said = await self._run_helper("download_child", plan, on_stderr=listen)
            answer = json.loads(said)
        except TimeoutError:
            came = f"of the last one {spell_bytes(at[0])} had come"
            return fault("download_slow", f"They have {within / 60:g} minutes; {came}.")
        except (HelperFailed, ValueError) as error:
            return fault("download_failed", str(error))
        code, _, why = str(answer["failed"]).partition(": ")
        return fault(code, why) if code else None

    async def renew(
        self, tree: str | dict[str, str], folder: str, url: str, *, moved: bool, newer: bool
    ) -> None:
        """Take what the clone beside has into the repository of a tree, offline, and it away.

        `moved`: the checkout is to be done again; `newer`: so is what runs once. Raises
        HelperFailed.
        """
        undone = [KEPT_PREFIXES if newer else [], [CHECKED_OUT] if moved else []]
        plan = self._plan(Source("", "", ""), "", Path(), None, [])
        plan |= {"target": tree, "writes": True, "environment": clone.git_environment(["file"])}
        plan["renew"] = {"folder": folder, "url": url, "undone": undone}
        await self._run_helper("renew_child", plan)

    async def look(
        self, tree: str | dict[str, str], folder: str, revision: str, paths: Sequence[str]
    ) -> list[Looked]:
        """Return what is at paths of a commit of a clone, offline. Raises HelperFailed."""
        plan = self._plan(Source("", "", ""), "", Path(), None, [])
        environment = clone.git_environment(["none"])
        wanted = {"revision": revision, "paths": list(paths)}
        plan |= {"target": tree, "folder": folder, "environment": environment, "look": wanted}
        answer = json.loads(await self._run_helper("clone_child", plan))
        return [Looked(**one) for one in answer["looked"]]

    async def tidy(self, source: Source, *, repack: bool) -> None:
        """Repack the source's mirror, and drop what is beyond the mirrors' limit."""
        if self._mirrors is None or source.path:
            return
        if repack:
            mirror = await asyncio.to_thread(self._mirror, source)
            plan = self._plan(source, "", Path(str(mirror["store"])), None, [])
            answer = json.loads(
                await self._run_helper("clone_child", {**plan, "mirror": mirror, "tidy": True})
            )
            _log.info("mirror_repacked", host=mirror["host"], done=answer["ok"])
        await asyncio.to_thread(self._mirrors.trim)

    async def make_room(self) -> None:
        """Drop every mirror that nobody uses: the disk is full, and they can be had again."""
        if self._mirrors is not None:
            await asyncio.to_thread(self._mirrors.trim, 0)

    def _mirror(self, source: Source) -> dict[str, object]:
        """Return what the helper needs to ask a remote, and where its mirror is, if anywhere."""
        kept = self._mirrors if not source.partial else None
        place = kept.place(source.url) if kept else None
        return {
            **clone.mirror_commands(source),
            "lock": str(place.lock) if place else "",
            "store": str(place.store) if place else "",
            "limit": self._limit,
            "patience": self._patience,
        }

    def _plan(
        self,
        source: Source,
        local: str,
        tree: Path,
        netns: Path | None,
        resolvers: Sequence[str],
        credentials: Credentials = NONE,
    ) -> dict[str, object]:
        limited = {"RLIMIT_FSIZE": self._limit} if self._limit else {}
        return {
            "user": USER,
            "limits": {**_LIMITS, **limited},
            "tidy": False,
            "look": None,
            "writes": False,
            "mirror": {},
            "root": str(self._box),
            "netns": str(netns or ""),
            "target": str(tree),
            "target_inside": clone.TARGET,
            "folder": clone.CLONE_FOLDER,
            "source": local,
            "source_inside": clone.SOURCE,
            "environment": clone.git_environment(self._protocols, credentials),
            "secrets": {
                "answer": answer_of(credentials),
                "ssh_key": credentials.ssh_key,
            },
            "clone": clone.clone_command(source),
            "turn": clone.turn_of(source),
            "fill": clone.fill_command(source),
            "etc": {
                "passwd": "root:x:0:0::/:/bin/false\n"
                f"gitpod:x:{USER}:{USER}::/nonexistent:/bin/false\n",
                "group": f"root:x:0:\ngitpod:x:{USER}:\n",
                "hosts": hosts_file("clone"),
                "resolv.conf": resolv_conf(resolvers),
                "gitconfig": clone.GIT_CONFIG + git_config(source.url, credentials),
                **etc_files(credentials),
            },
        }
