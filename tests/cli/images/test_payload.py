from pathlib import Path

from cli.images.components import Component
from cli.images.payload import lay, running

SERVER = Component("server", "service", "app", "podium", ("app", "wire"), (), True, True)
FILES = {"app/a.py": b"x = 1\n", "wire/w.py": b"", "cli/c.py": b"", "requirements.lock": b""}


def test_an_image_has_its_own_code_with_a_python(tmp_path: Path):
    site, compiled, web, to = (tmp_path / name for name in ("site", "compiled", "web", "to"))
    (site / "lib/python3.11/site-packages").mkdir(parents=True)
    for folder, name in ((compiled, "app/a.so"), (web, "htmx.js"), (web, "axe.js")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("")
    lay(FILES, SERVER, site, compiled, web, to)
    code = {path.relative_to(to / "code").as_posix() for path in (to / "code").rglob("*.*")}
    assert {one for one in code if "__pycache__" not in one} == {
        "app/a.py",
        "app/a.so",
        "frontend/static/vendor/htmx.js",
        "wire/w.py",
    }
    assert (to / "venv/bin/python").readlink() == Path("/usr/bin/python3.11")
    # compiled for good: neither a time nor a look at the source is in it
    cached = (to / "code/app/__pycache__/a.cpython-311.pyc").read_bytes()
    assert cached[4:8] == b"\1\0\0\0"


def test_processes_begin_as_the_launcher_begins_them():
    told = running(SERVER)
    assert told["PATH"].startswith("/opt/podium/venv/bin:")
    assert told["PYTHONPATH"] == "/opt/podium/code"
    assert told["PODIUM_USER"] == "podium"
