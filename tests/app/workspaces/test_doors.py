"""A supervisor's certificate: of its own instance alone, and the same from every server."""

from base64 import b64encode
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.workspaces.doors import certificate
from tests.app.server import open_server
from tests.waiting import until
from wire.door import DOOR_PATH, seed

KEY, OTHER = (b64encode(one * 32).decode() for one in (b"k", b"o"))


def test_a_certificate_is_made_of_the_key_and_of_nothing_else() -> None:
    text = certificate(KEY)
    shown = x509.load_pem_x509_certificate(text.encode()).public_key()
    assert shown == Ed25519PrivateKey.from_private_bytes(seed(KEY)).public_key()
    assert certificate(KEY) == text != certificate(OTHER)


async def test_a_live_instance_gets_its_own_and_nobody_else_any(tmp_path: Path) -> None:
    async with open_server(tmp_path) as server:
        body = {"url": "https://h.org/ada/demo", "trust": False}
        made = await server.public.post("/api/v1/workspaces", json=body, headers=server.bearer)
        instance = f"{made.json()['id']}.1"
        await until(lambda: server.node.containers)
        secrets = server.app.state.store.secrets
        bearer = {"authorization": f"Bearer {secrets.token(instance)}"}
        given = await server.agent.post(DOOR_PATH, headers=bearer)
        assert given.status_code == 200
        assert given.json() == {"certificate": certificate(secrets.proof_key(instance))}
        assert given.headers["cache-control"] == "no-store"
        assert (await server.agent.post(DOOR_PATH)).status_code == 401
        next_one = {"authorization": f"Bearer {secrets.token(instance[:-1] + '2')}"}
        assert (await server.agent.post(DOOR_PATH, headers=next_one)).status_code == 401
        assert (await server.public.post(DOOR_PATH, headers=bearer)).status_code in {401, 403, 404}
