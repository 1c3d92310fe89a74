"""Small images for tests, written by what writes the real ones."""

from pathlib import Path

import brotli

from cli.setup import layout

SCRIPT = b"export const a = 1;\n" * 500
STYLE = b"body { color: red }\n" * 100
FILES = {"media/f.ttf": b"\x00\x01font", "out/a.css": STYLE, "out/a.js": SCRIPT}


def make_image(assets: Path, build: str = "b1", name: str = "vscode:1") -> Path:
    """Write an image of two layers, plain and compressed; return its layout."""
    folder = assets / build
    folder.mkdir(parents=True)
    packed = {
        f"{one}.br": brotli.compress(content, quality=1)
        for one, content in FILES.items()
        if not one.endswith(".ttf")
    }
    layout.write(folder, name, [FILES.items(), packed.items()])
    return folder
