"""`python -m supervisor.dotfiles URL [--again]`: installs them, says in a line what came of it."""

import os
import sys

from supervisor.core.dotfiles import AGAIN
from supervisor.dotfiles.installing import NotInstalled, install


def main() -> None:
    """Install; the exit code is 1 when something went wrong."""
    os.umask(0o022)
    try:
        said = install(sys.argv[1], os.environ["HOME"], again=AGAIN in sys.argv[2:])
    except NotInstalled as error:
        said, code = str(error), 1
    except OSError as error:
        said, code = f"{error.filename or 'The home directory'}: {error.strerror}.", 1
    else:
        code = 0
    sys.stdout.write(f"{said}\n")
    sys.exit(code)


if __name__ == "__main__":
    main()
