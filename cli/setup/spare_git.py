"""The git of the supervisor's bundle, for images that have none of their own.

It checks the repository out, and stands last on the PATH of terminals and VS Code: an image's
own git comes first. The program, https, submodules; no manual, no Perl.
"""

import shutil
from pathlib import Path

from cli.setup.debs import LOADER, relocate
from cli.setup.progress import Step

_PROGRAMS = ("git", "git-remote-https", "git-sh-i18n--envsubst")
_PARTS = (*_PROGRAMS[1:], "git-sh-i18n", "git-sh-setup", "git-submodule")
_SCRIPT = """\
#!/bin/sh
export GIT_EXEC_PATH={mounted}/git
certificates=/etc/ssl/certs/ca-certificates.crt
[ -e $certificates ] || export GIT_SSL_CAINFO={mounted}$certificates
exec {mounted}/git/git "$@"
"""


def put(step: Step, unpacked: Path, fresh: Path, mounted: str) -> None:
    """Put it below git/, beside lib/, from the unpacked packages' usr folder; and bin/git."""
    folder = fresh / "git"
    folder.mkdir()
    shutil.copy(unpacked / "bin/git", folder / "git")
    for name in _PARTS:
        shutil.copy(unpacked / "lib/git-core" / name, folder / name)
    for program in _PROGRAMS:
        relocate(step, folder / program, f"{mounted}/lib/{LOADER}")
    (folder / "git-remote-http").symlink_to("git-remote-https")
    script = fresh / "bin/git"
    script.write_text(_SCRIPT.format(mounted=mounted))
    script.chmod(0o755)
