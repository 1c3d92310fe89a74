"""JupyterLab's tree: PyPI's packages by a lock with hashes, and a Python of their own.

Mounted at /ides/jupyterlab in workspaces of any image. The server always runs on its own Python.
A notebook runs on the workspace's, so that it finds what people install there: with the kernel
that is installed beside it, else with ours where that loads there, else on ours.
"""

import json
import shutil
import sys
from pathlib import Path

from cli.setup import bundle
from cli.setup.progress import Step
from cli.setup.sources import compile_folder

MOUNTED = "/ides/jupyterlab"
_UNUSED = ("distutils", "ensurepip", "idlelib", "lib2to3", "test", "tkinter", "turtledemo")
_PRELOADED = ("libpthread.so.0", "libdl.so.2", "librt.so.1", "libutil.so.1", "libm.so.6")
LAB = f'''"""JupyterLab's server, on the tree's own Python whatever the image has."""

import ctypes
import os
import sys

# modules that were compiled elsewhere look for these by name: they are to get the tree's
for name in {(*_PRELOADED, "libgcc_s.so.1", "libstdc++.so.6")!r}:
    path = "{MOUNTED}/lib/" + name
    if os.path.exists(path):
        ctypes.CDLL(path, mode=ctypes.RTLD_GLOBAL)
sys.path.append("{MOUNTED}/site")

if __name__ == "__main__":
    if sys.argv[1:2] == ["--kernel"]:
        del sys.argv[1]
        from ipykernel.kernelapp import launch_new_instance as main
    else:
        from jupyterlab.labapp import main
    main()
'''
KERNEL_OF_IMAGE = f'''"""A kernel on the image's Python, with its packages or ours after them."""

import sys

if sys.argv[1] == "--ours":
    sys.path.append("{MOUNTED}/site")
if sys.argv[2] == "--check":
    import ipykernel.kernelapp
    import zmq
else:
    del sys.argv[1]
    from ipykernel.kernelapp import launch_new_instance

    # from now on: a notebook imports from where it lies, not from here
    sys.path[0] = ""
    launch_new_instance()
'''
KERNEL = f"""\
#!/bin/sh
# A notebook's Python: the workspace's where it can, else the one that came with JupyterLab.
for python in "${{VIRTUAL_ENV:+$VIRTUAL_ENV/bin/python}}" python3 python; do
  [ -n "$python" ] && command -v "$python" >/dev/null 2>&1 || continue
  for whose in --own --ours; do
    if "$python" {MOUNTED}/kernel.py $whose --check >/dev/null 2>&1; then
      exec "$python" {MOUNTED}/kernel.py $whose "$@"
    fi
  done
done
exec {MOUNTED}/bin/python3 -I -X utf8 {MOUNTED}/lab.py --kernel "$@"
"""
KERNEL_SPEC = {
    "argv": [f"{MOUNTED}/bin/kernel", "-f", "{connection_file}"],
    "display_name": "Python 3",
    "language": "python",
    "metadata": {"debugger": True},
}
_PAGE = "site/share/jupyter/lab/static/index.html"
_BODY_END = "</body></html>"
_AWAKE = """\
<script>
  // somebody types or points: at most one word in half a minute
  (function () {
    var told = 0;
    function used() {
      var now = Date.now();
      if (now - told < 30000) return;
      told = now;
      fetch('/_supervisor/v1/active', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"activity":"ide"}'
      }).catch(function () {});
    }
    ['keydown', 'pointerdown', 'wheel'].forEach(function (name) {
      window.addEventListener(name, used, { capture: true, passive: true });
    });
  })();
</script>"""


def build(step: Step, packages: list[str], lock: bytes, fresh: Path) -> None:
    """Make bin/, lib/ and site/ from Debian's and PyPI's packages; `lock` pins the latter."""
    bundle.build_python(step, packages, fresh, mounted=MOUNTED, unused=_UNUSED)
    site, pins = fresh / "site", fresh / "requirements.lock"
    pins.write_bytes(lock)
    install(step, pins, site)
    shutil.rmtree(site / "bin", ignore_errors=True)  # their first lines name this machine's Python
    shutil.rmtree(site / "share/jupyter/kernels", ignore_errors=True)
    page = (fresh / _PAGE).read_text()
    if page.count(_BODY_END) != 1:
        raise step.failure(f"{_PAGE} does not end as cli/setup/jupyterlab.py knows it")
    (fresh / _PAGE).write_text(page.replace(_BODY_END, f"{_AWAKE}{_BODY_END}"))
    (fresh / "lab.py").write_text(LAB)
    (fresh / "kernel.py").write_text(KERNEL_OF_IMAGE)
    (fresh / "bin/kernel").write_text(KERNEL)
    (fresh / "bin/kernel").chmod(0o755)
    spec = fresh / "share/jupyter/kernels/python3"
    spec.mkdir(parents=True)
    (spec / "kernel.json").write_text(json.dumps(KERNEL_SPEC))
    compile_folder(site, f"{MOUNTED}/site")
    step.run(["chmod", "-R", "u+rwX,go+rX,go-w", str(fresh)])


def install(step: Step, pins: Path, site: Path) -> None:
    """Install what a lock with hashes names, wheels only, for Python 3.11 on any Linux."""
    words = ["-m", "uv", "pip", "install", "-q", "--require-hashes", "--no-deps"]
    only = ["--only-binary", ":all:", "--python-version", "3.11", "--link-mode", "copy"]
    system = ["--python-platform", "x86_64-manylinux_2_28"]
    step.run([sys.executable, *words, *only, *system, "--target", str(site), "-r", str(pins)])
