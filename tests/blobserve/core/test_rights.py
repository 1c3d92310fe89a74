"""Who may do what: each kind of asker against each kind of name, and how tokens are shown."""

from base64 import b64encode

import pytest

from blobserve.core.faults import Fault
from blobserve.core.names import parse
from blobserve.core.rights import STRANGER, Asker, check, claimed, proven, shown_token
from wire.registry import InstanceImage, PushTicket, Token, hash_token, spell_token

KEY, OTHER = "a" * 64, "b" * 64
DIGEST = f"sha256:{KEY}"
INSTANCE = "amber-otter-4k2hw9xz1q.3"
TOKEN = spell_token("built", KEY, "s" * 43)
TICKET = PushTicket(
    token=hash_token(TOKEN), until=100, most=1, reads=["docker.io/library/python"], known=[]
)
BUILD = Asker(token=Token("built", KEY), document=TICKET)
IMAGE = InstanceImage(token="x", base=f"built/{OTHER}")
WORKSPACE = Asker(token=Token("instance", INSTANCE), document=IMAGE)
OWN = Asker(own=True)

PYTHON = "/v2/docker.io/library/python/manifests/3"
SECRET_IMAGE = "/v2/docker.io/acme/secret/manifests/1"
MINE = f"/v2/built/{KEY}/manifests/latest"
THEIRS = f"/v2/built/{OTHER}/manifests/latest"
START = f"/v2/instance/{INSTANCE}/manifests/latest"
OTHER_START = "/v2/instance/amber-otter-4k2hw9xz1q.4/manifests/latest"
UPLOADS = f"/v2/built/{KEY}/blobs/uploads/"


def said(asker: Asker, method: str, target: str) -> str:
    try:
        check(asker, method, parse(target))
    except Fault as fault:
        return fault.code
    return "yes"


@pytest.mark.parametrize("target", ["/v2/", PYTHON, MINE, THEIRS, START, UPLOADS])
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
def test_nobody_may_anything(method: str, target: str) -> None:
    assert said(STRANGER, method, target) == "UNAUTHORIZED"


@pytest.mark.parametrize(
    ("target", "own", "build", "workspace"),
    [
        ("/v2/", "yes", "yes", "yes"),
        (PYTHON, "yes", "yes", "DENIED"),
        (SECRET_IMAGE, "yes", "DENIED", "DENIED"),
        (MINE, "yes", "yes", "DENIED"),
        (THEIRS, "yes", "DENIED", "DENIED"),
        (START, "yes", "DENIED", "yes"),
        (OTHER_START, "yes", "DENIED", "DENIED"),
        (f"/v2/built/{OTHER}/blobs/{DIGEST}", "yes", "DENIED", "DENIED"),
        (f"/v2/docker.io/acme/secret/referrers/{DIGEST}", "yes", "DENIED", "DENIED"),
        ("/v2/docker.io/acme/secret/tags/list", "yes", "DENIED", "DENIED"),
        (UPLOADS, "DENIED", "yes", "DENIED"),
        (f"{UPLOADS}0a", "DENIED", "yes", "DENIED"),
        (f"/v2/built/{OTHER}/blobs/uploads/0a", "DENIED", "DENIED", "DENIED"),
    ],
)
def test_who_reads_what(target: str, own: str, build: str, workspace: str) -> None:
    for method in ("GET", "HEAD"):
        assert said(OWN, method, target) == own
        assert said(BUILD, method, target) == build
        assert said(WORKSPACE, method, target) == workspace


@pytest.mark.parametrize(
    ("method", "target"),
    [("POST", UPLOADS), ("PATCH", f"{UPLOADS}0a"), ("PUT", f"{UPLOADS}0a"), ("PUT", MINE)],
)
def test_a_build_writes_its_own_name_and_nobody_else_does(method: str, target: str) -> None:
    assert said(BUILD, method, target) == "yes"
    assert said(BUILD, method, target.replace(KEY, OTHER)) == "DENIED"
    assert said(BUILD, method, target.replace(f"built/{KEY}", "docker.io/library/python")) == (
        "DENIED"
    )
    assert said(OWN, method, target) == "DENIED"
    assert said(WORKSPACE, method, target) == "DENIED"
    assert said(WORKSPACE, method, target.replace(f"built/{KEY}", f"instance/{INSTANCE}")) == (
        "DENIED"
    )


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("DELETE", MINE),
        ("POST", MINE),
        ("PUT", f"/v2/built/{KEY}/blobs/{DIGEST}"),
        ("DELETE", f"/v2/built/{KEY}/blobs/{DIGEST}"),
        ("PUT", UPLOADS),
        ("OPTIONS", "/v2/"),
        ("PUT", f"/v2/built/{KEY}/tags/list"),
    ],
)
def test_what_nobody_does(method: str, target: str) -> None:
    assert said(BUILD, method, target) == "UNSUPPORTED"


def basic(user: str, password: str) -> str:
    return f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"


def test_a_token_is_shown_in_either_way() -> None:
    for header in (f"Bearer {TOKEN}", f"bearer {TOKEN}", basic("podium", TOKEN), basic("", TOKEN)):
        assert shown_token(header) == TOKEN
        assert claimed(header) == Token("built", KEY)


@pytest.mark.parametrize(
    "header", ["", "Basic", "Basic !!", "Basic /w==", f"Digest {TOKEN}", "Bearer"]
)
def test_what_shows_none(header: str) -> None:
    assert claimed(header) is None


def test_a_long_header_is_not_looked_at() -> None:
    assert shown_token("Bearer " + "x" * 5000) == ""


def test_a_token_counts_with_its_document_until_its_time() -> None:
    header, token = f"Bearer {TOKEN}", Token("built", KEY)
    assert proven(header, token, TICKET, 99) == BUILD
    assert proven(header, token, TICKET, 100) == STRANGER
    assert proven(header, token, None, 1) == STRANGER
    assert proven(f"Bearer {TOKEN[:-1]}x", token, TICKET, 1) == STRANGER
