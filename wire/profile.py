"""What of a person's editor goes with them from one workspace to the next.

A supervisor asks for the files when `Desired.profile` is another number than the one it has, and
sends each that was changed inside. Of two who change one file the later one counts.
"""

from typing import Annotated

from msgspec import Meta, Struct

PROFILE_PATH = "/agent/profile"
KEEP_PROFILE_PATH = "/agent/profile/keep"

LARGEST = 128 * 1024
"""Bytes of one file."""
MOST = 50
"""Files of one person."""
TOTAL = 512 * 1024
"""Bytes of them all."""

SETTINGS = "settings.json"
KEYBINDINGS = "keybindings.json"
SNIPPETS = "snippets/"
EXTENSIONS = "extensions.json"
"""A list of ids, in order; the extensions themselves come from the gallery."""
FileName = Annotated[
    str,
    Meta(
        pattern=(
            r"^(settings\.json|keybindings\.json|extensions\.json"
            r"|snippets/[A-Za-z0-9_][A-Za-z0-9 _+-]{0,60}(\.json|\.code-snippets))\Z"
        )
    ),
]


class ProfileFile(Struct, frozen=True, kw_only=True):
    """One as it is kept."""

    name: FileName
    text: str
    at: float
    """Moment of the server's clock at which it came."""


class ProfileGiven(Struct, frozen=True, kw_only=True):
    """Answer to PROFILE_PATH."""

    revision: int
    files: list[ProfileFile]


class ProfileChanged(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Question to KEEP_PROFILE_PATH."""

    name: FileName
    text: Annotated[str, Meta(max_length=LARGEST)] | None
    """None when the file has gone."""


class ProfileKept(Struct, frozen=True, kw_only=True):
    """Answer to KEEP_PROFILE_PATH."""

    revision: int
