"""TLS on both sides, with real handshakes."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from kit.linkcerts import LinkCerts, LinkCertsError, alternatives
from tests.authority import Authority


class Listener:
    """Tells who asks who it is; `port` is where."""

    port: int

    @asynccontextmanager
    async def listening(self, context: ssl.SSLContext) -> AsyncIterator["Listener"]:
        server = await asyncio.start_server(self._answer, "127.0.0.1", 0, ssl=context)
        self.port = server.sockets[0].getsockname()[1]
        async with server:
            yield self

    async def _answer(self, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        names = alternatives(writer.get_extra_info("ssl_object"))
        writer.write(" ".join(["you are", *names]).encode())
        writer.close()

    async def ask(self, context: ssl.SSLContext) -> tuple[tuple[str, ...], str]:
        """Return the listener's names, and what it said; nothing when it refused."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, ssl=context)
        try:
            names = alternatives(writer.get_extra_info("ssl_object"))
            return names, (await reader.read()).decode()
        except (ssl.SSLError, ConnectionError):
            return (), ""
        finally:
            writer.close()


@pytest.fixture
def authority() -> Authority:
    return Authority()


async def test_each_side_is_told_who_the_other_is(tmp_path: Path, authority: Authority) -> None:
    server = LinkCerts(authority.link(tmp_path / "a", "podium://server", "server.example.org"))
    proxy = LinkCerts(authority.link(tmp_path / "b", "podium://proxy"))
    async with Listener().listening(server.server()) as listener:
        assert await listener.ask(proxy.client()) == (
            ("podium://server", "server.example.org"),
            "you are podium://proxy",
        )


async def test_nobody_is_heard_without_a_certificate_of_this_authority(
    tmp_path: Path, authority: Authority
) -> None:
    server = LinkCerts(authority.link(tmp_path / "a", "podium://server"))
    old = LinkCerts(authority.link(tmp_path / "b", "podium://proxy", days=-1))
    bare = ssl.create_default_context(cafile=tmp_path / "a" / "ca.crt")
    bare.check_hostname = False
    foreign = ssl.create_default_context(cafile=tmp_path / "a" / "ca.crt")
    foreign.check_hostname = False
    Authority().link(tmp_path / "c", "podium://proxy")
    foreign.load_cert_chain(tmp_path / "c" / "tls.crt", tmp_path / "c" / "tls.key")
    async with Listener().listening(server.server()) as listener:
        for context in (old.client(), bare, foreign):
            assert (await listener.ask(context))[1] == ""


async def test_a_listener_of_another_authority_or_an_expired_one_is_refused(
    tmp_path: Path, authority: Authority
) -> None:
    proxy = LinkCerts(authority.link(tmp_path / "b", "podium://proxy"))
    expired = LinkCerts(authority.link(tmp_path / "a", "podium://server", days=-1))
    async with Listener().listening(expired.server()) as listener:
        with pytest.raises(ssl.SSLCertVerificationError, match="certificate has expired"):
            await listener.ask(proxy.client())
    foreign = LinkCerts(Authority().link(tmp_path / "c", "podium://server"))
    async with Listener().listening(foreign.server()) as listener:
        with pytest.raises(ssl.SSLCertVerificationError):
            await listener.ask(proxy.client())


async def test_a_listener_without_clients_asks_for_no_certificate(
    tmp_path: Path, authority: Authority
) -> None:
    server = LinkCerts(authority.link(tmp_path / "a", "podium://server", "localhost"))
    bare = ssl.create_default_context(cafile=tmp_path / "a" / "ca.crt")
    bare.check_hostname = False
    async with Listener().listening(server.server(clients=False)) as listener:
        assert await listener.ask(bare) == (("podium://server", "localhost"), "you are")


async def test_renewed_files_count_at_the_next_handshake_and_broken_ones_never(
    tmp_path: Path, authority: Authority
) -> None:
    server = LinkCerts(authority.link(tmp_path / "a", "podium://server"))
    proxy = LinkCerts(authority.link(tmp_path / "b", "podium://proxy"))
    before = proxy.pem
    async with Listener().listening(server.server()) as listener:
        newer = Authority()
        newer.link(tmp_path / "a", "podium://server", "renewed.example.org")
        with pytest.raises(ssl.SSLCertVerificationError):
            await listener.ask(proxy.client())
        newer.link(tmp_path / "b", "podium://proxy")
        names = ("podium://server", "renewed.example.org")
        assert await listener.ask(proxy.client()) == (names, "you are podium://proxy")
        assert proxy.pem is not before
        (tmp_path / "a" / "tls.key").write_text("nothing")
        (tmp_path / "b" / "tls.crt").unlink()
        assert await listener.ask(proxy.client()) == (names, "you are podium://proxy")


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        ("ca.crt", None, "No such file"),
        ("ca.crt", "nothing", "holds no certificate"),
        ("tls.crt", "nothing", "are no certificate with its key"),
        ("tls.key", "nothing", "are no certificate with its key"),
    ],
)
def test_files_of_no_use_are_named(
    tmp_path: Path, authority: Authority, file: str, text: str | None, told: str
) -> None:
    folder = authority.link(tmp_path / "a", "podium://server")
    (folder / file).unlink()
    if text is not None:
        (folder / file).write_text(text)
    with pytest.raises(LinkCertsError, match=told) as caught:
        LinkCerts(folder)
    assert str(folder / file) in str(caught.value)


def test_a_key_of_another_certificate_and_one_with_a_password_are_told(
    tmp_path: Path, authority: Authority
) -> None:
    folder = authority.link(tmp_path / "a", "podium://server")
    own = (folder / "tls.key").read_bytes()
    authority.issue(folder / "tls.crt", "podium://server", key=folder / "tls.key")
    (folder / "tls.key").write_bytes(own)
    with pytest.raises(LinkCertsError, match="are no certificate with its key"):
        LinkCerts(folder)
    authority.issue(folder / "tls.crt", "a.example.org", key=folder / "tls.key", password=b"sesame")
    with pytest.raises(LinkCertsError, match="has a password"):
        LinkCerts(folder)
