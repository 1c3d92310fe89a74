"""What a workspace gets for its git, and when it gets nothing."""

from base64 import b64encode
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from httpx import Response

from app.gitaccess import sshkeys
from tests.app.gitaccess.test_sshkeys import sign_in
from tests.app.server import Server, open_server
from tests.waiting import until
from wire.agentgit import (
    GIT_CREDENTIAL_PATH,
    SSH_KEY_PATH,
    SSH_SIGNATURE_PATH,
)

HOST = {"protocol": "https", "host": "h.org"}
ACCESS = "/api/v1/git-access"
URL = "https://h.org/ada/demo"


class Inside:
    """A workspace of the owner, who has a token for h.org and a key."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.id = ""
        self.public = ""

    async def make(self, *, trust: bool) -> None:
        api, bearer = self.server.public, self.server.bearer
        await api.put(f"{ACCESS}/tokens/h.org", json={"token": "t"}, headers=bearer)
        made = await api.post(f"{ACCESS}/ssh-key", headers=bearer)
        self.public = made.json()["public"]
        body = {"url": URL, "trust": trust}
        reply = await api.post("/api/v1/workspaces", json=body, headers=bearer)
        self.id = reply.json()["id"]
        await until(lambda: self.server.node.containers)

    @property
    def blob(self) -> bytes:
        return sshkeys.blob_of(self.public)

    async def ask(self, path: str, body: object = None) -> Response:
        token = self.server.app.state.store.secrets.token(f"{self.id}.1")
        headers = {"authorization": f"Bearer {token}"}
        return await self.server.agent.post(path, json=body, headers=headers)

    async def sign(self, key: bytes, data: bytes) -> Response:
        body = {"key": b64encode(key).decode(), "data": b64encode(data).decode()}
        return await self.ask(SSH_SIGNATURE_PATH, body)


@pytest_asyncio.fixture
async def inside(tmp_path: Path) -> AsyncIterator[Inside]:
    async with open_server(tmp_path) as server:
        yield Inside(server)


async def test_a_trusted_workspace_gets_what_its_owner_has(inside: Inside) -> None:
    await inside.make(trust=True)
    reply = await inside.ask(GIT_CREDENTIAL_PATH, HOST)
    assert (reply.status_code, reply.json()) == (200, {"username": "oauth2", "password": "t"})
    assert reply.headers["cache-control"] == "no-store"
    key = (await inside.ask(SSH_KEY_PATH)).json()["public"]
    assert inside.public.startswith(key)
    signed = await inside.sign(inside.blob, sign_in(blob=inside.blob))
    assert signed.status_code == 200


@pytest.mark.parametrize("host", ["h.net", "h.org:8443", "", "h.org/x"])
async def test_another_host_has_no_token(inside: Inside, host: str) -> None:
    await inside.make(trust=True)
    assert (await inside.ask(GIT_CREDENTIAL_PATH, {**HOST, "host": host})).status_code == 404
    assert (await inside.ask(GIT_CREDENTIAL_PATH, {**HOST, "protocol": "http"})).status_code == 404


async def test_only_sign_ins_are_signed(inside: Inside) -> None:
    await inside.make(trust=True)
    refused = await inside.sign(inside.blob, b"SSHSIG")
    assert (refused.status_code, refused.json()["code"]) == (403, "not_signed")
    assert (await inside.sign(b"other", sign_in(blob=b"other"))).status_code == 403


async def test_without_trust_there_is_nothing(inside: Inside) -> None:
    await inside.make(trust=False)
    replies = [
        await inside.ask(GIT_CREDENTIAL_PATH, HOST),
        await inside.ask(SSH_KEY_PATH),
        await inside.sign(inside.blob, sign_in(blob=inside.blob)),
    ]
    assert [(one.status_code, one.json()["code"]) for one in replies] == [(403, "not_trusted")] * 3


async def test_trust_that_is_taken_back_counts_at_once(inside: Inside) -> None:
    await inside.make(trust=True)
    await inside.server.public.delete(
        "/api/v1/trust", params={"repository": URL}, headers=inside.server.bearer
    )
    assert (await inside.ask(GIT_CREDENTIAL_PATH, HOST)).status_code == 403


async def test_an_instance_that_is_over_gets_nothing(inside: Inside) -> None:
    await inside.make(trust=True)
    await inside.server.public.post(
        f"/api/v1/workspaces/{inside.id}/stop?force=true", headers=inside.server.bearer
    )
    assert (await inside.ask(GIT_CREDENTIAL_PATH, HOST)).status_code in {401, 403}


async def test_nobody_else_may_ask(inside: Inside) -> None:
    await inside.make(trust=True)
    for headers in ({}, inside.server.bearer, {"authorization": "Bearer x"}):
        reply = await inside.server.agent.post(GIT_CREDENTIAL_PATH, json=HOST, headers=headers)
        assert reply.status_code in {401, 403}
    outside = await inside.server.public.post(
        GIT_CREDENTIAL_PATH, json=HOST, headers=inside.server.bearer
    )
    assert outside.status_code in {403, 404}


async def test_what_is_not_there_is_said(inside: Inside) -> None:
    await inside.make(trust=True)
    other = await inside.ask(GIT_CREDENTIAL_PATH, {**HOST, "host": "h.net"})
    assert (other.status_code, other.json()["code"]) == (404, "token_missing")
    await inside.server.public.delete(f"{ACCESS}/ssh-key", headers=inside.server.bearer)
    key = await inside.ask(SSH_KEY_PATH)
    assert (key.status_code, key.json()["code"]) == (404, "ssh_key_missing")
