"""What a warm file costs blobserve, beside nginx with sendfile: CPU of each, for the same files.

Both have one core; the load has the other one. Rounds are interleaved.
"""

import io
import json
import os
import shutil
import sys
import tarfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from bench.load import Case, Generator, Measured
from bench.peers import Peer, free_port, pinned, room, running, version
from bench.record import ROOT, store
from bench.software import debian
from kit.oci.core import media
from kit.oci.core.digests import digest_of
from kit.oci.core.documents import Manifest, encode
from kit.oci.layout import Layout

ROUNDS = int(os.environ.get("PODIUM_BENCH_ROUNDS", "5"))
SECONDS = int(os.environ.get("PODIUM_BENCH_SECONDS", "2"))
OURS, NGINX = "Podium", "nginx"
_IMAGE = "bench.example/files:1"
_ROOT = f"/blobserve/{_IMAGE}/__files__"
_SIZES = {"1 KiB": 1 << 10, "64 KiB": 64 << 10, "1 MiB": 1 << 20, "5 MiB": 5 << 20}
_GOAL = 1.5
_CONFIG = """
daemon off; worker_processes 1; pid {folder}/files.pid; error_log {folder}/files.error;
events {{ worker_connections 1024; }}
http {{
  types {{ text/javascript js; }}
  log_format line escape=json '{{"time":"$time_iso8601","method":"$request_method",'
    '"path":"$uri","status":$status,"bytes":$bytes_sent}}';
  access_log {folder}/files.log line;
  sendfile on; tcp_nopush on; keepalive_requests 1000000; etag on;
  server {{
    listen 127.0.0.1:{port};
    location / {{
      root {folder}/files;
      add_header Cache-Control "public, max-age=31536000, immutable";
      add_header Access-Control-Allow-Origin "*";
      add_header Cross-Origin-Resource-Policy "cross-origin";
      add_header Timing-Allow-Origin "*";
      add_header X-Content-Type-Options "nosniff";
    }}
  }}
}}
"""


def run() -> None:
    """Measure and store."""
    folder = room()
    try:
        contents = {f"{name.replace(' ', '')}.js": os.urandom(one) for name, one in _SIZES.items()}
        with _nginx(folder, contents) as theirs, _ours(folder, contents) as ours:
            generator = Generator(folder, pinned(1), SECONDS)
            found = _measure(generator, [ours, theirs])
    finally:
        shutil.rmtree(folder)
    store(
        "blobserve",
        "Static files of images beside nginx",
        _rows(found),
        _NOTES,
        tables=_tables(found),
        depends={NGINX: theirs.version},
    )


@contextmanager
def _nginx(folder: Path, contents: dict[str, bytes]) -> Iterator[Peer]:
    below = folder / "files" / _ROOT.lstrip("/")
    below.mkdir(parents=True)
    for name, content in contents.items():
        (below / name).write_bytes(content)
    port, config = free_port(), folder / "files.conf"
    config.write_text(_CONFIG.format(folder=folder, port=port))
    program = debian("nginx")
    command = [*pinned(0), *program, "-p", str(folder), "-c", str(config)]
    with running(command, port) as pid:
        yield Peer(NGINX, version([*program, "-v"]), port, pid)


@contextmanager
def _ours(folder: Path, contents: dict[str, bytes]) -> Iterator[Peer]:
    images, out = Layout(folder / "images"), io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, content in contents.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    config = {"rootfs": {"type": "layers", "diff_ids": [digest_of(out.getvalue())]}}
    manifest = Manifest(
        2,
        images.put_bytes(json.dumps(config).encode(), media.OCI_CONFIG),
        [images.put_bytes(out.getvalue(), media.OCI_LAYER)],
    )
    images.tag(_IMAGE, images.put_bytes(encode(manifest), media.OCI_MANIFEST))
    port = free_port()
    command = [*pinned(0), "env", f"PYTHONPATH={ROOT}", sys.executable, "-P", "-m", "blobserve"]
    command += [
        "--store",
        str(images.folder),
        "--listen",
        f"127.0.0.1:{port}",
        "--cache",
        str(folder / "cache"),
    ]
    with ExitStack() as stack:
        log = stack.enter_context((folder / "podium.log").open("wb"))
        yield Peer(OURS, "", port, stack.enter_context(running(command, port, log.fileno())))


def _measure(generator: Generator, peers: list[Peer]) -> dict[tuple[str, str], list[Measured]]:
    """Return the rounds of each size and peer; each round has another one first."""
    found: dict[tuple[str, str], list[Measured]] = {}
    for number in range(ROUNDS + 1):
        for name in _SIZES:
            path = f"{_ROOT}/{name.replace(' ', '')}.js"
            for peer in peers if number % 2 else peers[::-1]:
                one = generator.measure(Case(name, path, 16), peer.pid, peer.port)
                if number:  # the first is to warm up
                    found.setdefault((name, peer.name), []).append(one)
                    print(
                        f"{name:10} {peer.name:10} {one.cpu:10.1f} µs {one.rate:9.0f}/s "
                        f"p99 {one.p99:8.2f} ms",
                        flush=True,
                    )
    return found


def _rows(found: dict[tuple[str, str], list[Measured]]) -> list[dict[str, Any]]:
    return [
        {
            "what": f"warm file of {name}: CPU ÷ nginx's",
            "unit": "",
            "goal": _GOAL,
            "rounds": [
                round(one.cpu / other.cpu, 3)
                for one, other in zip(found[name, OURS], found[name, NGINX], strict=True)
            ],
            "cause": "",
        }
        for name in _SIZES
    ]


def _tables(found: dict[tuple[str, str], list[Measured]]) -> list[dict[str, Any]]:
    tables = []
    for heading, field, digits in (
        ("CPU in µs, for each file", "cpu", 1),
        ("files in a second", "rate", 0),
        ("p99 in ms", "p99", 2),
    ):
        lines = [
            [name]
            + [
                f"{median(getattr(one, field) for one in found[name, peer]):.{digits}f}"
                for peer in (OURS, NGINX)
            ]
            for name in _SIZES
        ]
        tables.append({"columns": [heading, OURS, NGINX], "lines": lines})
    return tables


_NOTES = [
    (
        "The same files in memory: for nginx in a folder, with sendfile and tcp_nopush; for ours "
        "in the layer of an image, served by `python -m blobserve --store`. Both send the same "
        "headers and write a line of JSON for each request."
    ),
    (
        "Ours answers a request that is the same byte for byte as one of the last second without "
        "looking anything up, and keeps bodies up to 64 KiB for that second."
    ),
    "16 connections that are kept; each peer has one core, the load (wrk) the other one.",
    f"{ROUNDS} rounds of {SECONDS} s for each size and peer, after one to warm up.",
]
