"""No vote lets a node in that cannot take part, and none leaves a seat without a node behind.

The tests build on each other: the chain grows from two validators to four.
"""

import re
import secrets
import threading
import time

import pytest

from components.adoption import identity
from components.chain.contracts.plan import Refused
from components.chain.errors import ChainError, NotReady
from components.chain.peers.missing_peers import explain
from components.chain.peers.seats import council
from components.chain.rpc.waiting import wait_for
from components.chain.validators.validator_votes import vote_out
from components.domain.problems.chains import (
    CHAINS_DIFFER,
    FOREIGN_VALIDATOR,
    PEER_REFUSED,
    PORT_CLOSED,
    SEAT_TAKEN_BACK,
    SEAT_WITHOUT_NODE,
    VOTE_IMPOSSIBLE,
)
from components.dynamic.base import Props
from components.dynamic.validators.child_council import ChildCouncil, ChildCouncilProvider
from components.dynamic.validators.child_seat import ChildSeat, ChildSeatProvider
from components.dynamic.validators.child_validator import ChildValidator, ChildValidatorProvider
from components.kaia import daemon_commands
from tests.life import Life
from tests.network.faults.validators.child_chain import CHAIN_ID, LAYOUT, ChildChain
from tests.network.faults.validators.test_lifecycle_seats import OLD, council_of
from tests.run import lines

pytestmark = pytest.mark.nightly


def seat(chain: ChildChain, name: str) -> Props:
    """Return the inputs of an SCN's ChildValidator."""
    commands = daemon_commands.scripts(LAYOUT)
    return {
        "chain_id": float(CHAIN_ID),
        "node": chain.login(name),
        "address": chain.address(name),
        "endpoints": [chain.login(other) for other in chain.others(name)],
        "static_nodes": chain.knis(name),
        "kni": chain.kni(name),
        "start": commands["start"],
        "begin": commands["begin"],
    }


def join(chain: ChildChain, name: str, **changed: object) -> None:
    Life(ChildValidatorProvider(), ChildValidator).up({**seat(chain, name), **changed})


def first_hash(chain: ChildChain, name: str) -> str:
    with chain.console(name) as console:
        return str(console.call("eth_getBlockByNumber", "0x0", False)["hash"])  # noqa: FBT003 - the node's own


def test_one_with_another_first_block_is_refused_and_the_chain_of_two_goes_on(chain: ChildChain) -> None:
    chain.start(["gamma-scn"], first_block=chain.first_block_with(timestamp="0x1"))
    ours, theirs = first_hash(chain, "gamma-scn"), first_hash(chain, OLD)
    assert ours != theirs
    with pytest.raises(Refused) as refused:
        join(chain, "gamma-scn")
    assert lines(str(refused.value), CHAINS_DIFFER, f"gamma-scn is {ours},", f"alpha-scn is {theirs}")
    assert chain.council(OLD) == {"alpha-scn", "beta-scn"}
    chain.goes_on(OLD)


def test_it_begins_again_once_its_genesis_is_corrected(chain: ChildChain) -> None:
    chain.disk("gamma-scn", LAYOUT.genesis).write_text(chain.first_block)
    begin = time.monotonic()
    join(chain, "gamma-scn")
    print(f"a third validator took part after {time.monotonic() - begin:.1f} s")
    assert chain.council(OLD) == {"alpha-scn", "beta-scn", "gamma-scn"}
    for name in chain.nodes:
        chain.goes_on(name)


def test_one_with_another_network_id_is_refused(chain: ChildChain) -> None:
    chain.start(["delta-scn"], network_id=203)
    with pytest.raises(Refused) as refused:
        join(chain, "delta-scn")
    assert lines(str(refused.value), CHAINS_DIFFER, "NETWORK_ID", "delta-scn is 203,", "alpha-scn is 3000")
    assert len(chain.council(OLD)) == 3
    found = identity.read(chain.endpoint("delta-scn"), "scn", chain.network.address("delta-scn"), bridge=False)
    assert found["network_id"] == "203", "as a node that joins it would be told"
    with chain.console("delta-scn") as console:
        words = explain(console, chain.knis("delta-scn"), [chain.endpoint(OLD)])
        assert lines(words, CHAINS_DIFFER, "delta-scn is 203,", "alpha-scn is 3000")
        assert "port" not in words
        assert PEER_REFUSED.code in explain(console, chain.knis("delta-scn"), [])
    chain.remove("delta-scn")


def test_one_that_a_validator_does_not_reach_is_refused(chain: ChildChain, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("components.chain.validators.admission.REACH_SECONDS", 5)
    chain.start(["delta-scn"])
    voter = chain.network.address("beta-scn")
    chain.run("delta-scn", f"ip route add blackhole {voter}/32")
    with pytest.raises(Refused) as refused:
        join(chain, "delta-scn")
    blocked = f"beta-scn cannot connect to {chain.network.address('delta-scn')}:22323 "
    assert lines(str(refused.value), PORT_CLOSED, "delta-scn: ", blocked)
    assert len(chain.council(OLD)) == 3
    chain.run("delta-scn", f"ip route del blackhole {voter}/32")
    join(chain, "delta-scn")
    assert len(chain.council(OLD)) == 4
    chain.goes_on("delta-scn")


def test_a_vote_for_one_that_dies_is_withdrawn(chain: ChildChain) -> None:
    """It dies as soon as it has a seat, and does not start any more."""
    chain.start(["alpha-en"])
    address = chain.address("alpha-en")

    def kill() -> None:
        with chain.console(OLD) as console:
            wait_for(lambda: address in council(console) or "no seat yet", 60)
        chain.kill("alpha-en")

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        with pytest.raises(NotReady, match=f"alpha-en: .*{SEAT_TAKEN_BACK.code}"):
            join(chain, "alpha-en", start="echo it does not start >&2; exit 1")
    finally:
        killer.join()
    assert chain.council(OLD) == {"alpha-scn", "beta-scn", "gamma-scn", "delta-scn"}


def test_a_seat_of_a_run_that_was_cut_off_goes_with_its_scn(chain: ChildChain) -> None:
    claim = Life(ChildSeatProvider(), ChildSeat)
    claim.up({key: seat(chain, "alpha-en")[key] for key in ("chain_id", "address", "endpoints")})
    with chain.console(OLD) as console:
        console.call("governance_vote", "governance.addvalidator", chain.address("alpha-en"))
        wait_for(lambda: len(council(console)) == 5 or "no seat yet", 60)
    claim.delete()
    assert len(chain.council(OLD)) == 4
    chain.remove("alpha-en")


def test_a_seat_without_a_node_is_voted_out_by_the_next_up(
    chain: ChildChain, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("components.chain.validators.validator_votes.SILENCE", 5)
    life, stranger = Life(ChildCouncilProvider(), ChildCouncil), f"0x{secrets.token_hex(20)}"
    asked = council_of(chain)
    life.up(asked)
    assert life.up(asked) == "same"
    with chain.console(OLD) as console:
        console.call("governance_vote", "governance.addvalidator", stranger)
        wait_for(lambda: stranger in council(console) or "no seat yet", 60)
    assert life.refresh()
    assert lines(capfd.readouterr().err, SEAT_WITHOUT_NODE, f"validator {stranger} ")
    assert (life.outs["size"], life.outs["dead"]) == ("5", "1")
    assert life.up(asked) == "update"
    assert stranger not in chain.council(OLD)
    assert (life.outs["size"], life.outs["dead"]) == ("4", "0")
    assert life.up(asked) == "same"


def test_a_seat_on_a_chain_of_others_is_left_alone(chain: ChildChain, capfd: pytest.CaptureFixture[str]) -> None:
    key = re.sub("@.*", "", chain.kni(OLD)).removeprefix("kni://")
    mine = [name for name in chain.nodes if name not in (OLD, "delta-scn")]
    asked = council_of(chain, made=[chain.address(name) for name in mine], found=[key])
    chain.kill("delta-scn")
    try:
        life = Life(ChildCouncilProvider(), ChildCouncil)
        life.up(asked)
        assert life.outs["others"] == [chain.address("delta-scn")]
        assert lines(capfd.readouterr().err, FOREIGN_VALIDATOR, f"validator {chain.address('delta-scn')} ", "kept")
        assert life.up(asked) == "same"
    finally:
        chain.restart("delta-scn")
    assert len(chain.council(OLD)) == 4


def test_on_a_halted_chain_the_error_names_the_way_out(chain: ChildChain, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("components.chain.validators.validator_votes.PATIENCE", 35)
    for name in ("gamma-scn", "delta-scn"):
        chain.kill(name)
    endpoints = [chain.endpoint(name) for name in ("alpha-scn", "beta-scn")]
    with pytest.raises(ChainError) as halted:
        vote_out(endpoints, CHAIN_ID, chain.address("delta-scn"))
    dead = ", ".join(sorted(map(chain.address, ("gamma-scn", "delta-scn"))))
    named = (f"validator {chain.address('delta-scn')} ", f"unreachable: {dead}", "serviceChain.nodes")
    assert lines(str(halted.value), VOTE_IMPOSSIBLE, *named)
