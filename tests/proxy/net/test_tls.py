"""Own certificates: files that can be used and others, choice by name, renewal, connections."""

import asyncio
import os
import shutil
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from websockets.asyncio.client import connect

from proxy.net.tls import CertificateError, Certificates, find, read
from tests.authority import Authority
from tests.proxy.net.whole import SELF_FETCH, Whole, echoed
from tests.proxy.world import OPEN_PORT, PORT, request
from tests.waiting import until
from wire.hosts import Hosts

HOSTS = Hosts.of("https://podium.localhost:8080", "localhost")
NAMES = ("podium.localhost", "*.ws.localhost", "ws.localhost", "ide.localhost")


@pytest.fixture
def authority() -> Authority:
    return Authority()


# --- files ---


def test_one_file_or_two_or_a_folder(authority: Authority, tmp_path: Path) -> None:
    both = authority.issue(tmp_path / "both.pem", "a.example")
    assert find(both, None) == [(both, both)]
    assert read(both, both).names == ("a.example",)
    key = tmp_path / "b.key"
    one = authority.issue(tmp_path / "b.crt", "B.example", "*.b.example", key=key)
    assert find(one, key) == [(one, key)]
    assert read(one, key).names == ("b.example", "*.b.example")
    live = tmp_path / "c.example"
    live.mkdir()
    authority.issue(live / "fullchain.pem", "c.example", key=live / "privkey.pem")
    assert find(tmp_path, None) == [(one, key), (live / "fullchain.pem", live / "privkey.pem")]


def broken(authority: Authority, folder: Path) -> dict[str, Callable[[], object]]:
    good = authority.issue(folder / "good.crt", "a.example", key=folder / "good.key")
    other = authority.issue(folder / "other.crt", "a.example", key=folder / "other.key")
    locked = folder / "locked.key"
    authority.issue(folder / "locked.crt", "a.example", key=locked, password=b"secret")
    empty = folder / "empty"
    empty.mkdir()
    nobody = authority.issue(folder / "nobody.pem")
    text = folder / "text.pem"
    text.write_text("not PEM")
    return {
        "is not the key of the first certificate": lambda: read(good, other.with_suffix(".key")),
        "protected by a password": lambda: read(folder / "locked.crt", locked),
        "holds no certificate. Put": lambda: find(empty, None),
        "names no host": lambda: read(nobody, nobody),
        "holds no certificate in PEM form": lambda: read(text, text),
        "holds no private key": lambda: read(good, good),
        "No such file": lambda: read(folder / "gone.pem", good),
    }


def test_what_cannot_be_used_says_why_and_what_helps(authority: Authority, tmp_path: Path) -> None:
    for words, use in broken(authority, tmp_path).items():
        with pytest.raises(CertificateError, match=words):
            use()


@pytest.mark.root
def test_what_may_not_be_read_says_who_would_have_to(authority: Authority, tmp_path: Path) -> None:
    held = Certificates(authority.issue(tmp_path / "a.pem", *NAMES), None, HOSTS)
    held.load()
    os.seteuid(65534)  # who may not even enter the folder
    try:
        with pytest.raises(CertificateError, match="chgrp podium"):
            held.load()
        with pytest.raises(CertificateError, match="chgrp podium"):
            read(tmp_path / "a.pem", tmp_path / "a.pem")
        assert held._look() == "away"
    finally:
        os.seteuid(0)
    assert held._held[0].names == NAMES


# --- choice and renewal ---


def test_what_is_renewed_badly_is_kept(authority: Authority, tmp_path: Path) -> None:
    file = authority.issue(tmp_path / "a.pem", *NAMES)
    held = Certificates(file, None, HOSTS)
    held.load()
    good = file.read_bytes()
    for spoil in (
        lambda: file.write_text("half"),
        lambda: authority.issue(file, *NAMES, days=-2),
        file.unlink,
    ):
        spoil()
        with pytest.raises(CertificateError):
            held.load()
        assert held._held[0].names == NAMES
    file.write_bytes(good)
    held.load()
    file.chmod(0o640)  # now it may be read, say
    assert held._look() != held._seen


def test_an_expired_one_is_better_than_none(authority: Authority, tmp_path: Path) -> None:
    held = Certificates(authority.issue(tmp_path / "a.pem", *NAMES, days=-2), None, HOSTS)
    held.load()
    held.remind()
    authority.issue(tmp_path / "a.pem", *NAMES, days=-1)
    held.load()


class Tls(Whole):
    """A whole proxy with its own certificates."""

    certificates: Path
    authority: Authority

    @classmethod
    async def begin(cls, **settings) -> "Tls":
        made = cls()
        made.authority = Authority()
        made.certificates = made.folder / "certificates"
        made.certificates.mkdir()
        made.issue()
        made.settings = replace(
            made.settings, hosts=HOSTS, tls_certificate=made.certificates, **settings
        )
        await made.start()
        return made

    def issue(self, **options) -> None:
        for name, names in (("own", NAMES[:1]), ("workspaces", NAMES[1:])):
            key = self.certificates / f"{name}.key"
            self.authority.issue(self.certificates / f"{name}.crt", *names, key=key, **options)

    def trusting(self, *protocols: str) -> ssl.SSLContext:
        context = ssl.create_default_context()
        context.load_verify_locations(self.authority.write(self.folder / "ca.pem"))
        if protocols:
            context.set_alpn_protocols(list(protocols))
        return context

    async def open(
        self, name: str, context: ssl.SSLContext | None = None
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection(
            "127.0.0.1", self.port, ssl=context or self.trusting(), server_hostname=name
        )

    def ask(self, method: str, target: str, host: str, headers: dict | None = None, **options):
        return self.session.request(
            method,
            f"https://127.0.0.1:{self.port}{target}",
            headers={"Host": host, **(headers or {})},
            allow_redirects=False,
            ssl=self.trusting(),
            server_hostname=host.partition(":")[0],
            **options,
        )


@pytest.fixture
async def tls() -> AsyncIterator[Tls]:
    made = await Tls.begin()
    try:
        yield made
    finally:
        await made.stop()


def shown(writer: asyncio.StreamWriter) -> set[str]:
    """Return the names of the certificate that was shown."""
    found = writer.get_extra_info("ssl_object").getpeercert()
    return {name for _, name in found["subjectAltName"]}


async def test_the_certificate_of_the_name_is_shown(tls: Tls) -> None:
    for host, expected in (("podium.localhost", NAMES[:1]), (PORT.split(":")[0], NAMES[1:])):
        _, writer = await tls.open(host, tls.trusting("h2", "http/1.1"))
        assert shown(writer) == set(expected)
        told = writer.get_extra_info("ssl_object")
        assert told.selected_alpn_protocol() == "http/1.1"
        assert told.version() == "TLSv1.3"
        writer.close()


async def test_who_asks_for_no_name_gets_one_nevertheless(tls: Tls) -> None:
    context = tls.trusting()
    context.check_hostname = False
    _, writer = await asyncio.open_connection("127.0.0.1", tls.port, ssl=context)
    assert shown(writer) == set(NAMES[:1])
    writer.close()


async def test_old_protocols_and_ciphers_are_refused(tls: Tls) -> None:
    old = tls.trusting()
    with suppress(DeprecationWarning):
        old.maximum_version = ssl.TLSVersion.TLSv1_2
    old.set_ciphers("AES128-SHA256")
    with pytest.raises((ssl.SSLError, OSError)):
        await tls.open("podium.localhost", old)
    old.set_ciphers("ECDHE+AESGCM")
    _, writer = await tls.open("podium.localhost", old)
    writer.close()


async def test_requests_uploads_downloads_and_sockets(tls: Tls) -> None:
    async with tls.get("/a", PORT, {**SELF_FETCH, **tls.ports()}) as answer:
        assert answer.status == 200
        assert (await answer.json())["headers"]["x-forwarded-proto"] == "https"
        assert "max-age" in answer.headers["Strict-Transport-Security"]
    body = os.urandom(900_000)
    async with tls.ask("POST", "/post", OPEN_PORT, data=body) as answer:
        assert await answer.read() == body
    host = OPEN_PORT.partition(":")[0]
    async with connect(
        f"wss://{OPEN_PORT}/ws",
        host="127.0.0.1",
        port=tls.port,
        ssl=tls.trusting(),
        server_hostname=host,
        origin=f"https://{OPEN_PORT}",
        compression=None,
        proxy=None,
        max_size=None,
    ) as live:
        assert await echoed(live, "hello")
        assert await echoed(live, os.urandom(1_000_000))


async def test_a_slow_reader_holds_its_upstream(tls: Tls) -> None:
    reader, writer = await tls.open(OPEN_PORT.partition(":")[0])
    writer.write(request("/stream", OPEN_PORT))
    await reader.readuntil(b"\r\n\r\n")
    assert tls.code is not None
    before = -1

    async def stands_still() -> bool:
        nonlocal before
        last, before = before, tls.code.written
        return last == before

    await until(stands_still, pause=0.3)
    assert before < 30_000_000
    writer.transport.abort()


async def test_a_renewed_certificate_is_for_the_next_connection(
    tls: Tls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("proxy.net.tls.LOOK", 0.02)
    await tls.stop_proxy()
    await tls.start_proxy()
    reader, writer = await tls.open("podium.localhost")
    first = writer.get_extra_info("ssl_object").getpeercert()["serialNumber"]
    tls.issue()

    async def renewed() -> bool:
        _, fresh = await tls.open("podium.localhost")
        serial = fresh.get_extra_info("ssl_object").getpeercert()["serialNumber"]
        fresh.close()
        return serial != first

    await until(renewed)
    writer.write(request("/", "podium.localhost:8080"))
    assert (await reader.readline()).startswith(b"HTTP/1.1 200")
    shutil.rmtree(tls.certificates)
    assert await renewed(), "what cannot be read any more is kept"
    writer.close()


async def test_a_session_is_resumed_even_after_a_renewal(tls: Tls) -> None:
    context = tls.trusting()
    context.maximum_version = ssl.TLSVersion.TLSv1_2

    def resumed(session: ssl.SSLSession | None) -> tuple[bool, ssl.SSLSession | None]:
        with (
            socket.create_connection(("127.0.0.1", tls.port)) as plain,
            context.wrap_socket(plain, server_hostname="podium.localhost", session=session) as own,
        ):
            return bool(own.session_reused), own.session

    first, session = await asyncio.to_thread(resumed, None)
    again, _ = await asyncio.to_thread(resumed, session)
    assert (first, again) == (False, True)
