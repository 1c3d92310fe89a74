"""The gateway's way into a workspace: its SSH server, reached by the daemon, proven by a key."""

import asyncio
from typing import cast

import asyncssh
from asyncssh.connection import SSHClientConnection, SSHClientConnectionOptions
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from proxy.net.inward import Inward
from proxy.ssh.joined import Joined
from wire.routes import NodeTarget
from wire.ssh import SSH_PORT, host_seed, login_password

PATIENCE = 30.0
"""Seconds for the server inside to be started, and to sign in; both ends may be busy."""
USER = "gitpod"


class InsideConnection(Joined, SSHClientConnection):
    """The connection to the SSH server of a workspace."""


async def sign_in(inward: Inward, target: NodeTarget, key: str) -> InsideConnection:
    """Return a connection that is proven both ways; `key` is the instance's.

    Raises UnreachableError, OSError, asyncssh.Error and TimeoutError.
    """
    loop = asyncio.get_running_loop()
    options = await SSHClientConnectionOptions.construct(
        config=None,
        username=USER,
        password=login_password(key),
        known_hosts=([_host_key(key)], [], []),
        client_keys=None,
        agent_path=None,
        preferred_auth=("password",),
        kex_algs=("curve25519-sha256",),
        encryption_algs=("aes128-gcm@openssh.com",),
        compression_algs=("none",),
        keepalive_interval=0,
        login_timeout=PATIENCE,
    )
    options.waiter = loop.create_future()
    _, joined = await inward.connect(
        lambda: InsideConnection(loop, options, wait="auth"), target, SSH_PORT
    )
    made = cast("InsideConnection", joined)
    try:
        async with asyncio.timeout(PATIENCE):
            await options.waiter
    except BaseException:
        made.abort()
        raise
    return made


def _host_key(key: str) -> asyncssh.SSHKey:
    private = Ed25519PrivateKey.from_private_bytes(host_seed(key))
    line = private.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    return asyncssh.import_public_key(line)
