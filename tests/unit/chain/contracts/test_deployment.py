"""Finding a bridge contract again: who uses it, whether it has a counterpart, and how far back to look."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from web3.utils import get_create_address

from components.chain.accounts.signer import KeySigner
from components.chain.contracts.contract import transaction
from components.chain.contracts.deployment import OtherSide, UsedBy, ensure_deployed, find_ours, used_by
from components.chain.contracts.pairing import ContractPlace, handles_requests_of, require_counterparts
from components.chain.contracts.plan import BridgeState, Step
from components.chain.errors import ChainError
from components.chain.rpc.console import Console
from components.chain.tx import created, sender
from components.chain.tx.batch import Transaction, execute
from components.chain.tx.created import TooFarBack
from components.domain.problems.bridge import (
    COINS_REMAIN,
    COUNTERPART_GONE,
    FOREIGN_BRIDGE,
    FOREIGN_CONTRACT,
    NOT_COUNTERPARTS,
    OWNER_HISTORY_TOO_LONG,
)
from tests.unit.fake_contract import Contract, require
from tests.unit.fakes import FakeChain, console

OWNER = KeySigner(private_key="46" * 32)
OWNER_ADDRESS = OWNER.account().address
ONE = "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359"
TWO = "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB"
SOMEBODY = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
STRANGER = "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb"
OURS = {"parent": [ONE], "child": [TWO]}


@dataclass
class World:
    """Two chains with the same owner."""

    artifact: Path
    parent: FakeChain = field(default_factory=lambda: FakeChain(2020))
    child: FakeChain = field(default_factory=lambda: FakeChain(3000))

    def chain(self, side: str) -> FakeChain:
        """Return one of them."""
        return self.parent if side == "parent" else self.child

    def deploy(self, side: str, operators: list[str] | None = None) -> str:
        """Do what an up does on one chain."""
        other = self.chain("child" if side == "parent" else "parent")

        @contextmanager
        def connect() -> Iterator[Console]:
            yield console(other)

        return ensure_deployed(
            console(self.chain(side)),
            OWNER,
            self.artifact,
            None,
            mode_mint_burn=side == "child",
            operators=operators or OURS[side],
            other=OtherSide(connect, OWNER_ADDRESS),
        )

    def transfer(self, source: str, bridges: dict[str, str], count: int = 1, *, arrive: bool = True) -> None:
        """Request transfers and have them paid out on the other chain."""
        target = "child" if source == "parent" else "parent"
        step = Step("requestKLAYTransfer", (SOMEBODY, 1, b""), "a transfer", 1)
        for _ in range(count):
            execute(console(self.chain(source)), OWNER, [transaction(bridges[source], step)])
        if arrive:
            made = self.chain(source).requested(bridges[source])[-count:]
            self.chain(target).contracts[bridges[target]].handle(made)

    def up(self) -> dict[str, str]:
        """Deploy both, or find them."""
        return {side: self.deploy(side) for side in ("parent", "child")}

    def place(self, side: str, bridges: dict[str, str]) -> ContractPlace:
        """Return where a contract is."""
        return ContractPlace(console(self.chain(side)), bridges[side], "parent" if side == "parent" else "child")

    def spend(self, side: str, count: int) -> None:
        """Use the owner's key for something else."""
        for _ in range(count):
            execute(console(self.chain(side)), OWNER, [Transaction("pay", SOMEBODY, value=0)])  # type: ignore[arg-type]


@pytest.fixture
def world(tmp_path: Path) -> World:
    sender.forget()
    path = tmp_path / "Bridge.json"
    path.write_text('{"bytecode": "0x6001"}')
    return World(path)


def test_operators_have_their_votes_with_the_deployment(world: World) -> None:
    bridges = world.up()
    assert world.parent.contracts[bridges["parent"]].operators == [ONE]
    assert [tx.nonce for tx in world.parent.sent] == [0, 1, 2], "and the deployer's is gone"


def test_a_bridge_in_use_is_found_again_where_the_state_was_lost(world: World) -> None:
    bridges = world.up()
    world.transfer("parent", bridges, 3)
    world.transfer("child", bridges, 2)
    world.transfer("child", bridges, 2, arrive=False)
    assert world.up() == bridges
    for side in bridges:
        assert handles_requests_of(
            world.place(side, bridges), console(world.chain("child" if side == "parent" else "parent"))
        )


class Deaf(Contract):
    """A contract that has none of the functions of a bridge."""

    def view(self, data: bytes, sender: str = "") -> bytes:
        """Revert."""
        require(False, "")  # noqa: FBT003
        return super().view(data, sender)


@pytest.mark.parametrize("code", [None, Contract(SOMEBODY), Deaf(SOMEBODY)], ids=["an account", "a bridge", "neither"])
def test_an_event_that_a_stranger_emits_in_the_transaction_of_a_request_is_not_mistaken_for_it(
    world: World,
    code: Contract | None,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A contract of anybody emits the same event and then calls the bridge."""
    bridges = world.up()
    for side in bridges:
        world.transfer(side, bridges, 2)
        chain = world.chain(side)
        if code:
            chain.contracts[STRANGER] = code
        last = chain.requests[-1]
        chain.requests[-1:] = [{**last, "address": STRANGER}, last, {**last, "address": STRANGER}]
    require_counterparts(world.place("child", bridges), world.place("parent", bridges), "", patience=0)
    assert world.up() == bridges
    assert COUNTERPART_GONE.code not in capsys.readouterr().err


def test_the_contract_of_that_stranger_is_no_counterpart(world: World) -> None:
    bridges = world.up()
    world.transfer("child", bridges)
    world.child.contracts[STRANGER] = Contract(SOMEBODY, request_nonce=1)
    mixed = {**bridges, "child": STRANGER}
    with pytest.raises(ChainError, match=NOT_COUNTERPARTS.code):
        require_counterparts(world.place("child", mixed), world.place("parent", mixed), "", patience=0)


@pytest.mark.parametrize("source", ["parent", "child"])
def test_a_request_on_a_new_bridge_that_nobody_serves_yet_is_of_this_bridge(world: World, source: str) -> None:
    """Anybody can make one for 1 peb."""
    bridges = world.up()
    world.transfer(source, bridges, arrive=False)
    places = world.place("child", bridges), world.place("parent", bridges)
    require_counterparts(*places, "", patience=0, own=True)
    with pytest.raises(ChainError, match=NOT_COUNTERPARTS.code):
        require_counterparts(*places, "two contracts that existed before", patience=0)
    assert world.up() == bridges, "also where the state was lost"


def test_a_request_on_a_bridge_that_was_taken_down_is_not_paid_on_a_new_chain(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    first = world.up()
    world.transfer("parent", first)
    world.parent.contracts[first["parent"]].operators = []
    world.child = FakeChain(3000)
    sender.forget()
    world.deploy("child")
    assert world.deploy("parent") != first["parent"]
    assert COUNTERPART_GONE.code in capsys.readouterr().err


def test_a_contract_that_nobody_uses_yet_is_found_again(world: World) -> None:
    bridges = world.up()
    for chain in (world.parent, world.child):
        for contract in chain.contracts.values():
            contract.operators = [OWNER_ADDRESS]  # as a program before left it
    assert world.up() == bridges
    assert len(world.parent.contracts) == len(world.child.contracts) == 1


@pytest.mark.parametrize("down", ["after make down", ""])
def test_the_contract_of_an_earlier_life_is_not_used_for_another_chain(
    world: World,
    down: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    first = world.up()
    world.transfer("parent", first, 4)
    world.transfer("child", first, 4)
    if down:
        world.parent.contracts[first["parent"]].operators = []
    world.parent.balances[first["parent"]] = 7 * 10**18
    world.child = FakeChain(3000)
    sender.forget()
    second = world.up()
    assert second["parent"] != first["parent"]
    said = capsys.readouterr().err
    assert COUNTERPART_GONE.code in said
    assert COINS_REMAIN.code in said
    assert f"{first['parent']} of an earlier life" in said
    assert re.search(f" 7 coins.* owner {OWNER_ADDRESS} ", said)
    require_counterparts(world.place("child", second), world.place("parent", second), "")
    with pytest.raises(ChainError, match=NOT_COUNTERPARTS.code) as caught:
        require_counterparts(world.place("child", second), world.place("parent", first), "do this", patience=0)
    assert "0 requested on the child chain, 4 handled on the parent chain" in str(caught.value)
    assert "4 requested on the parent chain, 0 handled on the child chain" in str(caught.value)
    assert handles_requests_of(world.place("parent", first), console(world.child)) is False


def test_a_new_chain_that_has_caught_up_with_the_old_numbers_is_another_one_all_the_same(world: World) -> None:
    first = world.up()
    world.transfer("child", first, 2)
    world.transfer("parent", first, 2)
    world.child = FakeChain(3000)
    sender.forget()
    world.spend("child", 1)  # so that no block and no hash is that of the first life
    child = world.deploy("child")
    mixed = {"parent": first["parent"], "child": child}
    world.transfer("child", mixed, 5, arrive=False)
    world.child.contracts[child].lower_handle_nonce = 0
    with pytest.raises(ChainError, match=NOT_COUNTERPARTS.code) as caught:
        require_counterparts(world.place("child", mixed), world.place("parent", mixed), "", patience=0)
    assert re.search(r"parent chain handled .*not made .* child chain", str(caught.value))
    assert world.deploy("parent") != first["parent"]


def test_two_stacks_with_one_owner_do_not_take_each_others_bridge(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    first = world.up()
    other = World(world.artifact, parent=world.parent)
    assert other.deploy("parent", [SOMEBODY]) != first["parent"], "not even before it was used"
    world.transfer("parent", first)
    world.transfer("child", first)
    third = World(world.artifact, parent=world.parent).deploy("parent", ["0x" + "22" * 20])
    assert third != first["parent"]
    said = capsys.readouterr().err
    assert FOREIGN_CONTRACT.code in said
    assert first["parent"] in said
    assert world.up() == first


def test_somebody_elses_bridge_between_the_same_chains_is_refused(world: World) -> None:
    bridges = world.up()
    world.transfer("parent", bridges)
    world.transfer("child", bridges)
    sent = len(world.parent.sent)
    with pytest.raises(ChainError, match=FOREIGN_BRIDGE.code) as caught:
        world.deploy("parent", [SOMEBODY])
    assert re.search(f" operators are {ONE}, .* 1 requests", str(caught.value))
    assert f"bridge.parentBridge: {bridges['parent']} and bridge.childBridge: {bridges['child']}" in str(caught.value)
    assert len(world.parent.sent) == sent


def test_an_owner_with_a_history_finds_its_contract_from_the_newest_on(world: World) -> None:
    world.spend("parent", 40)
    bridges = world.up()
    world.spend("parent", 40)
    assert world.up() == bridges
    assert find_ours(console(world.parent), OWNER_ADDRESS, [ONE], mode_mint_burn=False) == bridges["parent"]
    assert len(world.parent.contracts) == 1


def test_beyond_the_bound_nothing_is_deployed_on_a_guess(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    bridges = world.up()
    monkeypatch.setattr(created, "LOOK_BACK", 20)
    world.spend("parent", 30)
    with pytest.raises(TooFarBack, match=OWNER_HISTORY_TOO_LONG.code) as caught:
        world.deploy("parent")
    assert re.search(f"{OWNER_ADDRESS} .* 33 transactions, .* 20 ", str(caught.value))
    assert list(world.parent.contracts) == [bridges["parent"]]


def test_what_a_killed_run_has_sent_is_waited_for_before_it_is_planned(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The deployment of a killed run is mined while the next one settles."""
    chain = world.parent

    def settle(_console: Console, _signer: KeySigner) -> None:
        if not chain.contracts:
            chain.contracts[found] = Contract(OWNER_ADDRESS, operators=[ONE])
            chain._nonces[OWNER_ADDRESS] = 1

    found = get_create_address(OWNER_ADDRESS, 0)  # type: ignore[arg-type]
    monkeypatch.setattr("components.chain.tx.batch.settle", settle)
    assert world.deploy("parent") == found
    assert chain.sent == []


@pytest.mark.parametrize(
    ("voters", "operators", "user"),
    [
        ([], [ONE], UsedBy.NOBODY),
        ([OWNER_ADDRESS], [ONE], UsedBy.NOBODY),
        ([ONE, SOMEBODY], [ONE.lower()], UsedBy.OURS),
        ([SOMEBODY], [ONE], UsedBy.OTHERS),
        ([OWNER_ADDRESS, SOMEBODY], [ONE, TWO], UsedBy.OTHERS),
        ([SOMEBODY], [], UsedBy.OURS),
    ],
)
def test_whose_a_contract_is(voters: list[str], operators: list[str], user: UsedBy) -> None:
    state = BridgeState(OWNER_ADDRESS, tuple(voters), 1, mode_mint_burn=False, request_nonce=0, lower_handle_nonce=0)
    assert used_by(state, operators) is user
