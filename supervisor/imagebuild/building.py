"""One build from beginning to end: files, base, podman, push, and what became of it."""

import asyncio
import errno
import os
from base64 import b64encode
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Final

import msgspec

from supervisor.host.asking import Asking, NotGiven
from supervisor.host.journal import note
from supervisor.host.lookups import Lookups
from supervisor.host.names import read_names
from supervisor.imagebuild import base, features, namespace
from supervisor.imagebuild.commands import (
    BEFORE,
    Ground,
    build_command,
    checkout_command,
    environment,
    features_command,
    pull_command,
    push_command,
    settings_files,
)
from supervisor.imagebuild.registry import Registry, RegistryFailed, relay
from supervisor.imagebuild.store import files_of, links_of
from supervisor.imagebuild.telling import OVER, Telling
from supervisor.imagebuild.words import failure
from wire.imagebuild import (
    PLAN_PATH,
    RESULT_PATH,
    BuildPlan,
    BuildResult,
)
from wire.names import LOOKUP_PORT, NAMES_FILE

USER: Final = 33333
_GROUND: Final = Ground()
_PAUSE: Final = 1.0
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})
_LONGEST: Final = 400
_PIECE: Final = 65536


class _Failed(Exception):
    def __init__(self, result: BuildResult) -> None:
        super().__init__(result.code)
        self.result = result


class Builder:
    """Builds what the server says, and tells it how that went."""

    def __init__(self, asking: Asking, ground: Ground = _GROUND) -> None:
        self._asking = asking
        self._ground = ground
        self._last: deque[str] = deque(maxlen=30)
        self._base = ""

    async def run(self) -> int:
        """Return the exit code: 0 when the server knows the result, good or bad."""
        plan = await self._plan()
        if plan is None:
            return 1
        hidden = [plan.token, *plan.secrets.values()]
        telling = Telling(self._asking, *(one.encode() for one in hidden))
        names = read_names(NAMES_FILE)
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(telling.run(), name="telling")]
            if names is not None:
                tasks.append(group.create_task(Lookups(names).run(LOOKUP_PORT), name="lookups"))
            result = await self._result(plan, telling)
            for task in tasks:
                task.cancel()
        if result.code:
            telling.take(f"\x1b[31m{result.detail}\x1b[0m\r\n".encode())
        telling.end()
        await telling.flush()
        return 0 if await self._end(result) else 1

    async def _result(self, plan: BuildPlan, telling: Telling) -> BuildResult:
        try:
            async with relay(self._ground.registry, self._ground.port):
                return await self._build(plan, telling)
        except _Failed as error:
            return error.result
        except (OSError, RegistryFailed) as error:
            full = error.full if isinstance(error, RegistryFailed) else error.errno in _FULL
            code = "disk_full" if full else "build_failed"
            return BuildResult(code=code, detail=str(error)[:_LONGEST])

    async def _plan(self) -> BuildPlan | None:
        while True:
            try:
                return msgspec.json.decode(await self._asking.ask(PLAN_PATH), type=BuildPlan)
            except NotGiven as refused:
                note("plan_not_given", status=refused.status)
                if refused.status in OVER:
                    return None
                await asyncio.sleep(_PAUSE)

    async def _end(self, result: BuildResult) -> bool:
        while True:
            try:
                await self._asking.ask(RESULT_PATH, result)
            except NotGiven as refused:
                if refused.status in OVER:
                    return False
                await asyncio.sleep(_PAUSE)
            else:
                return True

    async def _build(self, plan: BuildPlan, telling: Telling) -> BuildResult:
        registry = Registry(self._ground.registry, plan.token)
        ground = self._ground
        for folder in ground.folders:
            os.makedirs(folder, exist_ok=True)  # noqa: PTH103 - lean start, no pathlib
        for path, text in settings_files(ground, plan).items():
            _write(path, text)
        await self._check_out(plan, telling)
        if plan.bases:
            await self._lay_base(plan, registry, telling)
        if plan.pulls:
            with _files({ground.auth: _auth(ground.address, plan.token)}):
                for name in plan.pulls:
                    telling.say(f"Getting {name}")
                    await self._podman(pull_command(name), telling, "base_unknown")
        if plan.dockerfile:
            telling.say(f"Building {plan.dockerfile}")
            with _files({ground.secret(n): one for n, one in enumerate(plan.secrets.values())}):
                await self._podman(build_command(ground, plan), telling)
        if plan.features:
            await self._install(plan, registry, telling)
        # what the build has started and left must see nothing of the token
        namespace.end_everything()
        telling.say("Handing over the image")
        with _files({ground.auth: _auth(ground.address, plan.token)}):
            await self._podman(push_command(ground, plan.name), telling, "push_failed")
        digest = await asyncio.to_thread(_read, ground.digest)
        telling.say(f"Done: {digest}")
        return BuildResult(digest=digest, base=self._base)

    async def _check_out(self, plan: BuildPlan, telling: Telling) -> None:
        process = await asyncio.create_subprocess_exec(
            *checkout_command(self._ground.repository(plan.folder)),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            user=USER,
            group=USER,
            extra_groups=[],
            env=environment(self._ground) | {"HOME": "/nonexistent", "GIT_LFS_SKIP_SMUDGE": "1"},
        )
        await self._follow(process, process.stdout, telling, "checkout_failed")

    async def _lay_base(self, plan: BuildPlan, registry: Registry, telling: Telling) -> None:
        store, files = self._ground.store, self._ground.base
        digest, size = await base.measure(files)
        self._base = digest
        if not await registry.has(plan.name, digest):
            telling.say(f"Storing the image that {plan.bases[0]} stands for, once")
            await registry.give(plan.name, digest, size, base.pack(files))
        for path, text in files_of(digest, size, plan.bases).items():
            _write(f"{store}/{path}", text)
        for path, target in links_of(digest, files).items():
            os.makedirs(os.path.dirname(f"{store}/{path}"), exist_ok=True)  # noqa: PTH103, PTH120 - as above
            os.symlink(target, f"{store}/{path}")  # noqa: PTH211 - as above

    async def _install(self, plan: BuildPlan, registry: Registry, telling: Telling) -> None:
        """Build what has the features above what is there."""
        folder = self._ground.features
        base = BEFORE if plan.dockerfile else plan.above
        for path, text in features.files_of(base, plan.features).items():
            _write(f"{folder}/{path}", text)
        for number, one in enumerate(plan.features):
            telling.say(f"Getting the feature {one.reference}")
            _write_bytes(
                f"{folder}/{features.layer_of(number)}",
                await registry.take(one.source, one.layer, one.size),
            )
        telling.say("Installing features")
        await self._podman(features_command(self._ground), telling)

    async def _podman(self, command: Sequence[str], telling: Telling, code: str = "") -> None:
        process = await namespace.start(
            (self._ground.python, "-I", "-S"),
            command,
            environment(self._ground),
            self._ground.workspace,
        )
        await self._follow(process, process.stderr, telling, code)

    async def _follow(
        self,
        process: asyncio.subprocess.Process,
        output: asyncio.StreamReader | None,
        telling: Telling,
        code: str,
    ) -> None:
        assert output is not None
        held = b""
        while data := await output.read(_PIECE):
            telling.take(data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
            *lines, held = (held + data)[-_PIECE:].split(b"\n")
            self._last.extend(line.decode(errors="replace") for line in lines)
        ended = await process.wait()
        if ended:
            found = failure([*self._last, held.decode(errors="replace")], ended)
            if code and found.code == "step_failed":
                found = msgspec.structs.replace(found, code=code)
            raise _Failed(found)


@contextmanager
def _files(texts: Mapping[str, str]) -> Iterator[None]:
    """Have secrets in files on a tmpfs for as long as a program of ours reads them."""
    try:
        for path, text in texts.items():
            _write(path, text, 0o600)
        yield
    finally:
        for path in texts:
            with suppress(FileNotFoundError):
                os.unlink(path)  # noqa: PTH108 - lean start, no pathlib


def _auth(address: str, token: str) -> str:
    """Return the token as podman's file of passwords has it; there while nothing is built."""
    basic = b64encode(f"podium:{token}".encode()).decode()
    return msgspec.json.encode({"auths": {address: {"auth": basic}}}).decode()


def _read(path: str) -> str:
    with open(path) as file:  # noqa: PTH123 - lean start, no pathlib
        return file.read().strip()


def _write(path: str, text: str, mode: int = 0o644) -> None:
    _write_bytes(path, text.encode(), mode)


def _write_bytes(path: str, content: bytes, mode: int = 0o644) -> None:
    os.makedirs(os.path.dirname(path), exist_ok=True)  # noqa: PTH103, PTH120 - lean start, no pathlib
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
