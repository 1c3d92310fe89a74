"""`python -m cli.images [--push HOST/PREFIX] [--tag TAG]`: the images of Podium's services.

Builds what is not there for its inputs, tells digests and sizes, and with `--push` brings them to
a registry and writes the chart's values for it. Environment: PODIUM_CACHE. Needs root, buildah
and, to push, skopeo. Exits 1 with cause and cure when a step fails, 130 when interrupted.
"""

import argparse
import os
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

from cli.images import rootfs
from cli.images.build import SBOM, Images, Made
from cli.images.buildah import compressed
from cli.images.components import LIST, read
from cli.images.kept import Kept
from cli.images.pushing import push
from cli.images.values import values
from cli.setup.__main__ import CHECKOUT, begin
from cli.setup.progress import Step, StepFailedError
from cli.setup.run import Builder

_APT = Path("/var/lib/apt/lists")
_MB = 1_000_000


def main(words: Sequence[str]) -> int:
    """Build, tell, push; return the exit code."""
    arguments = _parser().parse_args(words)
    cache = os.environ.get("PODIUM_CACHE", "/var/cache/podium")
    folder = Path(arguments.folder or f"{cache}/service-images")
    try:
        _layout, builder = begin({"PODIUM_CACHE": cache, "PODIUM_HOME": cache})
        kept = Kept(folder)
        made = build(builder, kept)
        _tell(made, kept.fresh)
        if arguments.push:
            _push(builder, made, arguments.push, arguments.tag or _version())
    except StepFailedError as failure:
        print(f"\npodium: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def build(builder: Builder, kept: Kept) -> list[Made]:
    """Build every image that is not there; raises StepFailedError."""
    with builder.board.ticking():
        builder.build_supervisor()
        compiled = builder.build_compiled()
        if compiled is None:
            raise StepFailedError("the proxy's hot path cannot be compiled, see above")
        recipes = read(builder.files[LIST].decode())
        return Images(builder, recipes, kept, compiled).build(rootfs.lists(_APT))


def _tell(made: Sequence[Made], fresh: Sequence[str]) -> None:
    print(f"  built: {', '.join(fresh)}" if fresh else "  nothing has changed: nothing was built")
    for one in made:
        size = compressed(one.layout) / _MB
        print(f"  podium-{one.name:<11} {one.digest}  {size:4.0f} MB  {one.folder / SBOM}")


def _push(builder: Builder, made: Sequence[Made], registry: str, tag: str) -> None:
    log = builder.cache / "logs" / "image-push.log"
    for one in made:
        to = f"{registry}/podium-{one.name}:{tag}"
        with Step(f"Pushing podium-{one.name}", log, builder.board, builder.commands) as step:
            push(step, one.layout, to)
    told = values(registry, {one.name: one.digest for one in made})
    Path("images.yaml").write_text(told)
    print(f"{told}  written to images.yaml: helm upgrade … --values images.yaml")


def _version() -> str:
    return str(tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]["version"])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m cli.images")
    parser.add_argument("--push", default="", metavar="HOST/PREFIX")
    parser.add_argument("--tag", default="", help="the version of the project when it is not given")
    parser.add_argument("--folder", default="", help="where results of parts are kept")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
