"""Images of three kinds, none with a Python: glibc and bash, busybox alone, musl."""

import re
import shutil
import subprocess
from pathlib import Path

APPLETS = ("sh", "cat", "echo", "env", "id", "kill", "ls", "ps", "sleep", "stty", "test", "touch")
FOLDERS = ("bin", "proc", "dev", "tmp", "etc", "root", "run/podium", "var/log", "usr/local/bin")
HELLO = '#include <stdio.h>\nint main(void) { puts("linked " "with musl"); return 0; }\n'
PERSON = 33333


def folders(root: Path) -> None:
    """Make what every image has; home and workspace are the person's."""
    for name in FOLDERS:
        (root / name).mkdir(parents=True)
    (root / "tmp").chmod(0o1777)
    for name in ("home/gitpod", "workspace"):
        (root / name).mkdir(parents=True)
        shutil.chown(root / name, PERSON, PERSON)


def busybox(root: Path) -> None:
    """One static program; no /etc/passwd, no bash, no git."""
    folders(root)
    shutil.copy("/bin/busybox", root / "bin/busybox")
    for name in APPLETS:
        (root / "bin" / name).symlink_to("busybox")


def glibc(root: Path) -> None:
    """bash and a few programs of this machine with their libraries, but no Python."""
    folders(root)
    programs = ["/bin/bash", "/bin/cat", "/bin/ls", "/usr/bin/env", "/usr/bin/id", "/bin/sleep"]
    for program in [*programs, "/usr/bin/touch"]:
        shutil.copy(program, root / "bin" / Path(program).name)
        told = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
        for library in re.findall(r"(/\S+) \(0x", told):
            place = root / library.lstrip("/")
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(library, place)
    (root / "bin/sh").symlink_to("bash")
    (root / "etc/passwd").write_text("root:x:0:0::/root:/bin/sh\n")


def musl(root: Path) -> None:
    """What Alpine is made of, busybox and musl, from Debian's package; /bin/hello needs it."""
    busybox(root)
    scratch = root.parent / "musl"
    scratch.mkdir()
    scratch.chmod(0o777)
    for command in (
        ["apt-get", "-qq", "-o", "APT::Sandbox::User=root", "download", "musl", "musl-dev"],
        ["sh", "-c", "for deb in *.deb; do dpkg-deb --extract $deb .; done"],
    ):
        subprocess.run(command, cwd=scratch, check=True, capture_output=True)
    library = scratch / "lib/x86_64-linux-musl/libc.so"
    (root / "lib").mkdir()
    shutil.copy(library, root / "lib/ld-musl-x86_64.so.1")
    (scratch / "hello.c").write_text(HELLO)
    parts = "usr/lib/x86_64-linux-musl"
    words = (
        "gcc -nostdinc -isystem usr/include/x86_64-linux-musl -nostdlib -o hello"
        f" {parts}/crt1.o {parts}/crti.o hello.c -Llib/x86_64-linux-musl -lc {parts}/crtn.o"
        " -Wl,--dynamic-linker=/lib/ld-musl-x86_64.so.1"
    )
    subprocess.run(words.split(), cwd=scratch, check=True, capture_output=True)
    shutil.copy(scratch / "hello", root / "bin/hello")
    shutil.rmtree(scratch)


KINDS = {"glibc": glibc, "busybox": busybox, "musl": musl}
