"""structlog without what it would draw errors with, where that happens to be installed.

It loads `rich` when it finds it, for a console that nobody looks at here: 5 MB and 30 ms of
each process. Those that load structlog import this before anything else.
"""

import sys

DRAWS = "rich"

if "structlog" not in sys.modules and DRAWS not in sys.modules:
    sys.modules[DRAWS] = None  # type: ignore[assignment] # the language's way to say "not there"
    import structlog  # noqa: F401 - looks for it once, when it is loaded

    del sys.modules[DRAWS]
