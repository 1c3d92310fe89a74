import re

import pytest

from app.web.assets import Assets
from tests.app.browser import Browser


async def test_files_are_sent_for_ever_and_compressed(browser: Browser) -> None:
    page = await browser.go("/sign-in")
    addresses = re.findall(r'(?:href|src)="(/assets/[^"]+)"', page.text)
    assert len(addresses) > 5
    for address in addresses:
        reply = await browser.go(address)
        assert reply.status_code == 200, address
        assert reply.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert reply.headers["vary"] == "Accept-Encoding"
    style = await browser.go(Assets().url("css/components.css"))
    assert style.headers["content-encoding"] == "gzip"
    assert ".button" in style.text


async def test_who_cannot_unpack_gets_it_plain(browser: Browser) -> None:
    plain = await browser.go(Assets().url("css/components.css"), **{"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert ".button" in plain.text


@pytest.mark.parametrize(
    "path",
    [
        "/assets/",
        "/assets/x",
        "/assets/0000000000000000/css/base.css",
        "/assets/../templates/error.html",
        "/assets/%2e%2e/%2e%2e/etc/passwd",
    ],
)
async def test_other_addresses_are_nothing(browser: Browser, path: str) -> None:
    assert (await browser.go(path)).status_code == 404
