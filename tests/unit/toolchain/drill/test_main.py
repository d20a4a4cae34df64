"""make drill and make soak: confirmation, exit status, the file, and one whole drill in memory."""

import errno
import io
import json
from pathlib import Path
from typing import Any

import pytest

from components.chain.errors import HostUnreachable, NotReady, Unreachable
from components.domain.problems.hosts import HOST_SILENT
from components.domain.problems.operations.drills import (
    FAULT_NOT_UNDONE,
    NO_DRILL_HERE,
    NOT_CONFIRMED,
    PAIR_NOT_BACK,
    TRANSFERS_MISSING,
    UNWELL_BEFORE_DRILL,
)
from components.domain.problems.operations.state import CALLED_WRONGLY
from tests.run import lines
from tests.unit.toolchain.drill.fakes import Machines, scene, seen, state
from tests.unit.watch.test_judging import down
from toolchain.docs.report_schemas import DRILL
from toolchain.ops.drill import __main__ as program
from toolchain.ops.drill import acts, commands, drill, leftovers
from toolchain.ops.drill.drill import Drill
from toolchain.ops.drill.looks import HEALTHY_SECONDS, Looks
from toolchain.ops.drill.options import options
from toolchain.ops.drill.report import DrillReport
from toolchain.ops.drill.scene import Refused
from toolchain.ops.drill.traffic import Traffic
from toolchain.ops.drill.transfers import Asset, Ledger, Transfer


class FakeTraffic(Traffic):
    """Transfers that arrive at once, except for the last `lost`."""

    lost = 0

    def stock(self, views: Any) -> list[Any]:  # noqa: ARG002
        """Have everything."""
        return []

    def flowing(self, views: Any) -> Any:  # noqa: ARG002
        """Send two."""
        from contextlib import nullcontext

        self.ledger.add([Transfer(Asset("child"), certain=True), Transfer(Asset("parent"), certain=True)])
        return nullcontext()

    def look(self, views: Any, *, again: bool = False) -> None:  # noqa: ARG002
        """Have all arrive but the last."""
        everything = self.ledger.since()
        for one in everything[: len(everything) - self.lost]:
            one.note(one.amount, one.began + 2)

    def wait(self, views: Any, seconds: float, transfers: Any) -> bool:  # noqa: ARG002
        """Do not wait."""
        self.look(views)
        return all(one.took for one in transfers)

    def open_requests(self, views: Any) -> dict[Any, int]:  # noqa: ARG002
        """Return that none is open."""
        return {"parent": self.lost, "child": 0}


def in_memory(monkeypatch: pytest.MonkeyPatch, found: Machines) -> None:
    """Have everything run on these machines."""
    monkeypatch.setattr(drill, "act_of", lambda scene, fault: acts.act_of(scene, fault, found))
    monkeypatch.setattr(drill, "clean_up", lambda scene: leftovers.clean_up(scene, found))
    monkeypatch.setattr(drill, "Traffic", FakeTraffic)
    monkeypatch.setattr(program, "look", lambda *_: found.look())


@pytest.fixture
def machines(monkeypatch: pytest.MonkeyPatch) -> Machines:
    """Return machines in memory, for every act."""
    found = Machines()
    in_memory(monkeypatch, found)
    return found


def drilled(machines: Machines, *words: str, ill: Any = None) -> Drill:
    """Return a drill of a bridge that is seen to be ill as long as a node is down, or always."""
    look = (lambda: ill) if ill else machines.look
    return Drill(scene(), options(["dev", "--hold", "0", *words]), look, lambda _: None)


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("toolchain.ops.drill.trial.NOTICE_SECONDS", 0)
    monkeypatch.setattr("toolchain.ops.drill.drill.BEFORE_SECONDS", 0)
    monkeypatch.setattr("toolchain.ops.drill.drill.LEAST_HOLD", 0)
    monkeypatch.setattr("toolchain.ops.drill.drill.MOST_HOLD", 0)


def test_all_faults_are_made_one_after_the_other(machines: Machines) -> None:
    one = drilled(machines, "--fault", "en,scn")
    one.run()
    found = one.report()
    assert (found.passed, found.interrupted, found.seed, found.problems) == (True, False, None, ())
    assert [(row.kind, row.subject) for row in found.faults] == [
        ("en", "alpha-en"),
        ("en", "beta-en"),
        ("scn", "scn-1"),
        ("scn", "scn-2"),
    ]
    ran = [node for node, command in machines.ran if "kill -CONT" not in command]
    assert ran == ["alpha-en"] * 2 + ["beta-en"] * 2 + ["scn-1"] * 2 + ["scn-2"] * 2
    assert [(row.asset, row.sent, row.arrived) for row in found.transfers] == [("coins", 4, 4), ("coins", 4, 4)]


def test_what_is_missing_at_the_end_fails_the_drill(machines: Machines, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FakeTraffic, "lost", 1)
    one = drilled(machines, "--fault", "en", "--pair", "alpha")
    one.run()
    found = one.report()
    assert not found.passed
    assert [TRANSFERS_MISSING.code in text for text in found.problems] == [True, True], "open, and not arrived"


def test_a_soak_repeats_its_faults_from_its_seed(machines: Machines, monkeypatch: pytest.MonkeyPatch) -> None:
    orders = []
    for seed in ("7", "7", "8"):
        ticks = iter(range(1000))
        monkeypatch.setattr("time.monotonic", lambda ticks=ticks: float(next(ticks)))
        one = drilled(machines, "--minutes", "0.2", "--seed", seed)
        one.run()
        orders.append([row.subject for row in one.report().faults])
        assert one.report().seed == int(seed)
    assert len(orders[0]) > 3
    assert orders[0] == orders[1] != orders[2]
    assert machines.commands("kill")


def test_a_bridge_that_is_ill_is_not_drilled(machines: Machines) -> None:
    one = drilled(machines, ill=seen(**down("alpha-en")))
    with pytest.raises(Refused, match=UNWELL_BEFORE_DRILL.code):
        one.run()
    assert not machines.commands("kill -KILL")


def test_a_fault_that_was_asked_for_and_cannot_be_made_is_refused(machines: Machines) -> None:
    machines.answers["scn-1"] = "no"
    one = drilled(machines, "--fault", "disk", "--node", "scn-1")
    with pytest.raises(Refused, match=NO_DRILL_HERE.code):
        one.run()


def test_an_interrupted_drill_tells_what_it_has(machines: Machines) -> None:
    one = drilled(machines, "--fault", "en")
    one.say = lambda text: setattr(one.ending, "asked", "healthy again" in text or one.ending.asked)
    one.run()
    found = one.report()
    assert (found.interrupted, found.passed, len(found.faults)) == (True, False, 1)
    assert machines.commands("start-of") == ["alpha-en"]


@pytest.mark.parametrize("soak", [(), ("--minutes", "0.0001", "--seed", "1")])
def test_what_an_earlier_drill_left_is_undone_before_the_bridge_is_looked_at(
    machines: Machines, soak: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    machines.answers = {"alpha-en": "link\nlink\n", "scn-1": "hung\ndisk\n", "parent": "something else"}
    machines.failures = (
        ("beta-en", "", HostUnreachable(HOST_SILENT("no answer"))),
        ("scn-2", "", Unreachable(HOST_SILENT("read-only file system"))),
    )
    said: list[str] = []
    waits: list[float] = []

    def wait(_looks: Looks, seconds: float) -> float:
        waits.append(seconds)
        assert sorted(machines.commands(commands.FILLER)) == sorted(one.scene.nodes)
        raise NotReady(PAIR_NOT_BACK("beta-en is down"))

    monkeypatch.setattr(Looks, "wait_until_healthy", wait)
    one = drilled(machines, *soak)
    one.say = said.append
    with pytest.raises(Refused, match=UNWELL_BEFORE_DRILL.code):
        one.run()
    undone, kept = said
    for words in ("alpha-en had a cut link", "scn-1 stood still", "scn-1 had a full disk"):
        assert undone.count(words) == 1
    assert lines(kept, FAULT_NOT_UNDONE, "scn-2", "read-only")
    assert waits == [HEALTHY_SECONDS], "a bridge that was ill needs time"


def test_nothing_is_said_of_an_earlier_drill_that_left_nothing(machines: Machines) -> None:
    one, said = drilled(machines, "--fault", "en", "--pair", "alpha"), list[str]()
    one.say = said.append
    one.run()
    assert said[0] == "en alpha-en: now"


# -- the command -------------------------------------------------------------------------------------------


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch, machines: Machines) -> Any:  # noqa: ARG001
    """Return what puts a state on standard input."""
    monkeypatch.setattr(program, "asked_on_terminal", lambda _: "")
    monkeypatch.delenv("CONFIRM", raising=False)
    return lambda found: monkeypatch.setattr("sys.stdin", io.StringIO(found if found == "" else json.dumps(found)))


def test_the_report_is_written_and_the_exit_status_says_whether_it_passed(
    given: Any,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = tmp_path / "drill.json"
    words = ["dev", "--fault", "en", "--pair", "alpha", "--hold", "0", "--json", str(file)]
    for lost, status in ((0, 0), (1, 1)):
        monkeypatch.setattr(FakeTraffic, "lost", lost)
        given(state())
        assert program.main(words) == status
        found = DrillReport.model_validate_json(file.read_text())
        assert (found.passed, found.stack) == (status == 0, "dev")
    assert "drill passed: 1 fault, 2 transfers sent, 2 arrived, longest wait 2.0 s" in capsys.readouterr().out


def test_a_soak_prints_its_seed(given: Any, capsys: pytest.CaptureFixture[str]) -> None:
    given(state())
    assert program.main(["dev", "--minutes", "0", "--seed", "5"]) == 1, "no fault was made"
    assert "SEED=5" in capsys.readouterr().out


class Closed(io.StringIO):
    """A stream whose terminal is closed, after so many lines."""

    def __init__(self, lines: int) -> None:
        super().__init__()
        self.left = lines

    def write(self, text: str) -> int:
        """Fail once the lines are written."""
        self.left -= text.count("\n")
        if self.left < 0:
            raise OSError(errno.EIO, "Input/output error")
        return len(text)


@pytest.mark.parametrize("written", [0, 1, 2, 5])
def test_a_closed_terminal_changes_nothing_but_what_is_seen(
    given: Any, machines: Machines, written: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "drill.json"
    words = ["dev", "--fault", "en", "--pair", "alpha", "--hold", "0", "--json", str(file)]
    given(state())
    for name in ("stdout", "stderr"):
        monkeypatch.setattr(f"sys.{name}", Closed(written))
    assert program.main(words) == 0
    assert machines.commands("start-of") == ["alpha-en"]
    assert DrillReport.model_validate_json(file.read_text()).passed
    given(state())
    assert program.main([*words[:-1], str(tmp_path)]) == 2, "it cannot be written, and that cannot be told"


@pytest.mark.parametrize("host", ["ExistingHost", "aws:ec2/instance:Instance"])
def test_machines_that_are_not_local_need_the_name_of_the_stack(
    given: Any, machines: Machines, host: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for typed, environment in (("", ""), ("prod", ""), ("dev", "prod")):
        monkeypatch.setattr(program, "asked_on_terminal", lambda _, typed=typed: typed)
        monkeypatch.setenv("CONFIRM", environment)
        given(state(host=host))
        assert program.main(["dev", "--fault", "en"]) == 2
        assert lines(capsys.readouterr().err, NOT_CONFIRMED, "error: ")
    assert machines.ran == []
    for typed, environment in (("dev", ""), ("", "dev")):
        monkeypatch.setattr(program, "asked_on_terminal", lambda _, typed=typed: typed)
        monkeypatch.setenv("CONFIRM", environment)
        given(state(host=host))
        assert program.main(["dev", "--fault", "en", "--pair", "alpha", "--hold", "0"]) == 0
    given(state(host=host))
    assert program.main(["dev", "--minutes", "1"]) == 2
    assert lines(capsys.readouterr().err, NO_DRILL_HERE, "error: ")


def test_what_is_called_wrongly_is_refused(given: Any, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    given(state())
    assert program.main(["dev", "--fault", "fire"]) == 2
    assert lines(capsys.readouterr().err, CALLED_WRONGLY, "error: ")
    given("")
    assert program.main(["dev"]) == 2
    assert capsys.readouterr() == ("", "")
    assert not list(tmp_path.iterdir())


def test_the_schema_is_that_of_the_models() -> None:
    assert DRILL.file.read_text() == DRILL.render()


def test_transfers_of_an_empty_drill_are_none() -> None:
    assert Ledger().since() == []
