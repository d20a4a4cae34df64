"""The verbs of the bridge on a contract in memory: what is sent, what is refused, and that twice is once."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from components.chain.accounts.signer import KeySigner
from components.chain.contracts.deployment import ensure_deployed
from components.chain.contracts.plan import Refused
from components.chain.errors import ChainError
from components.chain.rpc.endpoint import Endpoint
from components.chain.tx import sender
from components.chain.voters import calls, roster
from components.chain.voters import voters as chain_voters
from components.chain.voters.roster import Voter
from components.domain.limits import CONFIGURATION
from components.domain.problems.accounts import NOT_FUNDED
from components.domain.problems.bridge import (
    CONTRACT_FULL,
    CONTRACT_MISSING,
    FOREIGN_OWNER,
    PAIRS_UNABLE,
    TOO_FEW_OPERATORS,
)
from tests.unit.fake_contract import Contract
from tests.unit.fakes import FakeChain, console

OWNER = KeySigner(private_key="46" * 32)
OWNER_ADDRESS = "0x9d8A62f656a8d1615C1294fd71e9CFb3E4855A4F"  # the example of EIP-155
BRIDGE = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
NODE = Endpoint(node="scn-1", host="10.0.0.1", private_key="k", host_key="h", ipc="/srv/klay.ipc")
ONE = "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359"
TWO = "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB"


@pytest.fixture
def chain() -> FakeChain:
    sender.forget()
    roster.forget()
    chain = FakeChain()
    chain.contracts[BRIDGE] = Contract(OWNER_ADDRESS, operators=[ONE])
    chain.balances[OWNER_ADDRESS] = 1000
    return chain


def test_registering_raising_lowering_and_deregistering_twice_sends_four_transactions(chain: FakeChain) -> None:
    bridge = chain.contracts[BRIDGE]
    for _ in range(2):
        calls.register_operators(console(chain), OWNER, BRIDGE, [TWO])
    for _ in range(2):
        calls.set_threshold(console(chain), OWNER, BRIDGE, 2)
    assert (bridge.operators, bridge.thresholds) == ([ONE, TWO], {0: 2, 1: 1})
    with pytest.raises(Refused, match=rf"chain 3000, bridge {BRIDGE}: .*{ONE}.*{TOO_FEW_OPERATORS.code}"):
        calls.deregister_operator(console(chain), OWNER, BRIDGE, ONE)
    for _ in range(2):
        calls.set_threshold(console(chain), OWNER, BRIDGE, 1)
    for _ in range(2):
        calls.deregister_operator(console(chain), OWNER, BRIDGE, ONE)
    assert (bridge.operators, bridge.thresholds) == ([TWO], {0: 1, 1: 1})
    assert [tx.nonce for tx in chain.sent] == [0, 1, 2, 3]


def test_configuration_votes_have_a_threshold_of_their_own(chain: FakeChain) -> None:
    bridge = chain.contracts[BRIDGE]
    bridge.operators = [ONE, TWO]
    for _ in range(2):
        calls.set_threshold(console(chain), OWNER, BRIDGE, 2, CONFIGURATION)
    assert bridge.thresholds == {0: 1, 1: 2}
    for _ in range(2):
        calls.reset_threshold(console(chain), OWNER, BRIDGE, vote_type=CONFIGURATION)
    assert (bridge.thresholds, len(chain.sent)) == ({0: 1, 1: 1}, 2)


def test_a_key_that_is_not_the_owners_is_reported_before_anything_is_sent(chain: FakeChain) -> None:
    chain.contracts[BRIDGE].owner = ONE
    with pytest.raises(ChainError, match=FOREIGN_OWNER.code) as caught:
        calls.register_operators(console(chain), OWNER, BRIDGE, [TWO])
    said = str(caught.value)
    assert said.startswith(f"chain 3000: register operator {TWO}: ")
    assert re.search(f"{BRIDGE} is {ONE}, .* key .* {OWNER_ADDRESS}", said)
    assert chain.sent == []


def test_a_stranger_may_ask_for_what_holds_already(chain: FakeChain) -> None:
    chain.contracts[BRIDGE].owner = TWO
    calls.register_operators(console(chain), OWNER, BRIDGE, [ONE])
    assert chain.sent == []


def test_an_account_and_a_bridge_are_filled_up_once(chain: FakeChain) -> None:
    for _ in range(2):
        calls.fill_account(console(chain), OWNER, ONE.lower(), 50, 100)
        calls.fill_bridge(console(chain), OWNER, BRIDGE, 50, 200)
    assert (chain.balances[ONE], chain.balances[BRIDGE]) == (100, 200)
    assert [(tx.to, tx.value, tx.data.hex()) for tx in chain.sent] == [(ONE, 100, ""), (BRIDGE, 200, "dd9222d6")]
    assert calls.balance(console(chain), BRIDGE.lower()) == 200


def test_an_address_without_a_contract_gets_no_liquidity(chain: FakeChain) -> None:
    """As on a chain that was created again since the contract was deployed."""
    with pytest.raises(ChainError, match=rf"{TWO}.*{CONTRACT_MISSING.code}"):
        calls.fill_bridge(console(chain), OWNER, TWO, 50, 200)
    assert chain.sent == []


def test_a_payer_without_the_money_is_reported_how_much_is_missing(chain: FakeChain) -> None:
    with pytest.raises(ChainError) as caught:
        calls.fill_account(console(chain), OWNER, ONE, 5000, 5000)
    assert str(caught.value) == (
        f"chain 3000: {OWNER_ADDRESS} has to pay 0.000000000000005 coins and holds 0.000000000000001: send it "
        f"0.000000000000004 coins or more on that chain. They are for: [{NOT_FUNDED.code}]\n"
        f"  - 0.000000000000005 coins: balance of {ONE}, from which it pays gas\n"
        "Nothing of it was sent. Run again once they are there: it resumes where it stopped"
    )
    assert chain.sent == []


def test_a_cohort_that_many_ask_for_at_once_is_registered_once(chain: FakeChain) -> None:
    cohort = [f"0x{number:040d}" for number in range(1, 12)]
    with ThreadPoolExecutor(4) as pool:
        list(
            pool.map(
                lambda first: calls.register_operators(
                    console(chain), OWNER, BRIDGE, [first, *(other for other in cohort if other != first)]
                ),
                cohort,
            )
        )
    assert sorted(chain.contracts[BRIDGE].operators) == sorted([ONE, *cohort])
    assert [tx.nonce for tx in chain.sent] == list(range(11))


def test_a_cohort_that_does_not_fit_is_refused_whole(chain: FakeChain) -> None:
    with pytest.raises(Refused, match=rf"holds 12 operators.*{CONTRACT_FULL.code}"):
        calls.register_operators(console(chain), OWNER, BRIDGE, [f"0x{n:040d}" for n in range(1, 13)])
    assert chain.sent == []


def declared(monkeypatch: pytest.MonkeyPatch, *operators: str, unable: dict[str, str], **more: object) -> None:
    """Declare a pair for each of these operators, some of which cannot vote."""
    voters = [Voter(pair=one[-3:], scn=NODE, en=NODE, parent=one, child=one) for one in operators]
    roster.declare(roster.Roster(child_bridge=BRIDGE, parent_bridge=TWO, voters=tuple(voters), **more))  # type: ignore[arg-type]
    monkeypatch.setattr(chain_voters, "unable", lambda _roster, _enough: unable)


def test_no_vote_goes_while_those_that_stay_do_not_carry_the_bridge(
    chain: FakeChain, monkeypatch: pytest.MonkeyPatch
) -> None:
    bridge = chain.contracts[BRIDGE]
    bridge.operators = [ONE, TWO]
    declared(monkeypatch, TWO, unable={TWO[-3:]: "dead"})
    with pytest.raises(Refused, match=rf"deregister operator {ONE} .* 1 pair.s. that stay 0 can.*{PAIRS_UNABLE.code}"):
        calls.deregister_operator(console(chain), OWNER, BRIDGE, ONE)
    with pytest.raises(Refused, match=rf"{ONE}, which no pair owns.*{PAIRS_UNABLE.code}"):
        calls.remove_other_operators(console(chain), OWNER, BRIDGE, [TWO])
    assert (bridge.operators, chain.sent) == ([ONE, TWO], [])
    declared(monkeypatch, TWO, unable={ONE[-3:]: "the pair that leaves may be dead"})
    calls.deregister_operator(console(chain), OWNER, BRIDGE, ONE)
    assert bridge.operators == [TWO]


def test_the_threshold_is_not_raised_above_the_pairs_that_can_vote(
    chain: FakeChain, monkeypatch: pytest.MonkeyPatch
) -> None:
    bridge, three = chain.contracts[BRIDGE], f"0x{3:040d}"
    bridge.operators = [ONE, TWO, three]
    declared(monkeypatch, ONE, TWO, three, unable={TWO[-3:]: "its EN is dead"})
    with pytest.raises(Refused, match=rf"to 3 .* of the 3 pair.s. that stay 2 can.*EN is dead.*{PAIRS_UNABLE.code}"):
        calls.set_threshold(console(chain), OWNER, BRIDGE, 3)
    assert (bridge.thresholds, chain.sent) == ({0: 1, 1: 1}, [])
    calls.set_threshold(console(chain), OWNER, BRIDGE, 3, CONFIGURATION)
    calls.set_threshold(console(chain), OWNER, BRIDGE, 2)
    assert bridge.thresholds == {0: 2, 1: 3}
    declared(monkeypatch, ONE, TWO, three, unable=dict.fromkeys((ONE[-3:], TWO[-3:], three[-3:]), "dead"))
    calls.set_threshold(console(chain), OWNER, BRIDGE, 2)
    calls.set_threshold(console(chain), OWNER, BRIDGE, 1)
    assert bridge.thresholds == {0: 1, 1: 3}, "what stays and what falls asks nobody"


def test_only_pairs_with_a_vote_count_for_a_higher_threshold(chain: FakeChain, monkeypatch: pytest.MonkeyPatch) -> None:
    bridge = chain.contracts[BRIDGE]
    bridge.operators = [ONE, "0x" + "0c" * 20]
    seen: list[tuple[list[str], int]] = []
    declared(monkeypatch, ONE, TWO, unable={})

    def unable(of: roster.Roster, enough: int) -> dict[str, str]:
        seen.append(([one.pair for one in of.voters], enough))
        return {TWO[-3:]: "dead"}

    monkeypatch.setattr(chain_voters, "unable", unable)
    calls.set_threshold(console(chain), OWNER, BRIDGE, 2)
    assert (seen, bridge.thresholds[0]) == ([([ONE[-3:]], 1)], 2), "the vote of an operator that is kept is not ours"


def test_a_full_contract_gets_room_by_those_that_are_to_go(chain: FakeChain, monkeypatch: pytest.MonkeyPatch) -> None:
    bridge, pairs = chain.contracts[BRIDGE], [f"0x{n:040d}" for n in range(1, 12)]
    bridge.operators = [*pairs, ONE]
    with pytest.raises(Refused, match=rf"{TWO}.*{CONTRACT_FULL.code}"):
        calls.register_operators(console(chain), OWNER, BRIDGE, [*pairs, TWO])
    declared(monkeypatch, *pairs, TWO, unable={pairs[0][-3:]: "dead"}, leaving=frozenset({ONE.lower()}))
    bridge.thresholds[0] = 11
    with pytest.raises(Refused, match=rf"making room for 1 operator.* of the 11 pair.*{PAIRS_UNABLE.code}"):
        calls.register_operators(console(chain), OWNER, BRIDGE, [*pairs, TWO])
    assert chain.sent == []
    bridge.thresholds[0] = 10
    calls.register_operators(console(chain), OWNER, BRIDGE, [*pairs, TWO])
    assert bridge.operators == [*pairs, TWO]
    assert [tx.data[:4].hex() for tx in chain.sent] == ["d8cf98ca", "3682a450"], "first one goes, then one comes"


def test_a_full_contract_of_which_all_must_vote_is_refused(chain: FakeChain, monkeypatch: pytest.MonkeyPatch) -> None:
    bridge, pairs = chain.contracts[BRIDGE], [f"0x{n:040d}" for n in range(1, 12)]
    bridge.operators, bridge.thresholds[0] = [*pairs, ONE], 12
    declared(monkeypatch, *pairs, TWO, unable={}, removes_others=True)
    with pytest.raises(Refused, match=rf"11 operator.*needs 12 .*{TOO_FEW_OPERATORS.code}"):
        calls.register_operators(console(chain), OWNER, BRIDGE, [*pairs, TWO])
    assert chain.sent == []


@pytest.fixture
def artifact(tmp_path: Path) -> Path:
    path = tmp_path / "Bridge.json"
    path.write_text('{"bytecode": "0x6001"}')
    return path


def test_a_contract_is_deployed_once_and_its_deployer_has_no_vote(artifact: Path) -> None:
    sender.forget()
    chain = FakeChain()
    first = ensure_deployed(console(chain), OWNER, artifact, None, mode_mint_burn=True)
    assert chain.contracts[first].operators == []
    assert chain.contracts[first].mode_mint_burn
    assert [tx.to for tx in chain.sent] == [None, first]
    killed = ensure_deployed(console(chain), OWNER, artifact, None, mode_mint_burn=True)
    known = ensure_deployed(console(chain), OWNER, artifact, first, mode_mint_burn=True)
    assert first == killed == known
    assert len(chain.sent) == 2


def test_a_run_that_died_before_the_clean_up_is_finished(artifact: Path) -> None:
    sender.forget()
    chain = FakeChain()
    address = ensure_deployed(console(chain), OWNER, artifact, None, mode_mint_burn=False)
    chain.contracts[address].operators = [OWNER_ADDRESS, ONE]
    assert ensure_deployed(console(chain), OWNER, artifact, None, mode_mint_burn=False) == address
    assert chain.contracts[address].operators == [ONE]


def test_a_contract_of_the_other_mode_is_not_taken_for_ours(artifact: Path) -> None:
    sender.forget()
    chain = FakeChain()
    one = ensure_deployed(console(chain), OWNER, artifact, None, mode_mint_burn=False)
    assert ensure_deployed(console(chain), OWNER, artifact, None, mode_mint_burn=True) != one


def test_a_known_contract_that_is_gone_is_not_deployed_again(artifact: Path) -> None:
    chain = FakeChain()
    with pytest.raises(ChainError, match=rf"{BRIDGE}.*{CONTRACT_MISSING.code}"):
        ensure_deployed(console(chain), OWNER, artifact, BRIDGE, mode_mint_burn=True)
    assert chain.sent == []
