import pytest
from aiohttp import web

from kit.oci.core.failures import Unauthorized
from kit.oci.core.refusals import Refused
from kit.oci.core.secrets import Credentials
from kit.oci.layout import Layout
from kit.oci.registry import Registries
from tests.kit.oci.images import HELLO, add_image
from tests.kit.oci.registryhost import PASSWORD, TOKEN, USER, RegistryHost


@pytest.fixture(autouse=True)
def image(host: RegistryHost, source: Layout) -> None:
    host.add(source, add_image(source, HELLO))


def secrets(host: RegistryHost, password: str = PASSWORD) -> dict[str, Credentials]:
    return {host.host: Credentials(USER, password)}


@pytest.mark.parametrize("door", ["basic", "bearer", "bearer-password"])
async def test_it_knocks_once_and_is_let_in(
    host: RegistryHost, registries: Registries, door: str
) -> None:
    host.door = door
    for _ in range(3):
        await registries.manifest(host.reference(), secrets(host))
    assert host.asked["GET /token"] == (0 if door == "basic" else 1)
    assert host.asked["GET /v2/a/b/manifests/1"] == 4


@pytest.mark.parametrize("door", ["basic", "bearer-password"])
async def test_without_the_password_or_with_a_wrong_one(
    host: RegistryHost, registries: Registries, door: str
) -> None:
    host.door = door
    for given in ({}, secrets(host, "wrong"), {"other.org": Credentials(USER, PASSWORD)}):
        with pytest.raises(Unauthorized) as told:
            await registries.manifest(host.reference(), given)
        assert "wrong" not in str(told.value)
    await registries.manifest(host.reference(), secrets(host))


async def test_one_persons_token_lets_nobody_else_in(
    host: RegistryHost, registries: Registries
) -> None:
    host.door = "bearer-password"
    await registries.manifest(host.reference(), secrets(host))
    with pytest.raises(Unauthorized):
        await registries.manifest(host.reference())


async def test_a_token_that_is_taken_no_more_is_made_anew(
    host: RegistryHost, registries: Registries
) -> None:
    host.door = "bearer"
    await registries.manifest(host.reference())
    told = 0

    async def lie(request: web.Request) -> web.StreamResponse | None:
        nonlocal told
        told += 1
        return host._challenge() if told == 1 else None

    host.lie = lie
    await registries.manifest(host.reference())
    assert host.asked["GET /token"] == 2


async def test_an_identity_token_is_exchanged(host: RegistryHost, registries: Registries) -> None:
    host.door = "bearer"
    form: dict[str, str] = {}

    async def lie(request: web.Request) -> web.StreamResponse | None:
        if request.method != "POST":
            return None
        form.update({name: str(value) for name, value in (await request.post()).items()})
        return web.json_response({"access_token": TOKEN})

    host.lie = lie
    given = {host.host: Credentials("<token>", refresh="refresh-me")}
    await registries.manifest(host.reference(), given)
    assert form["grant_type"] == "refresh_token"
    assert form["refresh_token"] == "refresh-me"
    assert form["scope"] == "repository:a/b:pull"
    assert form["service"] == "test"


@pytest.mark.parametrize(
    ("challenge", "why"),
    [
        ('Bearer realm="https://169.254.169.254/token"', "not asked at"),
        ('Bearer realm="http://example.org/token"', "without encryption"),
        ('Bearer realm="ftp://example.org/token"', "without encryption"),
        ('Bearer realm="/token"', "names no door"),
        ("Bearer realm=x", "names no door"),
        ('Bearer service="x"', "names no door"),
        ('Bearer realm="', "cannot be read"),
    ],
)
async def test_doors_that_are_not_knocked_at(
    host: RegistryHost, registries: Registries, challenge: str, why: str
) -> None:
    async def lie(request: web.Request) -> web.StreamResponse:
        return web.Response(status=401, headers={"WWW-Authenticate": challenge})

    host.lie = lie
    with pytest.raises(Refused, match=why):
        await registries.manifest(host.reference(), secrets(host))


@pytest.mark.parametrize("answer", ["", "<html>", "{}", '{"token": "' + "x" * 100_000 + '"}'])
async def test_a_door_that_gives_no_token(
    host: RegistryHost, registries: Registries, answer: str
) -> None:
    host.door = "bearer"

    async def lie(request: web.Request) -> web.StreamResponse | None:
        return web.Response(text=answer) if request.path == "/token" else None

    host.lie = lie
    with pytest.raises(Refused):
        await registries.manifest(host.reference())


async def test_a_registry_that_says_401_and_not_how(
    host: RegistryHost, registries: Registries
) -> None:
    async def lie(request: web.Request) -> web.StreamResponse:
        return web.Response(status=401)

    host.lie = lie
    with pytest.raises(Unauthorized, match="needs a password"):
        await registries.manifest(host.reference())
