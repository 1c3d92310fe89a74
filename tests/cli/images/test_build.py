import hashlib

from cli.images.build import labels, of_terminals, served


def test_what_only_tests_of_pages_load_is_served_by_no_image():
    assert "htmx.org" in served()
    assert "axe-core" not in served()


def test_the_terminals_page_is_of_one_library_and_its_addons():
    assert of_terminals() == {name for name in served() if name.startswith("@xterm/")}


def test_an_image_says_by_digest_which_list_is_its_own():
    told = labels("proxy", b"{}")
    assert told["org.opencontainers.image.title"] == "podium-proxy"
    assert told["dev.podium.sbom"] == f"sha256:{hashlib.sha256(b'{}').hexdigest()}"
