"""The proxy's hot path as machine code: mypyc compiles the same typed Python that runs as it is.

Nobody needs it: where it cannot be built the proxy runs as plain Python, and costs about twice
as much. Only what every request passes is compiled. Modules of msgspec structs cannot be, and
whatever is not named here runs as plain Python beside it.
"""

import os
import shutil
import sys
from pathlib import Path

from cli.setup.progress import Step
from cli.setup.steps import COMPILED, Files, compiled_from

_SCRIPT = """\
import sys
from mypyc.build import mypycify
from setuptools import setup
setup(
    name="compiled",
    packages=[],
    py_modules=[],
    script_args=["build_ext", "--inplace"],
    ext_modules=mypycify(sys.argv[1:], opt_level="2", debug_level="0"),
)
"""
_SUFFIX = "*.so"


def build(step: Step, files: Files, fresh: Path) -> None:
    """Compile into `fresh`: extension modules at the places of the modules they stand for."""
    tools, source = fresh / ".tools", fresh / ".source"
    lock = fresh / ".lock"
    lock.write_bytes(files["cli/setup/compile.lock"])
    install = ["-m", "uv", "pip", "install", "-q", "--require-hashes", "--no-deps"]
    step.run([sys.executable, *install, "--target", str(tools), "-r", str(lock)])
    for name, content in files.items():
        if compiled_from(name) and name.endswith(".py"):
            path = source / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    environment = {**os.environ, "PYTHONPATH": str(tools)}
    step.run([sys.executable, "-c", _SCRIPT, *COMPILED], cwd=source, environment=environment)
    for built in [*source.glob(_SUFFIX), *source.glob(f"proxy/**/{_SUFFIX}")]:
        place = fresh / built.relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(built, place)
    for left in (tools, source):
        shutil.rmtree(left)
    lock.unlink()
