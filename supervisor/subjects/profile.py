"""What of the person's editor goes with them: taken from the server, sent when it changes here."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from typing import Any

import msgspec

from supervisor.core.config import Config
from supervisor.core.profile import Held, Move, carried, decide, extensions_of
from supervisor.host.asking import Asking, NotGiven
from supervisor.host.journal import note
from supervisor.host.profile import Files
from supervisor.host.vitals import Vitals
from supervisor.subjects.context import Context
from supervisor.subjects.subject import Subject
from wire.agent import Desired
from wire.profile import (
    EXTENSIONS,
    KEEP_PROFILE_PATH,
    PROFILE_PATH,
    SNIPPETS,
    ProfileChanged,
    ProfileGiven,
    ProfileKept,
)

LOOK_EVERY = 5.0
"""Seconds between looks at the files' times."""


class ProfileSubject(Subject):
    """`wanted` is what the repository's file asks for: its extensions are not the person's."""

    def __init__(
        self,
        context: Context,
        asking: Asking,
        vitals: Vitals,
        wanted: Callable[[], Config],
    ) -> None:
        self._context = context
        self._asking = asking
        self._say = partial(vitals.say, "profile")
        self._wanted = wanted
        self._files = Files(context.account, context.data)
        self._revision = -1
        self._there: dict[str, Held] = {}
        self._base: dict[str, str] = {}
        self._installed: list[str] | None = None
        self._refused: set[tuple[str, str]] = set()
        self._kick = asyncio.Event()

    @property
    def extensions(self) -> list[str]:
        """Return the ids that go along, for the IDE's windows."""
        held = self._there.get(EXTENSIONS)
        return extensions_of(held.text) if held is not None else []

    def receive(self, _desired: Desired) -> None:
        """Look at once: another workspace may have changed something."""
        self._kick.set()

    def work(self) -> Mapping[str, Coroutine[Any, Any, None]]:
        """Look again and again."""
        return {"profile": self._follow()}

    async def _follow(self) -> None:
        while True:
            desired = self._context.desired
            if desired is not None and desired.profile is not None and not desired.headless:
                try:
                    await self._agree(desired.profile)
                except (
                    NotGiven
                ) as error:  # the server is away, or the person has changed their mind
                    note("profile_not_given", status=error.status)
                except OSError as error:  # a home that is full
                    note("profile_not_written", error=str(error))
            try:
                async with asyncio.timeout(LOOK_EVERY):
                    await self._kick.wait()
            except TimeoutError:
                continue
            self._kick.clear()

    async def _agree(self, revision: int) -> None:
        if self._revision < 0:
            self._base = self._files.base()
        if revision > self._revision:
            answer = await self._asking.ask(PROFILE_PATH)
            given = msgspec.json.decode(answer, type=ProfileGiven)
            self._there = {one.name: Held(one.text, one.at) for one in given.files}
            self._revision = given.revision
        before = dict(self._base)
        try:
            for name in sorted({*self._files.names(), *self._there} - {EXTENSIONS}):
                await self._agree_on(name)
            await self._agree_on_extensions()
        finally:
            if self._base != before:
                self._files.keep_base(self._base)

    async def _agree_on(self, name: str) -> None:
        here, there = self._files.read(name), self._there.get(name)
        move = decide(self._base.get(name), here, there)
        if here is None and move is Move.SEND and not name.startswith(SNIPPETS):
            move = Move.TAKE  # a snippet may be removed; who removes the rest starts anew
        if move in {Move.TAKE, Move.TAKE_KEEPING} and there is not None:
            if move is Move.TAKE_KEEPING and here is not None:
                self._files.keep_beside(name, here.text)
            self._files.write(name, there.text)
            self._base[name] = there.digest
        elif move in {Move.SEND, Move.SEND_KEEPING}:
            if move is Move.SEND_KEEPING and there is not None:
                self._files.keep_beside(name, there.text)
            await self._send(name, here.text if here is not None else None)
        elif here is not None:
            self._base[name] = here.digest

    async def _agree_on_extensions(self) -> None:
        now = extensions_of(self._files.installed())
        if self._installed is None:
            self._installed = now
        if now == self._installed:
            return
        there = self.extensions
        wished = carried(there, self._installed, now, self._wanted().extensions)
        if wished != there:
            await self._send(EXTENSIONS, msgspec.json.encode(wished).decode())
        self._installed = now

    async def _send(self, name: str, text: str | None) -> None:
        """Let the server keep it; what does not fit is told once, and stays here."""
        held = Held(text, time.time()) if text is not None else None
        mark = name, held.digest if held is not None else ""
        if mark in self._refused:
            return
        try:
            answer = await self._asking.ask(KEEP_PROFILE_PATH, ProfileChanged(name=name, text=text))
        except NotGiven as error:
            if error.status != 400:
                raise
            self._refused.add(mark)
            self._say(f"{name} does not go along: {error.detail}".encode())
            return
        self._revision = msgspec.json.decode(answer, type=ProfileKept).revision
        if held is None:
            self._there.pop(name, None)
            self._base.pop(name, None)
        else:
            self._there[name] = held
            self._base[name] = held.digest
