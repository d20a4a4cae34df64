"""How tests are shared out to workers: those that have a network together stay together, in their order.

A folder of tests/network has one network for all of its files. All other files can be anywhere. What takes longest
begins first, so that the workers end together: tests/durations.json has the seconds of each of these scopes on a quiet
machine with two cores, and `make durations` writes it again.

Tests that are marked `nightly` are left out of `make test`, which has to end while a person waits. They run with
`make nightly`, and wherever a path of theirs is named.

Properties are checked with the same examples on every run, without a limit of time for one on a busy machine. A test
takes this profile when its module is imported, which tests of other folders do too: so it is set here.
"""

import json
import re
import shutil
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

settings.register_profile(
    "same", max_examples=50, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("same")

NETWORKS = "tests/network/"
DURATIONS = Path(__file__).with_name("durations.json")
UNKNOWN_SECONDS = 60.0
"""Of a scope that is not in the file: it begins early enough, whatever it takes."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of `make durations` and `make nightly`."""
    parser.addoption("--write-durations", action="store_true", help=f"write {DURATIONS.name} from this run")
    parser.addoption("--nightly", action="store_true", help="also run the tests that `make test` leaves out")


def pytest_configure(config: pytest.Config) -> None:
    """Have tests that are named by a path run, whatever their mark. Workers get the option from here."""
    if config.args_source is pytest.Config.ArgsSource.ARGS:
        config.option.nightly = True


def scope_of(nodeid: str) -> str:
    """Return the tests that stay together with one: a whole folder of tests/network, and elsewhere a file."""
    file = nodeid.partition("::")[0]
    folder = file.rpartition("/")[0]
    return folder if folder.startswith(NETWORKS) else file


class ByNetwork(LoadScopeScheduling):
    """Hands out whole scopes."""

    def _split_scope(self, nodeid: str) -> str:
        return scope_of(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByNetwork:
    """Return the scheduler of a run with several workers."""
    config.option.loadscopereorder = False  # it counts tests, and a minute is no test
    return ByNetwork(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what runs at night, and put what takes longest first; the order within a scope stays."""
    if not config.option.nightly:
        left_out = [item for item in items if item.get_closest_marker("nightly")]
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)
    known: dict[str, float] = json.loads(DURATIONS.read_text())
    items.sort(key=lambda item: -known.get(scope_of(item.nodeid), UNKNOWN_SECONDS))


_seconds: defaultdict[str, float] = defaultdict(float)
_spent: defaultdict[str, defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))
SPENT = re.compile(r"^pulumi (?P<verb>\w+): (?P<engine>[\d.]+) s$|waited (?P<waited>[\d.]+) s$", re.MULTILINE)
"""What tests print of the time that they spend (tests/run.py, tests/network/network.py)."""


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Add up how long each scope takes, and what it spends that on."""
    _seconds[scope_of(report.nodeid)] += report.duration
    for found in SPENT.finditer(report.capstdout if report.when == "teardown" else ""):
        _spent[scope_of(report.nodeid)][found["verb"] or "waiting"] += float(found["engine"] or found["waited"])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print, per network, how long its runs of the engine took, and how long it waited for transfers."""
    for scope, spent in sorted(_spent.items(), key=lambda one: -_seconds[one[0]]):
        parts = ", ".join(f"{what} {seconds:.0f}" for what, seconds in spent.items())
        terminalreporter.write_line(f"{scope}: {_seconds[scope]:.0f} s, of which {parts}")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the seconds down, where that was asked for, and remove the bytecode of programs in temporary folders."""
    if session.config.getoption("--write-durations") and not hasattr(session.config, "workerinput"):
        rounded = {scope: round(seconds, 1) for scope, seconds in sorted(_seconds.items())}
        DURATIONS.write_text(json.dumps(rounded, indent=2) + "\n")
    if sys.pycache_prefix and not hasattr(session.config, "workerinput"):
        shutil.rmtree(Path(f"{sys.pycache_prefix}{tempfile.gettempdir()}"), ignore_errors=True)
