"""Addresses of immutable files out of images: `<ide host>/blobserve/<image>/__files__/<path>`.

The image is named by a tag or digest that never means anything else, so a browser keeps
what it got for good, whichever workspace it got it for.
"""

PREFIX = "/blobserve/"
FILES = "/__files__/"


def static_root(origin: str, image: str) -> str:
    """Return the address below which the files of an image lie, without a trailing slash."""
    return f"{origin}{PREFIX}{image}{FILES}"[:-1]
