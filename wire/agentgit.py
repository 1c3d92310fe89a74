"""What a supervisor asks the server when git signs in: secrets, which are no state."""

from typing import Annotated

from msgspec import Meta, Struct

GIT_CREDENTIAL_PATH = "/agent/v1/git-credential"
SSH_KEY_PATH = "/agent/v1/ssh-key"
SSH_SIGNATURE_PATH = "/agent/v1/ssh-signature"
"""Questions of a supervisor, POST on the agent listener beside the link, with the same token.

Documents alone are state; a secret is no state, and is asked for when git needs it. The server
answers only while the workspace is trusted and its instance live: 403 when it is not, 404 when
there is none. A supervisor that never asks needs no newer protocol."""


class CredentialAsked(Struct, frozen=True, kw_only=True):
    """What git is about to sign in to; as git's credential protocol names it."""

    protocol: Annotated[str, Meta(max_length=16)]
    host: Annotated[str, Meta(max_length=260)]
    """With a port when the address has one."""


class CredentialGiven(Struct, frozen=True, kw_only=True):
    """The person's user name and token for the host."""

    username: str
    password: str


class SshKeyGiven(Struct, frozen=True, kw_only=True):
    """The public half of the person's ssh key, `ssh-ed25519 AAAA…`."""

    public: str


class SignatureAsked(Struct, frozen=True, kw_only=True):
    """What ssh wants to be signed in order to sign in."""

    key: Annotated[bytes, Meta(max_length=1024)]
    """The public key as ssh's wire has it."""
    data: Annotated[bytes, Meta(max_length=16384)]


class SignatureGiven(Struct, frozen=True, kw_only=True):
    """A signature as ssh's wire has it."""

    signature: bytes
