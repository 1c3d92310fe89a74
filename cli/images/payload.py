"""What an image has above Debian: /opt/podium with the libraries, our code and a `python`."""

import shutil
from pathlib import Path

from cli.images.components import Component, belongs
from cli.images.site import PACKAGES
from cli.setup.sources import compile_folder, write
from cli.setup.steps import Files

PLACE = "opt/podium"
"""In the image; a virtual environment in `venv`, our code in `code`."""
SITE = f"/{PLACE}/venv/{PACKAGES}"
CODE = f"/{PLACE}/code"
_ONLY_TESTS = "axe.js"
_ENVIRONMENT = """\
home = /usr/bin
include-system-site-packages = false
version = 3.11
"""


def lay(
    files: Files,
    component: Component,
    site: Path,
    compiled: Path | None,
    web: Path | None,
    to: Path,
) -> None:
    """Make the folder that stands at `PLACE`; `site` has the libraries.

    `compiled` are extension modules that go before ours of the same name, `web` the files of npm.
    """
    environment, code = to / "venv", to / "code"
    shutil.copytree(site, environment)
    (environment / "pyvenv.cfg").write_text(_ENVIRONMENT)
    (environment / "bin").mkdir()
    for name in ("python", "python3"):
        (environment / "bin" / name).symlink_to("/usr/bin/python3.11")
    write({name: text for name, text in files.items() if belongs(name, component)}, code)
    if compiled is not None:
        shutil.copytree(compiled, code, dirs_exist_ok=True)
    if web is not None:
        shutil.copytree(web, code / "frontend/static/vendor", dirs_exist_ok=True)
        (code / "frontend/static/vendor" / _ONLY_TESTS).unlink(missing_ok=True)
    compile_folder(code, CODE)


def running(component: Component) -> dict[str, str]:
    """Return the environment of a container, as the launcher gives it."""
    return {
        "PATH": f"/{PLACE}/venv/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "PYTHONPATH": CODE,
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUNBUFFERED": "1",
        "LANG": "C.UTF-8",
        "PODIUM_USER": component.user,
    }
