"""A server that a repository brings along: a gallery of extensions, and a private repository."""

import io
import json
import zipfile

from tests.e2e.installation import Installation
from tests.e2e.variables import set_variable

GALLERY = """\
import http.server, json, pathlib
ASSETS = "http://127.0.0.1:3002/assets"
FILES = {"Manifest": "listed.json", "VSIXPackage": "listed.vsix", "vsix": "addressed.vsix"}
LISTED = {
    "extensionId": "0", "extensionName": "listed", "displayName": "Listed", "flags": "",
    "shortDescription": "", "tags": [], "categories": [], "statistics": [],
    "publisher": {
        "publisherId": "0", "publisherName": "podium-tests", "displayName": "Tests", "flags": "",
    },
    "versions": [{
        "version": "1.0.0", "lastUpdated": "2026-01-01T00:00:00Z", "flags": "",
        "assetUri": ASSETS, "fallbackAssetUri": ASSETS,
        "files": [{"assetType": "Microsoft.VisualStudio.Code.Manifest", "source": ASSETS}],
        "properties": [{"key": "Microsoft.VisualStudio.Code.Engine", "value": "*"}],
    }],
}

class Gallery(http.server.BaseHTTPRequestHandler):
    def answer(self, content):
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_POST(self):
        asked = self.rfile.read(int(self.headers["Content-Length"])).decode()
        found = [LISTED] if "podium-tests.listed" in asked else []
        count = {"name": "TotalCount", "count": len(found)}
        told = [{"metadataType": "ResultCount", "metadataItems": [count]}]
        answer = {"results": [{"extensions": found, "resultMetadata": told}]}
        self.answer(json.dumps(answer).encode())

    def do_GET(self):
        if self.path.startswith("/private.git/"):
            return self.private()
        kind = self.path.partition("?")[0].rpartition(".")[2]
        self.answer(pathlib.Path(FILES[kind]).read_bytes())

    def private(self):
        # over the protocol that needs no program
        if self.headers["Authorization"] != "Basic YWRhOnNlY3JldA==":
            self.send_response(401)
            self.send_header("WWW-Authenticate", "Basic realm=private")
            self.send_header("Content-Length", "0")
            return self.end_headers()
        self.answer(b"%s\\trefs/heads/secret\\n" % (b"1" * 40))

    def log_message(self, *told):
        pass

http.server.ThreadingHTTPServer(("127.0.0.1", 3002), Gallery).serve_forever()
"""
SERVICE = {"serviceUrl": "http://127.0.0.1:3002", "itemUrl": "", "resourceUrlTemplate": ""}


def manifest(name: str) -> str:
    """Return that of the smallest extension that shows that it is there."""
    greet = {"command": f"{name}.greet", "title": f"Greet from {name}"}
    what = {"name": name, "publisher": "podium-tests", "version": "1.0.0"}
    return json.dumps({**what, "engines": {"vscode": "*"}, "contributes": {"commands": [greet]}})


def packed(name: str) -> bytes:
    """Return a .vsix."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("extension/package.json", manifest(name))
    return held.getvalue()


def use_gallery(installation: Installation, repository: str) -> None:
    """Let VS Code ask the repository's own gallery, by a variable of the owner."""
    set_variable(installation, repository, "EXTENSIONS_GALLERY", json.dumps(SERVICE))
