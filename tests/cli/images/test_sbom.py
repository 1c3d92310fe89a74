import base64
import json

import pytest

from cli.images.locked import Pin
from cli.images.sbom import Package, document, installed, npm_names, npm_parts

STATUS = """\
Package: zlib1g
Status: install ok installed
Architecture: amd64
Source: zlib (1:1.2)
Version: 1:1.2.13
Description: compression
 Version: of the text

Package: gone
Status: deinstall ok config-files
Architecture: amd64
Version: 1

Package: bash
Status: install ok installed
Architecture: amd64
Version: 5.2
"""
NPM = json.dumps(
    {
        "packages": {
            "node_modules/@xterm/xterm": {
                "version": "6.0.0",
                "integrity": "sha512-" + base64.b64encode(b"\1" * 64).decode(),
            }
        }
    }
)
HASH = "a" * 64


def test_only_what_is_installed_is_read():
    assert installed(STATUS) == [
        Package("bash", "5.2", "amd64"),
        Package("zlib1g", "1:1.2.13", "amd64", "zlib"),
    ]


def test_a_document_names_every_part_with_its_hashes():
    told = document(
        "podium-server",
        installed(STATUS),
        [Pin("six", "1.17.0", (HASH,))],
        npm_parts(NPM, ["@xterm/xterm"]),
    )
    found = json.loads(told)
    assert (found["bomFormat"], found["metadata"]["component"]["type"]) == (
        "CycloneDX",
        "container",
    )
    assert {one["purl"] for one in found["components"]} == {
        "pkg:deb/debian/bash@5.2?arch=amd64&distro=debian-12",
        "pkg:deb/debian/zlib1g@1:1.2.13?arch=amd64&distro=debian-12&upstream=zlib",
        "pkg:npm/%40xterm/xterm@6.0.0",
        "pkg:pypi/six@1.17.0",
    }
    hashes = {one["name"]: one.get("hashes", []) for one in found["components"]}
    assert hashes["six"] == [{"alg": "SHA-256", "content": HASH}]
    assert hashes["@xterm/xterm"] == [{"alg": "SHA-512", "content": "01" * 64}]


def test_the_same_parts_are_the_same_bytes():
    one = document("x", installed(STATUS), [], [])
    assert one == document("x", list(reversed(installed(STATUS))), [], [])
    assert b"timestamp" not in one
    assert one != document("x", installed(STATUS)[:1], [], [])


def test_a_version_that_nobody_knows_is_left_out():
    (part,) = json.loads(document("x", [Package("git", "", "amd64")], [], []))["components"]
    assert "version" not in part
    assert part["purl"] == "pkg:deb/debian/git?arch=amd64&distro=debian-12"


def test_files_tell_their_packages():
    assert npm_names(["htmx.org/dist/h.js", "@xterm/a/lib/a.mjs"]) == {"htmx.org", "@xterm/a"}
    with pytest.raises(KeyError):
        npm_parts(NPM, ["htmx.org"])
