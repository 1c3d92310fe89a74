"""The API of Kubernetes: calls with a deadline, lists in pages, watches behind a list.

The one module that knows the client library, which takes 100 MB and 0.8 s to import: only a
server of a cluster imports it. Objects are what the API sends, as dictionaries; the library's
models would name every field of every kind.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Final

import aiohttp
import msgspec
from kubernetes_asyncio import config
from kubernetes_asyncio.client.api_client import ApiClient
from kubernetes_asyncio.client.configuration import Configuration

from app.runtime.podapi import ApiDown, ApiRefused, Event, Expired, Object

DEADLINE: Final = 10.0
"""Seconds for one call, with its repetitions after being throttled."""
PAGE: Final = 500
"""Objects in one piece of a list."""
WATCH: Final = 300
"""Seconds after which a watch is begun anew from where it was."""
SILENCE: Final = 90.0
"""Seconds without a word, not even a bookmark, after which a watch is taken for dead."""
_AGAIN: Final = 1.0
"""Seconds to wait when throttled without being told for how long."""
_AUTH: Final = ["BearerToken"]

Query = Sequence[tuple[str, str]]


class KubeApi:
    """One namespace of a cluster; make, use and close it in one event loop."""

    def __init__(self, client: ApiClient, namespace: str, deadline: float = DEADLINE) -> None:
        self._client = client
        self._base = f"/api/v1/namespaces/{namespace}"
        self._deadline = deadline

    @classmethod
    async def connect(cls, namespace: str, kubeconfig: str = "") -> "KubeApi":
        """Return the API as a pod of the cluster reaches it, or as a kubeconfig file says."""
        settings = Configuration()
        settings.connection_pool_maxsize = 0  # every node has a watch, which takes one for long
        if kubeconfig:
            await config.load_kube_config(config_file=kubeconfig, client_configuration=settings)
        else:
            config.load_incluster_config(client_configuration=settings)  # type: ignore[no-untyped-call] # the library has no types
        return cls(ApiClient(settings), namespace)

    async def close(self) -> None:
        """Close every connection."""
        await self._client.close()

    async def get(self, kind: str, name: str) -> Object | None:
        """Return an object; None when there is none."""
        try:
            return await self._call("GET", f"{self._base}/{kind}/{name}")
        except ApiRefused as error:
            if error.status == 404:
                return None
            raise

    async def create(self, kind: str, body: Object) -> Object | None:
        """Create an object; None when there is one of its name."""
        try:
            return await self._call("POST", f"{self._base}/{kind}", body=body)
        except ApiRefused as error:
            if error.reason == "AlreadyExists":
                return None
            raise

    async def patch(self, kind: str, name: str, body: Object) -> bool:
        """Merge into an object; tells whether there is one."""
        kinds = {"Content-Type": "application/merge-patch+json"}
        try:
            await self._call("PATCH", f"{self._base}/{kind}/{name}", body=body, headers=kinds)
        except ApiRefused as error:
            if error.status != 404:
                raise
            return False
        return True

    async def delete(self, kind: str, name: str, uid: str, grace: int | None = None) -> None:
        """Make sure that an object of this uid goes; another one of its name stays."""
        body: Object = {"preconditions": {"uid": uid}}
        if grace is not None:
            body["gracePeriodSeconds"] = grace
        try:
            await self._call("DELETE", f"{self._base}/{kind}/{name}", body=body)
        except ApiRefused as error:
            if error.status not in {404, 409}:
                raise

    async def list(self, kind: str, selector: str) -> tuple[list[Object], str]:
        """Return all objects, and the version that a watch goes on from."""
        found: list[Object] = []
        more = ""
        while True:
            query = [("labelSelector", selector), ("limit", str(PAGE))]
            query += [("continue", more)] if more else []
            try:
                page = await self._call("GET", f"{self._base}/{kind}", query=query)
            except ApiRefused as error:
                if error.status != 410 or not more:
                    raise
                found, more = [], ""  # the pages that are left were of a state that is forgotten
                continue
            found += page["items"]
            more = page["metadata"].get("continue", "")
            if not more:
                return found, page["metadata"]["resourceVersion"]

    async def watch(self, kind: str, selector: str, version: str) -> AsyncGenerator[Event, None]:
        """Yield changes behind a version, until the server ends the watch in peace.

        Raises Expired, ApiRefused and ApiDown.
        """
        query = [
            ("labelSelector", selector),
            ("watch", "true"),
            ("allowWatchBookmarks", "true"),
            ("resourceVersion", version),
            ("timeoutSeconds", str(WATCH)),
        ]
        limits = aiohttp.ClientTimeout(sock_connect=self._deadline, sock_read=SILENCE)
        try:
            async with self._answer(
                "GET", f"{self._base}/{kind}", query=query, limits=limits
            ) as answer:
                async for line in answer.content:
                    if line.strip():
                        yield _event(line)
        except _Throttled as error:
            await asyncio.sleep(min(error.seconds, self._deadline))
            raise ApiDown(str(error)) from error

    async def _call(
        self,
        method: str,
        path: str,
        *,
        query: Query = (),
        body: Object | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Object:
        try:
            async with asyncio.timeout(self._deadline):
                while True:
                    try:
                        async with self._answer(
                            method, path, query=query, body=body, headers=headers
                        ) as answer:
                            return _object(await answer.read())
                    except _Throttled as error:
                        await asyncio.sleep(error.seconds)
        except TimeoutError as error:
            raise ApiDown(f"{method} {path}: no answer in {self._deadline:.0f} s") from error

    @asynccontextmanager
    async def _answer(
        self,
        method: str,
        path: str,
        *,
        query: Query = (),
        body: Object | None = None,
        headers: Mapping[str, str] | None = None,
        limits: aiohttp.ClientTimeout | None = None,
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """Yield a good answer; raises what a bad one means."""
        try:
            answer: aiohttp.ClientResponse = await self._client.call_api(
                path,
                method,
                query_params=list(query),
                header_params={"Accept": "application/json", **(headers or {})},
                body=body,
                auth_settings=_AUTH,
                _preload_content=False,
                _request_timeout=limits or aiohttp.ClientTimeout(total=self._deadline),
            )
            try:
                if answer.status >= 400:
                    raise _refusal(answer, await answer.read())
                yield answer
            finally:
                answer.close()
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            # a ValueError is a line that is longer than any object may be
            raise ApiDown(f"{method} {path}: {error or type(error).__name__}") from error


class _Throttled(Exception):
    """The server asks for patience."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"throttled for {seconds:.0f} s")
        self.seconds = seconds


def _refusal(answer: aiohttp.ClientResponse, body: bytes) -> Exception:
    wait = answer.headers.get("Retry-After", "")
    if answer.status == 429 or (answer.status in {500, 503, 504} and wait.isdigit()):
        return _Throttled(float(wait) if wait.isdigit() else _AGAIN)
    if answer.status >= 500 or answer.status == 401:  # a token that is renewed just now
        return ApiDown(f"the API server answers {answer.status}")
    try:
        told = _object(body)
    except ApiDown:
        told = {}
    status = ApiRefused(answer.status, str(told.get("reason", "")), str(told.get("message", "")))
    watching = "watch=true" in str(answer.url.query_string)
    return Expired(str(status)) if answer.status == 410 and watching else status


def _object(body: bytes) -> Object:
    try:
        told = msgspec.json.decode(body)
    except msgspec.DecodeError as error:
        raise ApiDown("the API server answers with something that is no JSON") from error
    if not isinstance(told, dict):
        raise ApiDown("the API server answers with something that is no object")
    return told


def _event(line: bytes) -> Event:
    told = _object(line)
    if told.get("type") == "ERROR":
        status = told.get("object", {})
        if status.get("code") == 410:
            raise Expired(str(status.get("message", "")))
        raise ApiDown(f"the watch ends: {status.get('message', '')}")
    return Event(str(told.get("type", "")), told["object"])
