"""`python -m proxy.ssh`: listens, and becomes the gateway when the first client comes.

asyncssh takes 30 MB and a quarter of a second to import, and most of the time nobody needs it.
So the sockets stay while the program changes: this one waits with nothing loaded, `serving` serves
and becomes this one again when everybody has left for a while.
"""

import os
import sys

from kit.env import SettingError
from proxy.settings import Settings
from proxy.ssh.sockets import adopt, become, listen, wait

GATEWAY = "proxy.ssh.serving"


def main() -> None:
    """Wait for a client, with the sockets of the arguments, or new ones."""
    try:
        settings = Settings.from_environ(os.environ)
    except (SettingError, ValueError) as error:
        sys.exit(f"podium ssh: {error}")
    sockets = adopt(sys.argv[1:])
    if not sockets:
        sockets = listen(settings.listen, settings.ssh_port, str(settings.layout.ssh_socket))
    wait(sockets)
    become(GATEWAY, sockets)


if __name__ == "__main__":
    main()
