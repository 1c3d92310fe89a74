"""`python -m bench [<benchmark>|report]`: one benchmark of those below, or all and the report."""

import sys

from bench import (
    blobserve,
    content,
    images,
    mirror,
    proxy,
    registry,
    report,
    routes,
    start,
    supervisor,
    terminal,
    up,
)

BENCHMARKS = {
    "up": up.run,
    "start": start.run,
    "supervisor": supervisor.run,
    "terminal": terminal.run,
    "mirror": mirror.run,
    "proxy": proxy.run,
    "routes": routes.run,
    "registry": registry.run,
    "blobserve": blobserve.run,
    "images": images.run,
    "content": content.run,
}


def main(words: list[str]) -> None:
    """Run what is asked for; without words everything."""
    for name in words or [*BENCHMARKS, "report"]:
        if name == "report":
            report.write()
        elif name in BENCHMARKS:
            BENCHMARKS[name]()
            report.write()
        else:
            sys.exit(f"unknown benchmark {name}; known: {', '.join(BENCHMARKS)}")


main(sys.argv[1:])
