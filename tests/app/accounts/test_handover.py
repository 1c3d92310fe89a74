"""The handover's server half, as a conversation of browser, server and proxy."""

from base64 import b64decode
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import parse_qs, urlsplit

import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from httpx import Response
from msgspec import structs

from tests.app.browser import Browser
from wire.tokens import CODE_LIFETIME, verify_grant

NONCE = "n" * 43
HASH = sha256(NONCE.encode()).hexdigest()


@dataclass
class Handover:
    """A signed-in browser on its way to a workspace host."""

    browser: Browser
    workspace: str
    host: str

    async def ask(self, **query: str) -> Response:
        asked = {"host": self.host, "path": "/x?y=1", "n": HASH, **query}
        path = "/auth/grant?" + "&".join(f"{k}={v.replace('&', '%26')}" for k, v in asked.items())
        return await self.browser.go(path, **{"sec-fetch-site": "same-site"})

    async def code(self, **query: str) -> str:
        reply = await self.ask(**query)
        assert reply.status_code == 303, reply.text
        return parse_qs(urlsplit(reply.headers["location"]).query)["code"][0]

    async def redeem(self, code: str, nonce: str = NONCE, host: str = "") -> Response:
        body = {"code": code, "nonce": nonce, "host": host or self.host}
        return await self.browser.server.internal.post("/internal/grants/redeem", json=body)


@pytest_asyncio.fixture
async def handover(browser: Browser) -> Handover:
    await browser.sign_in()
    workspace = await browser.create()
    return Handover(browser, workspace, f"{workspace}.ws.localhost:8080")


async def test_a_code_becomes_a_grant(handover: Handover) -> None:
    server = handover.browser.server
    reply = await handover.redeem(await handover.code())
    assert reply.status_code == 200, reply.text
    said = reply.json()
    assert (said["scope"], said["workspace"]) == ("ide", handover.workspace)
    assert said["path"] == "/x?y=1"
    keys = [
        Ed25519PublicKey.from_public_bytes(b64decode(one))
        for one in server.app.state["keys"].public_keys()
    ]
    grant = verify_grant(said["grant"], keys, server.clock.now())
    assert grant is not None
    assert (grant.workspace, grant.scope, grant.role) == (handover.workspace, "ide", "owner")
    assert grant.issued == int(server.clock.now())
    ports = verify_grant(said["ports"], keys, server.clock.now())
    assert ports == structs.replace(grant, scope="port")


async def test_the_redirect_goes_to_the_host_as_we_spell_it(handover: Handover) -> None:
    reply = await handover.ask(host=handover.host.upper())
    assert reply.headers["location"].startswith(f"http://{handover.host}/.podium/grant?code=")
    assert reply.headers["cache-control"] == "no-store"
    assert reply.headers["referrer-policy"] == "no-referrer"


async def test_a_port_gets_a_grant_for_ports(handover: Handover) -> None:
    host = f"3000-{handover.host}"
    reply = await handover.redeem(await handover.code(host=host), host=host)
    assert reply.json()["scope"] == "port"
    assert reply.json()["ports"] == "", "a port never leads to the IDE, nor to more of its kind"


async def test_a_code_is_good_once(handover: Handover) -> None:
    code = await handover.code()
    assert (await handover.redeem(code)).status_code == 200
    again = await handover.redeem(code)
    assert (again.status_code, again.json()["code"]) == (400, "code_used")


async def test_a_code_expires(handover: Handover) -> None:
    code = await handover.code()
    handover.browser.server.clock.advance(CODE_LIFETIME + 1)
    assert (await handover.redeem(code)).json()["code"] == "code_expired"


@pytest.mark.parametrize("wrong", ["nonce", "host", "port"])
async def test_a_code_is_bound_to_browser_and_host(handover: Handover, wrong: str) -> None:
    code = await handover.code()
    nonce = "m" * 43 if wrong == "nonce" else NONCE
    other = await handover.browser.create() if wrong == "host" else handover.workspace
    host = f"{other}.ws.localhost:8080"
    host = f"3000-{host}" if wrong == "port" else host
    reply = await handover.redeem(code, nonce, host)
    assert (reply.status_code, reply.json()["code"]) == (400, "code_foreign")
    # A failed try has spent it: whoever stole the code cannot be followed by its owner unnoticed.
    assert (await handover.redeem(code)).json()["code"] == "code_used"


async def test_a_code_dies_with_its_session(handover: Handover) -> None:
    code = await handover.code()
    assert (await handover.browser.act("/auth/sign-out")).status_code == 204
    assert (await handover.redeem(code)).json()["code"] == "session_ended"


@pytest.mark.parametrize("code", ["", "x", "x" * 300, "é"])
async def test_an_unknown_code_is_refused(handover: Handover, code: str) -> None:
    assert (await handover.redeem(code)).json()["code"] == "code_unknown"


@pytest.mark.parametrize(
    "host",
    ["evil.example", "podium.localhost:8080", "localhost:8080", "ws.localhost:8080", "", "a@b"],
)
async def test_only_workspace_hosts_are_handed_to(handover: Handover, host: str) -> None:
    reply = await handover.ask(host=host)
    assert reply.status_code == 400
    assert "location" not in reply.headers
    assert reply.headers["content-type"].startswith("text/html")


async def test_only_the_owners_workspaces_are_handed_to(handover: Handover) -> None:
    reply = await handover.ask(host="amber-otter-0000000000.ws.localhost:8080")
    assert reply.status_code == 404
    assert "There is no such workspace" in reply.text


@pytest.mark.parametrize("nonce", ["", "x" * 64, HASH.upper(), HASH[:-1], HASH + "0"])
async def test_the_nonces_hash_must_be_one(handover: Handover, nonce: str) -> None:
    reply = await handover.ask(n=nonce)
    assert reply.status_code in {400, 422}
    assert not nonce or len(nonce) > 64 or "nonce_invalid" in reply.text


@pytest.mark.parametrize("path", ["//evil.example", "https://evil.example", "/\\evil", "x"])
async def test_the_path_stays_on_its_host(handover: Handover, path: str) -> None:
    assert (await handover.redeem(await handover.code(path=path))).json()["path"] == "/"


async def test_who_is_signed_out_comes_back_here_after_signing_in(handover: Handover) -> None:
    handover.browser.cookie = ""
    reply = await handover.ask()
    assert reply.status_code == 303
    place = parse_qs(urlsplit(reply.headers["location"]).query)["next"][0]
    assert place.startswith("/auth/grant?")
    assert parse_qs(urlsplit(place).query) == {
        "host": [handover.host],
        "path": ["/x?y=1"],
        "n": [HASH],
    }


async def test_an_api_token_is_no_browser(handover: Handover) -> None:
    server = handover.browser.server
    reply = await server.public.get(
        f"/auth/grant?host={handover.host}&n={HASH}", headers=server.bearer
    )
    assert reply.status_code == 404
