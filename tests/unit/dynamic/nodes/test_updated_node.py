"""A node whose package or files have changed: one restart, the proof of its pair, and the version that runs then."""

from contextlib import closing
from typing import Any, cast

import pytest

from components.chain.errors import HostUnreachable, Unreachable
from components.chain.nodes import drift, health, restart, start_mark, version
from components.chain.nodes.drift import Actual
from components.chain.peers import handshake
from components.chain.rpc import ipc_stream
from components.chain.rpc.console import Console
from components.chain.rpc.endpoint import Endpoint
from components.chain.validators.restart_seat import RestartSeat
from components.chain.voters import pair_proof
from components.domain.problems.chains import CONSOLE_LOST
from components.domain.problems.hosts import HOST_SILENT
from components.domain.problems.nodes import OTHER_FORKS, OTHER_VERSION
from components.domain.problems.packages import DATA_NOT_KEPT, PACKAGE_VERSION
from components.dynamic.base import Props
from components.dynamic.nodes import running_node
from components.dynamic.nodes.updated_node import KEEP_TIMEOUT, UpdatedNode, UpdatedNodeProvider
from tests.life import Life

OLD, NEW = "v1.0.3", "v2.2.1"
NODE: Props = {
    "node": {"node": "scn-1", "host": "10.0.0.1", "private_key": "k", "host_key": "h", "ipc": "/srv/klay.ipc"},
    "role": "scn",
    "chain_id": 3000,
    "start": "kscnd restart",
    "runs": "0a",
    "began_with": "0a",
    "turn": 0,
    "package_version": OLD,
    "version_command": "kscn version",
    "version": None,
}
UPGRADED = {**NODE, "runs": "0b", "began_with": "", "turn": 1, "package_version": NEW}
TAKEN_BACK = {**NODE, "began_with": "", "turn": 2}


class Scn:
    """A node: the version that runs, the one on its disk, and what was done to it."""

    def __init__(self) -> None:
        self.runs = self.disk = OLD
        self.up = True
        self.asked = 0
        self.error: Exception | None = None
        self.restarts: list[str] = []
        self.mark: str | None = None
        self.patience: list[float] = []
        self.done: list[str] = []
        """What was done around a restart."""

    def connect(self, _endpoint: object) -> Console:
        """Return a console."""

        class Connected:
            def call(_self, method: str, timeout: float = 0) -> object:  # noqa: ARG002, N805
                return self.tells() if method == "web3_clientVersion" else []

            def close(self) -> None:
                pass

        return cast("Console", Connected())

    def tells(self) -> str:
        """Return what it answers to web3_clientVersion."""
        return f"Klaytn/{self.runs}/linux-amd64/go1.22.1"

    def run(self, _endpoint: object, command: str, _timeout: float) -> str:
        """Print the version of the program on the disk."""
        assert command == "kscn version"
        self.asked += 1
        if self.error:
            raise self.error
        return f"Kaia {self.disk}\n"

    def restart(self, _endpoint: object, _role: str, _command: str, why: str, **more: Any) -> None:
        """Run what is on the disk."""
        if more["leave"]:
            more["leave"]()
        self.runs, self.up = self.disk, True
        self.restarts.append(why)
        self.patience.append(more["timeout"])
        more["ready"]()


@pytest.fixture
def scn(monkeypatch: pytest.MonkeyPatch) -> Scn:
    scn = Scn()
    for module, name, value in (
        (drift, "Console", scn.connect),
        (version, "Console", scn.connect),
        (version, "run_on_host", scn.run),
        (drift, "read", lambda _console, _expected: Actual(3000)),
        (health, "answers", lambda _endpoint: scn.up),
        (health, "listens", lambda _endpoint: scn.up),
        (running_node, "wait_until_ready", lambda _inputs: scn.done.append("ready")),
        (RestartSeat, "give_up", lambda _seat: scn.done.append("seat given up")),
        (RestartSeat, "take_again", lambda _seat: scn.done.append("seat")),
        (restart, "restart", scn.restart),
        (start_mark, "last_mark", lambda _endpoint: scn.mark),
    ):
        monkeypatch.setattr(module, name, value)
    return scn


def life_of(props: Props) -> Life:
    life = Life(UpdatedNodeProvider(), UpdatedNode)
    assert life.up(props) == "create"
    return life


@pytest.fixture
def life(scn: Scn) -> Life:
    life = life_of(NODE)
    assert (scn.restarts, scn.asked) == ([], 0)
    return life


def test_another_version_is_drift_until_a_restart_repairs_it(
    life: Life, scn: Scn, capsys: pytest.CaptureFixture[str]
) -> None:
    scn.runs = "v1.0.2"
    said = OTHER_VERSION("its version is v1.0.2, not v1.0.3; the next up restarts the node")
    for _ in range(2):
        assert life.refresh()
        assert life.inputs["drift"] == {"version": said}
        assert capsys.readouterr().err == f"scn-1: {said}\n"
    assert life.up(NODE) == "update"
    assert scn.restarts == ["its version is v1.0.2, not v1.0.3"]
    assert life.refresh()
    assert capsys.readouterr().err == ""
    assert life.up(NODE) == "same"


def test_the_version_of_its_package_is_no_drift(life: Life, scn: Scn) -> None:
    assert life.refresh()
    assert life.up(NODE) == "same"
    assert scn.restarts == []


def test_a_node_whose_start_no_state_knows_is_not_restarted(scn: Scn) -> None:
    life = life_of({**NODE, "began_with": None})
    assert life.up(NODE) == "same"
    assert scn.restarts == []


def test_a_changed_package_is_one_restart_and_then_compared(life: Life, scn: Scn) -> None:
    scn.disk = NEW
    assert life.up(UPGRADED) == "update"
    assert scn.restarts == ["what it reads at its start has changed"]
    assert life.refresh()
    assert life.up(UPGRADED) == "same"
    scn.runs = OLD
    assert life.refresh()
    assert life.inputs["drift"].keys() == {"version"}


def test_a_node_that_was_down_began_with_what_has_changed(life: Life, scn: Scn) -> None:
    scn.runs = scn.disk = NEW
    assert life.up({**UPGRADED, "began_with": "0b"}) == "update"
    assert scn.restarts == []


def test_a_node_that_runs_while_its_first_up_is_cut_off_and_changed_is_restarted(scn: Scn) -> None:
    life_of({**UPGRADED, "package_version": OLD})
    assert len(scn.restarts) == 1


SEATED = {"siblings": [{**NODE["node"], "node": "scn-2"}]}


def test_an_scn_gives_its_seat_up_for_a_restart_and_has_it_again_before_anything_else(scn: Scn) -> None:
    life = life_of({**NODE, **SEATED})
    assert scn.done == []
    assert life.up({**UPGRADED, **SEATED}) == "update"
    assert scn.done == ["seat given up", "seat", "ready"]


@pytest.mark.parametrize("error", [None, Unreachable(DATA_NOT_KEPT("scn-1: too little disk"))])
def test_room_for_the_data_is_looked_for_before_the_seat_is_given_up(
    scn: Scn, monkeypatch: pytest.MonkeyPatch, error: Exception | None
) -> None:
    def room(_endpoint: object, command: str, _timeout: float) -> None:
        scn.done.append(command)
        if error:
            raise error

    monkeypatch.setattr(ipc_stream, "run_on_host", room)
    life = life_of({**NODE, **SEATED})
    keeping = {**NODE, **SEATED, "room": "is there room"}
    assert life.up(keeping) == "same"
    wanted = {**keeping, **UPGRADED}
    if error:
        with pytest.raises(Unreachable):
            life.up(wanted)
        assert (scn.restarts, scn.done) == ([], ["is there room"])
    else:
        assert life.up(wanted) == "update"
        assert scn.done == ["is there room", "seat given up", "seat", "ready"]
        assert scn.patience == [KEEP_TIMEOUT]


def test_a_seat_that_an_earlier_run_left_is_taken_again_without_a_restart(scn: Scn) -> None:
    life = life_of({**NODE, **SEATED})
    assert life.up({**UPGRADED, **SEATED, "began_with": "0b"}) == "update"
    assert (scn.restarts, scn.done) == ([], ["seat"])


def test_so_it_is_for_a_node_that_ran_before_its_resource_was_made(scn: Scn) -> None:
    life_of({**NODE, **SEATED, "began_with": None})
    assert (scn.restarts, scn.done) == ([], ["seat"])


def test_a_node_of_a_parent_chain_has_no_seat_to_give_up(scn: Scn) -> None:
    validator = {**SEATED, "role": "validator"}
    life = life_of({**NODE, **validator})
    assert life.up({**UPGRADED, **validator}) == "update"
    assert scn.done == ["ready"]


def test_a_restart_that_failed_is_tried_again(life: Life, scn: Scn, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **_more: object) -> None:
        raise Unreachable(CONSOLE_LOST("scn-1: exit 126"))

    with monkeypatch.context() as broken:
        broken.setattr(restart, "restart", fails)
        with pytest.raises(Unreachable):
            life.up(UPGRADED)
    assert life.up(UPGRADED) == "update"
    assert len(scn.restarts) == 1


def test_a_preview_says_that_it_is_restarted(life: Life) -> None:
    provider = UpdatedNodeProvider()
    due = [provider.check(life.inputs, props).inputs["due"] for props in (NODE, UPGRADED)]
    assert due == [False, True]
    assert provider.check({}, NODE).inputs["due"] is False
    life.up(UPGRADED)
    assert life.outs["due"] is False


@pytest.mark.parametrize(("mark", "count"), [("0b", 1), ("0a", 0), (None, 0)])
def test_what_a_failed_run_restarted_is_restarted_again_when_its_change_is_taken_back(
    life: Life, scn: Scn, monkeypatch: pytest.MonkeyPatch, mark: str | None, count: int
) -> None:
    def fails(*_: object, **_more: object) -> None:
        raise Unreachable(CONSOLE_LOST("scn-1: it came back too late"))

    with monkeypatch.context() as broken:
        broken.setattr(restart, "restart", fails)
        with pytest.raises(Unreachable):
            life.up(UPGRADED)
    scn.mark = mark
    assert UpdatedNodeProvider().check(life.inputs, TAKEN_BACK).inputs["due"] == bool(count)
    assert life.up(TAKEN_BACK) == "update"
    assert len(scn.restarts) == count
    assert life.up(TAKEN_BACK) == "same"


def test_a_restart_leaves_a_mark_before_it() -> None:
    endpoint = Endpoint.model_validate({**NODE["node"], "ipc": "/srv/data/klay.ipc"})
    assert start_mark.marking(endpoint, "kscnd restart", "0b").splitlines() == [
        "echo 0b >/srv/restarted-with || exit",
        "kscnd restart",
    ]


PAIR: Props = {
    "name": "alpha",
    "en": NODE["node"],
    "scn": NODE["node"],
    "parent_chain_id": 2020,
    "child_chain_id": 3000,
    "parent": {"kind": "key", "chain": "parent", "private_key": "11" * 32},
    "child": {"kind": "key", "chain": "child", "private_key": "22" * 32},
    "runs": ["0e", "0a"],
}


LAST_ANCHOR = pair_proof.PairProof.last_anchor
KEYSTORE: Props = {"kind": "keystore", "chain": "parent", "path": "/keys/parent", "password_env": "PASSWORD"}


@pytest.fixture
def proofs(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Record the proofs of a pair."""
    done: list[str] = []
    monkeypatch.setattr(pair_proof.PairProof, "last_anchor", lambda _pair: 7)
    monkeypatch.setattr(pair_proof.PairProof, "prove", lambda pair, anchored: done.append(f"{pair.name} {anchored}"))
    return done


def test_a_pair_proves_itself_when_one_of_its_nodes_runs_something_else(scn: Scn, proofs: list[str]) -> None:
    life = life_of({**NODE, "pair": PAIR})
    assert proofs == [], "a new pair is proven by the transfers of the bridge"
    assert life.up({**NODE, "pair": {**PAIR, "name": "renamed"}}) == "same"
    assert life.up({**NODE, "pair": {**PAIR, "parent": {**PAIR["parent"], "max_gas_price": "7"}}}) == "same"
    assert life.up({**NODE, "pair": {**PAIR, "parent": KEYSTORE}}) == "update", "the key leaves the state"
    assert (proofs, scn.restarts) == ([], [])
    assert life.up({**NODE, "pair": {**PAIR, "runs": ["0f", "0a"]}}) == "update"
    assert (proofs, scn.restarts) == (["alpha 7"], []), "its EN alone was restarted, by its own resource"
    assert life.up({**UPGRADED, "pair": {**PAIR, "runs": ["0f", "0b"]}}) == "update"
    assert (len(proofs), len(scn.restarts)) == (2, 1)


def test_a_pair_whose_scn_hangs_before_its_update_proves_itself_too(
    scn: Scn, proofs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def hang(_endpoint: object) -> None:
        raise Unreachable(CONSOLE_LOST("scn-1: no answer in 10 s"))

    life = life_of({**NODE, "pair": PAIR})
    monkeypatch.setattr(pair_proof.PairProof, "last_anchor", LAST_ANCHOR)
    monkeypatch.setattr(pair_proof, "Console", hang)
    assert life.up({**UPGRADED, "pair": {**PAIR, "runs": ["0f", "0b"]}}) == "update"
    assert proofs == [f"alpha {pair_proof.UNKNOWN}"]
    assert len(scn.restarts) == 1


def test_an_archive_with_a_wrong_version_in_its_name_is_one_restart_and_a_warning(
    life: Life, scn: Scn, capsys: pytest.CaptureFixture[str]
) -> None:
    assert life.up(UPGRADED) == "update"
    assert len(scn.restarts) == 1
    for _ in range(2):
        said = capsys.readouterr().err
        assert PACKAGE_VERSION.code in said
        assert all(value in said for value in ("scn-1", OLD, NEW, "packages.kscn"))
        assert life.refresh()
        assert not life.inputs.get("drift"), "a restart would not change it"
        assert life.up(UPGRADED) == "same"
    assert len(scn.restarts) == 1


def test_a_first_start_with_such_an_archive_is_a_warning(scn: Scn, capsys: pytest.CaptureFixture[str]) -> None:
    life_of({**NODE, "package_version": NEW})
    assert scn.restarts == []
    assert PACKAGE_VERSION.code in capsys.readouterr().err


def test_a_node_that_was_started_before_its_package_changed_is_restarted_at_its_creation(scn: Scn) -> None:
    scn.disk = NEW
    life_of({**NODE, "package_version": NEW})
    assert scn.restarts == [f"its version is {OLD}, not {NEW}"]


def test_a_corrected_version_is_compared_with_no_restart(scn: Scn, capsys: pytest.CaptureFixture[str]) -> None:
    life = life_of({**NODE, "package_version": NEW})
    capsys.readouterr()
    assert life.up(NODE) == "update"
    assert scn.restarts == []
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("error", [Unreachable(CONSOLE_LOST("scn-1: exit 126")), HostUnreachable(HOST_SILENT("scn-1"))])
def test_a_program_that_cannot_be_asked_is_for_its_start_to_tell(life: Life, scn: Scn, error: Exception) -> None:
    scn.disk, scn.error = NEW, error
    assert life.up(UPGRADED) == "update"
    assert len(scn.restarts) == 1


def test_a_version_that_cannot_be_read_is_not_compared(life: Life, scn: Scn) -> None:
    scn.runs = "unknown"
    assert life.refresh()
    assert life.up(NODE) == "same"
    scn.disk = "of my own"
    assert life.up(UPGRADED) == "update"
    assert len(scn.restarts) == 1


def test_an_scn_that_leaves_its_pair_keeps_its_version_until_its_registration_goes(
    scn: Scn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running_node, "_is_registered", lambda _inputs: True)
    life = life_of({**NODE, "peer": f"kni://{'aa' * 64}@10.0.0.2:50505"})
    scn.disk = NEW
    assert life.up(UPGRADED) == "update"
    assert scn.restarts == []


def test_the_version_is_what_the_node_tells(scn: Scn) -> None:
    node: Any = object()
    with closing(scn.connect(node)):
        assert version.running_version(node) == scn.tells()


FORKED = {**NODE, "forks": {"cancun": 0.0, "kaia": 400.0}}


def test_a_node_without_the_forks_of_its_genesis_is_drift_and_restarted_in_its_turn(
    scn: Scn, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    has = {"cancun": 0, "kaia": 400}
    monkeypatch.setattr(handshake, "forks_of", lambda _console: has)
    monkeypatch.setattr("components.chain.rpc.console.Console", scn.connect)
    life = life_of(FORKED)
    assert life.refresh()
    assert life.up(FORKED) == "same"
    has.pop("kaia")
    assert life.refresh()
    assert OTHER_FORKS.code in capsys.readouterr().err
    assert life.inputs["drift"].keys() == {"forks"}
    assert life.up(FORKED) == "update"
    (why,) = scn.restarts
    assert "kaia at no block, not at block 400" in why


def test_forks_of_a_node_that_does_not_answer_are_not_compared(
    life: Life, scn: Scn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(_endpoint: object) -> Console:
        raise Unreachable(CONSOLE_LOST("scn-1: gone"))

    monkeypatch.setattr("components.chain.rpc.console.Console", silent)
    life = life_of(FORKED)
    assert life.refresh()
    assert life.up(FORKED) == "same"
    assert scn.restarts == []


def test_forks_that_only_become_known_restart_nothing(life: Life, scn: Scn) -> None:
    assert life.up(FORKED) == "same"
    assert scn.restarts == []
