"""What a pod's supervisor proves itself with at its door: a certificate made of its key.

Made anew for each question and the same each time, so that nothing of it is stored, and every
server gives the same one. Nobody looks at its dates or names: who has the instance's key knows
which public key to expect.
"""

from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from litestar import Response, post
from litestar.di import NamedDependency
from msgspec import Struct

from app.accounts.access import Principal
from app.workspaces.agentgit import QUESTION, given, living
from app.workspaces.links import Links
from app.workspaces.store import Store
from wire.door import DOOR_PATH, DoorGiven, seed

_FROM, _UNTIL = datetime(2000, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)
_NAME = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "podium door")])


@post(DOOR_PATH, **QUESTION)
async def door(
    principal: NamedDependency[Principal],
    store: NamedDependency[Store],
    links: NamedDependency[Links],
) -> Response[Struct]:
    """Give the certificate of the asking instance's door; raises Denied."""
    await living(principal, store, links)
    return given(DoorGiven(certificate=certificate(store.secrets.proof_key(principal.instance))))


def certificate(key: str) -> str:
    """Return certificate and private key of the door of the instance with this key, PEM."""
    private = Ed25519PrivateKey.from_private_bytes(seed(key))
    made = (
        x509.CertificateBuilder()
        .subject_name(_NAME)
        .issuer_name(_NAME)
        .public_key(private.public_key())
        .serial_number(1)
        .not_valid_before(_FROM)
        .not_valid_after(_UNTIL)
        .sign(private, None)
    )
    secret = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return (made.public_bytes(Encoding.PEM) + secret).decode()


route_handlers = [door]
