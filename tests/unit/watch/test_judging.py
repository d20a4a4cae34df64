"""What readings mean: a table from what is read to the code, the level and the sentence."""

from dataclasses import replace
from typing import Any

import pytest

from components.domain.problems.bridge import (
    BALANCE_LOW,
    FOREIGN_OPERATOR,
    OPERATOR_RUNS_DRY,
    OWNERSHIP_MOVED,
    VOTES_CHANGED,
)
from components.domain.problems.chains import CHAIN_HALTED, CHAIN_UNREADABLE, NODE_BEHIND, PEER_MISSING
from components.domain.problems.hosts import CLOCK_WRONG, DISK_FULL_SOON, HOST_SILENT
from components.domain.problems.nodes import (
    ANCHORS_LATE,
    CONSOLE_SILENT,
    MISCOUNTED,
    NO_SINGLE_EN,
    NODE_DOWN,
    NOT_REGISTERED,
    NOT_SUBSCRIBED,
    OPERATOR_LOCKED,
    OTHER_FORKS,
    OTHER_IDENTITY,
    POOL_FILLS,
    WRONG_ANCHORING,
    WRONG_BRIDGE_PEER,
)
from components.domain.problems.operations.state import STACK_NOT_UP
from components.domain.problems.packages import STOPPED_AT_FORK
from components.domain.problems.problem import Message, Problem
from components.domain.problems.transfers import (
    COINS_LOCKED,
    CONTRACT_STOPPED,
    FEE_CHARGED,
    FEE_RECEIVER_CHANGED,
    LIQUIDITY_MISSING,
    REQUEST_NOT_FOUND,
    TOKEN_CHANGED,
    TOKEN_LOCKED,
    TRANSFERS_STOPPED,
)
from components.watch.judging.judge import judge
from components.watch.judging.nodes import node_findings
from components.watch.readings import AccountReading, CountReading, MachineReading, Missing, OpenRequest, TokenReading
from components.watch.targets import Targets
from tests.unit.watch.samples import (
    BRIDGES,
    CHAIN_IDS,
    COIN,
    KEYS,
    OPERATORS,
    SEATS,
    TOKENS,
    bridge,
    chain,
    readings,
    targets,
)

DOWN = Missing(NODE_DOWN("alpha-en: no node listens"))
SILENT = Missing(HOST_SILENT("scn-3: no SSH connection"))
ALPHA = OPERATORS["alpha"]


def operator(**changed: Any) -> dict[str, object]:
    """Return the half of a bridge of scn-1 with a change of its parent operator."""
    one = replace(bridge("alpha").operators["parent"], **changed)
    return {"bridge": replace(bridge("alpha"), operators={**bridge("alpha").operators, "parent": one})}


def sub(**changed: Any) -> dict[str, Any]:
    return {"nodes": {"scn-1": {"bridge": replace(bridge("alpha"), **changed)}}}


def link(unanswered: int) -> dict[str, Any]:
    return {"nodes": {"scn-1": {"machine": MachineReading(2**36, 2**37, 0.0, 60.0, unanswered)}}}


def account(balance: int, mined: int = 10) -> dict[str, Any]:
    accounts = {**chain("parent").accounts, ALPHA["parent"]: AccountReading(balance, mined)}
    return {"chains": {"parent": {"accounts": accounts}}}


def token(**changed: Any) -> dict[str, Any]:
    reading = replace(TokenReading(TOKENS["parent"], locked=False, fee=0, held=5), **changed)
    return {"contracts": {"child": {"tokens": {TOKENS["child"]: reading}}}}


DRIFT = {
    *(WRONG_ANCHORING, OWNERSHIP_MOVED, VOTES_CHANGED, FOREIGN_OPERATOR, CONTRACT_STOPPED, COINS_LOCKED),
    *(FEE_CHARGED, FEE_RECEIVER_CHANGED, TOKEN_CHANGED, TOKEN_LOCKED),
}
"""What somebody else changes, in a contract or in a console."""


def test_nothing_is_wrong_with_a_healthy_bridge() -> None:
    whole = judge(targets(), readings())
    assert whole.findings == ()
    assert (whole.level, whole.able, whole.threshold) == ("healthy", ("alpha", "beta"), 1)
    assert whole.sentence == "2 of 2 pairs healthy, threshold 1: survives the loss of 1 pair"


@pytest.mark.parametrize(
    ("name", "seats", "wrong"),
    [("alpha-en", 1, True), ("scn-1", 4, True), ("scn-1", 1, False), ("parent", 1, False)],
)
def test_the_only_node_of_the_stack_on_a_chain_needs_peers_where_others_run_it_too(
    name: str, seats: int, *, wrong: bool
) -> None:
    (node,) = [one for one in targets().nodes if one.name == name]
    few = replace(targets(), nodes=(node,))
    council = frozenset(list(SEATS.values())[:seats])
    read = readings(
        nodes={name: {"chain": replace(chain(node.side), peers=0)}}, chains={node.side: {"council": council}}
    )
    codes = [code for one in node_findings(node, few, read) for code in one.message.codes]
    assert codes == [PEER_MISSING.code] * wrong


@pytest.mark.parametrize(
    ("changed", "problem", "subject", "able"),
    [
        ({"nodes": {"alpha-en": {"chain": DOWN, "machine": DOWN}}}, NODE_DOWN, "alpha-en", ("beta",)),
        ({"nodes": {"scn-3": {"chain": SILENT, "machine": SILENT}}}, HOST_SILENT, "scn-3", ("alpha", "beta")),
        ({"nodes": {"scn-1": {"chain": replace(chain("child"), head=96)}}}, NODE_BEHIND, "scn-1", ("beta",)),
        ({"nodes": {"beta-en": {"chain": replace(chain("parent"), best=110)}}}, NODE_BEHIND, "beta-en", ("alpha",)),
        ({"nodes": {"scn-4": {"chain": replace(chain("child"), chain_id=9)}}}, OTHER_IDENTITY, "scn-4", None),
        ({"nodes": {"scn-4": {"chain": replace(chain("child"), peers=0)}}}, PEER_MISSING, "scn-4", None),
        ({"nodes": {"scn-4": {"machine": MachineReading(2**30, 100 * 2**30, 0, 60.0)}}}, DISK_FULL_SOON, "scn-4", None),
        ({"nodes": {"scn-4": {"machine": MachineReading(2**36, 2**37, -9.0, 60.0)}}}, CLOCK_WRONG, "scn-4", None),
        ({"nodes": {"scn-1": {"bridge": Missing(CONSOLE_SILENT("scn-1: hangs"))}}}, CONSOLE_SILENT, "alpha", ("beta",)),
        (sub(peers=()), NO_SINGLE_EN, "alpha", ("beta",)),
        (sub(peers=(KEYS["alpha"], KEYS["beta"])), NO_SINGLE_EN, "alpha", ("beta",)),
        (sub(peers=(KEYS["beta"],)), WRONG_BRIDGE_PEER, "alpha", ("beta",)),
        (link(5), NO_SINGLE_EN, "alpha", ("beta",)),
        (sub(registered=False, subscribed=False), NOT_REGISTERED, "alpha", ("beta",)),
        (sub(subscribed=False), NOT_SUBSCRIBED, "alpha", ("beta",)),
        (sub(anchoring=False), WRONG_ANCHORING, "alpha", None),
        (sub(anchored=100 - 3 * 5 - 30 - 1), ANCHORS_LATE, "alpha", None),
        (sub(pending=1001), POOL_FILLS, "alpha", None),
        ({"nodes": {"scn-1": operator(counted=9)}}, MISCOUNTED, "alpha", ("beta",)),
        ({"nodes": {"scn-1": operator(synced=False)}}, MISCOUNTED, "alpha", ("beta",)),
        ({"nodes": {"scn-1": operator(unlocked=False)}}, OPERATOR_LOCKED, "alpha", ("beta",)),
        ({"nodes": {"scn-1": operator(address="0x" + "99" * 20)}}, OTHER_IDENTITY, "alpha", ("beta",)),
        (account(49 * COIN), BALANCE_LOW, "alpha", None),
        (account(9 * COIN), OPERATOR_RUNS_DRY, "alpha", None),
        ({"contracts": {"child": {"operators": (OPERATORS["beta"]["child"],)}}}, VOTES_CHANGED, "alpha", ("beta",)),
        ({"contracts": {"parent": {"owner": "0x" + "99" * 20}}}, OWNERSHIP_MOVED, "parent chain", None),
        ({"contracts": {"parent": {"threshold": 2}}}, VOTES_CHANGED, "parent chain", None),
        ({"contracts": {"parent": {"configuration": 2}}}, VOTES_CHANGED, "parent chain", None),
        (
            {"contracts": {"child": {"operators": (*(one["child"] for one in OPERATORS.values()), "0x" + "99" * 20)}}},
            FOREIGN_OPERATOR,
            "child chain",
            None,
        ),
        ({"contracts": {"child": {"balance": 499 * COIN}}}, BALANCE_LOW, "child chain", None),
        ({"contracts": {"child": {"coin_fee": 1}}}, FEE_CHARGED, "child chain", None),
        ({"contracts": {"child": {"fee_receiver": "0x" + "99" * 20}}}, FEE_RECEIVER_CHANGED, "child chain", None),
        (token(counterpart=""), TOKEN_CHANGED, "child chain", None),
        (token(locked=True), TOKEN_LOCKED, "child chain", None),
        (token(fee=3), FEE_CHARGED, "child chain", None),
        (
            {
                "oldest": {
                    "child": OpenRequest(7, "0x1", 300, overdue=True, unpayable=LIQUIDITY_MISSING("cannot be paid"))
                }
            },
            LIQUIDITY_MISSING,
            "child to parent",
            None,
        ),
        ({"oldest": {"child": Missing(CONSOLE_SILENT("scn-1: hangs"))}}, CONSOLE_SILENT, "child to parent", None),
    ],
)
def test_each_fault_degrades_and_is_named(
    changed: dict[str, Any], problem: Problem, subject: str, able: tuple[str, ...] | None
) -> None:
    whole = judge(targets(), readings(**changed))
    found = [one for one in whole.findings if problem.code in one.message.codes]
    assert [one.subject for one in found] == [subject], whole.findings
    assert whole.level == "degraded"
    assert whole.able == (able or ("alpha", "beta"))
    assert (subject in whole.sentence) or able
    assert [one.drift for one in found] == [problem in DRIFT]


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"chains": {"child": {"age": 61.0}}}, CHAIN_HALTED),
        ({"chains": {"parent": Missing(CHAIN_UNREADABLE("the parent chain: no node"))}}, CHAIN_UNREADABLE),
        ({"chains": {"parent": {"contract": Missing(CONSOLE_SILENT("parent: no contract"))}}}, CONSOLE_SILENT),
        ({"contracts": {"child": {"running": False}}}, CONTRACT_STOPPED),
        ({"contracts": {"child": {"coins_locked": True}}}, COINS_LOCKED),
        ({"oldest": {"parent": OpenRequest(7, "0x1", 61, overdue=True, unpayable=None)}}, TRANSFERS_STOPPED),
        (
            {
                "oldest": {"parent": OpenRequest(7, "0x1", 9000, overdue=True, unpayable=LIQUIDITY_MISSING("never"))},
                "newer": {"parent": OpenRequest(9, "0x2", 61, overdue=True, unpayable=None)},
            },
            TRANSFERS_STOPPED,
        ),
        (  # the event of the oldest one may be too far back to be found
            {
                "oldest": {"parent": Missing(REQUEST_NOT_FOUND("parent: request 7"))},
                "newer": {"parent": OpenRequest(9, "0x2", 61, overdue=True, unpayable=None)},
            },
            TRANSFERS_STOPPED,
        ),
    ],
)
def test_what_stops_transfers_stops_the_bridge(changed: dict[str, Any], problem: Problem) -> None:
    whole = judge(targets(), readings(**changed))
    found = [one for one in whole.findings if problem.code in one.message.codes]
    assert {one.drift for one in found} == {problem in DRIFT}
    assert whole.level == "stopped"
    assert whole.sentence.startswith("2 of 2 pairs healthy, threshold 1: stopped: ")


def test_a_request_that_is_never_paid_degrades_while_later_ones_are_paid() -> None:
    never = OpenRequest(7, "0x1", 9000, overdue=True, unpayable=LIQUIDITY_MISSING("never"))
    fresh = OpenRequest(9, "0x2", 2, overdue=False, unpayable=None)
    whole = judge(targets(), readings(oldest={"child": never}, newer={"child": fresh}))
    assert (whole.level, [one.message.codes for one in whole.findings]) == ("degraded", [(LIQUIDITY_MISSING.code,)])
    both = judge(targets(), readings(oldest={"child": never}, newer={"child": replace(never, nonce=9)}))
    assert (both.level, len(both.findings)) == ("degraded", 2)


def test_a_request_that_is_paid_in_time_is_no_fault() -> None:
    assert (
        judge(targets(), readings(oldest={"child": OpenRequest(7, "0x1", 2, overdue=False, unpayable=None)})).level
        == "healthy"
    )


def test_some_lost_packets_are_no_cut_link_and_one_that_is_noticed_is_told_once() -> None:
    assert judge(targets(), readings(**link(4))).level == "healthy"
    both = readings(nodes={"scn-1": {**link(9)["nodes"]["scn-1"], **sub(peers=())["nodes"]["scn-1"]}})
    (one,) = judge(targets(), both).findings
    assert "0 main bridges" in one.message


def test_a_machine_of_which_only_the_disk_cannot_be_read_is_no_fault() -> None:
    assert judge(targets(), readings(nodes={"scn-4": {"machine": SILENT}})).level == "healthy"


def down(*nodes: str) -> dict[str, Any]:
    gone = {name: {"chain": Missing(NODE_DOWN(f"{name}: down")), "machine": SILENT} for name in nodes}
    return {"nodes": gone}


@pytest.mark.parametrize(
    ("gone", "threshold", "level", "sentence"),
    [
        (
            ("alpha-en",),
            1,
            "degraded",
            "1 of 2 pairs healthy, threshold 1: no further loss can be survived until alpha is back",
        ),
        (
            ("alpha-en", "scn-3"),
            1,
            "degraded",
            "1 of 2 pairs healthy, threshold 1: no further loss can be survived until alpha is back; look at scn-3; "
            "3 of 4 validators of the child chain answer, and it needs 3",
        ),
        ((), 2, "healthy", "2 of 2 pairs healthy, threshold 2: survives no loss of a pair"),
        (("alpha-en",), 2, "stopped", "1 of 2 pairs healthy, threshold 2: transfers wait until alpha is back"),
        (
            ("alpha-en", "beta-en"),
            1,
            "stopped",
            "0 of 2 pairs healthy, threshold 1: transfers wait until 1 of alpha and beta is back",
        ),
        (
            ("alpha-en", "scn-2"),
            2,
            "stopped",
            "0 of 2 pairs healthy, threshold 2: transfers wait until alpha and beta are back; 3 of 4 validators of the "
            "child chain answer, and it needs 3",
        ),
    ],
)
def test_the_sentence_tells_what_the_bridge_survives_now(
    gone: tuple[str, ...], threshold: int, level: str, sentence: str
) -> None:
    contracts = {side: replace(one, threshold=threshold) for side, one in targets().contracts.items()}
    thresholds: dict[Any, Any] = {side: {"threshold": threshold} for side in contracts}
    whole = judge(replace(targets(), contracts=contracts), readings(**down(*gone), contracts=thresholds))
    assert (whole.level, whole.sentence) == (level, sentence)


def test_a_stack_without_a_bridge_is_stopped() -> None:
    whole = judge(Targets(()), readings(nodes={}))
    assert (whole.level, whole.sentence, whole.threshold) == ("stopped", "the stack has no bridge yet", 1)


def test_a_pair_whose_node_is_not_in_the_state_cannot_vote() -> None:
    wanted = targets()
    wanted = replace(wanted, nodes=tuple(node for node in wanted.nodes if node.name != "alpha-en"))
    found = readings()
    nodes = {name: one for name, one in found.nodes.items() if name != "alpha-en"}
    whole = judge(wanted, replace(found, nodes=nodes))
    assert whole.able == ("beta",)
    assert [one.message.codes for one in whole.findings] == [(STACK_NOT_UP.code,)]


def test_an_en_that_does_not_know_a_past_fork_is_named() -> None:
    nodes = tuple(replace(node, chain_id=1001) if node.side == "parent" else node for node in targets().nodes)
    ens = {name: {"chain": replace(chain("parent"), chain_id=1001)} for name in ("parent", "alpha-en", "beta-en")}
    whole = judge(replace(targets(), nodes=nodes), readings(nodes=ens, moment=1_796_000_000.0))
    assert {one.subject for one in whole.findings if STOPPED_AT_FORK.code in one.message.codes} == {
        "alpha-en",
        "beta-en",
    }


def test_a_node_without_the_forks_of_its_genesis_is_named() -> None:
    nodes = tuple(replace(node, forks={"kaia": 400} if node.side == "child" else None) for node in targets().nodes)
    found = {
        name: {"chain": replace(chain("child"), forks={"kaia": block})}
        for name, block in (("scn-3", 400), ("scn-4", 9))
    }
    whole = judge(replace(targets(), nodes=nodes), readings(nodes=found))
    assert [(one.subject, one.message.codes) for one in whole.findings] == [("scn-4", (OTHER_FORKS.code,))]


def test_the_samples_are_of_this_bridge() -> None:
    assert {side: one.address for side, one in targets().contracts.items()} == BRIDGES
    assert {node.chain_id for node in targets().nodes} == set(CHAIN_IDS.values())
    assert isinstance(bridge("alpha").operators["parent"], CountReading)
    assert isinstance(NODE_DOWN("x"), Message)
