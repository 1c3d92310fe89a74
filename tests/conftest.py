"""Nothing is skipped unknown: a skipped or expected-to-fail test must stand in skips.toml.

    ["tests/e2e/test_x.py::test_y"]
    reason = "why, and until when"

The run fails when one is not listed, and when a reason is missing. Choosing tests by
`-m` or `-k` is no skip.
"""

import gc
import tomllib
import warnings
from pathlib import Path

import pytest
from hypothesis import settings

# No test is about how long something takes: a busy machine is no fault.
settings.register_profile("podium", deadline=None)
settings.load_profile("podium")

# Litestar imports advanced-alchemy, whose newest release still uses a decorator that
# SQLAlchemy 2.1 has deprecated; neither is ours to mend. Said twice: for the conftest
# modules below, which are imported before pytest is configured, and for the tests.
_DEPRECATED = "The declarative_mixin decorator"
warnings.filterwarnings("ignore", _DEPRECATED)

LIST = Path(__file__).parent / "skips.toml"


class Skips:
    """Collects what was skipped in this run."""

    def __init__(self, allowed: set[str]) -> None:
        self._allowed = allowed
        self.found: set[str] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._note(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        self._note(report)

    def _note(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        if report.skipped and report.nodeid.partition("[")[0] not in self._allowed:
            self.found.add(report.nodeid)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.found and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        for one in sorted(self.found):
            terminalreporter.write_line(f"SKIPPED WITHOUT A REASON in {LIST.name}: {one}", red=True)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Leave what was imported and collected alone: each look for garbage would walk all of it."""
    gc.collect()
    gc.freeze()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "filterwarnings", f"ignore:{_DEPRECATED}:sqlalchemy.exc.SADeprecationWarning"
    )
    listed = tomllib.loads(LIST.read_text())
    silent = sorted(name for name, one in listed.items() if not one.get("reason", "").strip())
    if silent:
        raise pytest.UsageError(f"{LIST} gives no reason for {', '.join(silent)}")
    config.pluginmanager.register(Skips(set(listed)), "skips")
