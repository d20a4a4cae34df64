"""Resources of tokens: which edits touch them, what counts as drift, and how they are undone."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import permutations
from typing import Any

import pytest

from components.chain.nodes import registration
from components.chain.nodes.journal import read_registration
from components.chain.rpc import console as console_module
from components.chain.rpc import waiting
from components.chain.rpc.console import Console
from components.chain.tx import sender
from components.domain.problems.transfers import TOKEN_CHANGED, TOKEN_COUNTERPART, TOKEN_LOCKED
from components.dynamic import renamed
from components.dynamic.base import Props, Provider
from components.dynamic.chain_resource import ChainPlace
from components.dynamic.nodes.node_token import NodeTokenProvider
from components.dynamic.tokens import development_token, token_registration
from components.dynamic.tokens.development_token import DevelopmentTokenProvider
from components.dynamic.tokens.token_registration import TokenRegistrationProvider
from tests.unit.dynamic.test_chain_resource import BRIDGE, ON_CHAIN, ONE, OWNER, TWO, diff_of, endpoint
from tests.unit.fake_contract import Contract
from tests.unit.fake_node import CHILD, PARENT, Clock, FakeNode
from tests.unit.fake_token import FakeToken
from tests.unit.fakes import FakeChain, console, read_from

REGISTRATION: Props = {
    **ON_CHAIN,
    "bridge": BRIDGE,
    "kind": "erc20",
    "token": ONE,
    "counterpart": TWO,
    "other_chain_id": 2020.0,
    "other_endpoints": [endpoint("en-1")],
    "other_bridge": BRIDGE,
}
NODE: Props = {
    "node": endpoint("scn-1"),
    "en": endpoint("en-1"),
    "child_bridge": CHILD,
    "parent_bridge": PARENT,
    "restart": "systemctl restart kscnd",
    "parent_token": ONE,
    "child_token": TWO,
}
DEVELOPMENT: Props = {
    **ON_CHAIN,
    "bridge": BRIDGE,
    "kind": "erc20",
    "token_name": "gold",
    "supply": "7",
    "artifact": "token.json",
}


@pytest.fixture
def chain(monkeypatch: pytest.MonkeyPatch) -> FakeChain:
    sender.forget()
    monkeypatch.setattr(waiting, "time", Clock())
    chain, other = FakeChain(), FakeChain(2020)
    chain.contracts[BRIDGE] = Contract(OWNER)
    other.contracts[BRIDGE] = Contract(OWNER, mode_mint_burn=True)
    chain.tokens[ONE] = FakeToken(balance=1)
    other.tokens = {token: FakeToken(minter=BRIDGE) for token in (ONE, TWO, OWNER)}

    @contextmanager
    def session(inputs: ChainPlace) -> Iterator[Console]:
        yield console({3000: chain, 2020: other}[inputs.chain_id])

    @contextmanager
    def connect(_endpoints: object, chain_id: int) -> Iterator[Console]:
        assert chain_id == 2020
        yield console(other)

    monkeypatch.setattr(token_registration, "session", session)
    monkeypatch.setattr(development_token, "session", session)
    read_from(monkeypatch, chain)
    monkeypatch.setattr(console_module, "connect", connect)
    return chain


@pytest.mark.parametrize(
    ("provider", "olds", "change", "changes", "replaces"),
    [
        (TokenRegistrationProvider(), REGISTRATION, {}, 0, []),
        (TokenRegistrationProvider(), REGISTRATION, {"token": ONE.lower(), "counterpart": TWO.lower()}, 0, []),
        (TokenRegistrationProvider(), REGISTRATION, {"counterpart": ONE}, 1, ["counterpart"]),
        (TokenRegistrationProvider(), REGISTRATION, {"token": TWO}, 1, ["token"]),
        (TokenRegistrationProvider(), REGISTRATION, {"bridge": TWO}, 1, ["bridge"]),
        (TokenRegistrationProvider(), REGISTRATION, {"kind": "erc721"}, 1, []),
        (
            TokenRegistrationProvider(),
            REGISTRATION,
            {"other_endpoints": [endpoint("en-1"), endpoint("en-2")]},
            0,
            [],
        ),
        (TokenRegistrationProvider(), REGISTRATION, {"other_endpoints": [endpoint("en-2")]}, 1, []),
        (NodeTokenProvider(), NODE, {"child_token": TWO.lower()}, 0, []),
        (NodeTokenProvider(), NODE, {"child_token": ONE}, 1, ["child_token"]),
        (NodeTokenProvider(), NODE, {"parent_bridge": TWO}, 1, ["parent_bridge"]),
        (NodeTokenProvider(), NODE, {"node": endpoint("scn-3")}, 1, []),
        (DevelopmentTokenProvider(), DEVELOPMENT, {"artifact": "x.json", "supply": "8"}, 0, []),
        (DevelopmentTokenProvider(), DEVELOPMENT, {"bridge": TWO}, 1, ["bridge"]),
        (DevelopmentTokenProvider(), DEVELOPMENT, {"chain_id": 1.0}, 1, ["chain_id"]),
    ],
)
def test_an_edit_touches_what_it_has_to(
    provider: Provider[Any], olds: Props, change: Props, changes: int, replaces: list[str]
) -> None:
    diff = diff_of(provider, olds, change)
    assert (diff.changes, diff.replaces) == (bool(changes), replaces)
    assert diff.delete_before_replace


def test_a_registration_is_made_found_and_undone(chain: FakeChain, capsys: pytest.CaptureFixture[str]) -> None:
    provider = TokenRegistrationProvider()
    assert provider.read("id", dict(REGISTRATION)).id == ""
    said = capsys.readouterr().err
    assert TOKEN_CHANGED.code in said
    assert f"bridge {BRIDGE}: token {ONE} is not registered" in said
    made = provider.create(dict(REGISTRATION))
    assert made.id == f"3000/{BRIDGE}/token/{ONE.lower()}"
    assert chain.contracts[BRIDGE].tokens == {ONE: TWO}
    found = provider.read("id", dict(made.outs or {}))
    assert found.inputs == REGISTRATION
    renamed.forget()  # a destroy is another run
    provider.delete("id", dict(made.outs or {}))
    assert chain.contracts[BRIDGE].tokens == {}
    assert len(chain.sent) == 3


def test_a_lock_and_another_counterpart_are_drift(chain: FakeChain, capsys: pytest.CaptureFixture[str]) -> None:
    provider = TokenRegistrationProvider()
    chain.contracts[BRIDGE].tokens[ONE] = TWO
    chain.contracts[BRIDGE].locked.add(ONE)
    found = provider.read("id", dict(REGISTRATION)).outs or {}
    assert provider.diff("id", dict(found), dict(REGISTRATION)).changes
    assert not provider.diff("id", dict(found), dict(REGISTRATION)).replaces
    said = capsys.readouterr().err
    assert TOKEN_LOCKED.code in said
    assert f"token {ONE} is locked" in said
    chain.contracts[BRIDGE].locked.clear()
    chain.contracts[BRIDGE].tokens[ONE] = OWNER
    found = provider.read("id", dict(REGISTRATION)).outs or {}
    said = capsys.readouterr().err
    assert TOKEN_COUNTERPART.code in said
    assert f"token {ONE} has the counterpart {OWNER}, not {TWO}" in said
    assert provider.diff("id", dict(found), dict(REGISTRATION)).replaces == ["counterpart"]
    provider.delete("id", dict(found))  # as Pulumi replaces: what was found goes first
    provider.create(dict(REGISTRATION))
    assert chain.contracts[BRIDGE].tokens == {ONE: TWO}


RENAMED = "another resource has it now"


def test_a_token_that_gets_another_name_stays_registered(chain: FakeChain, capsys: pytest.CaptureFixture[str]) -> None:
    provider = TokenRegistrationProvider()
    former = dict(provider.create(dict(REGISTRATION)).outs or {})
    renamed.forget()  # the next run
    addresses = {"bridge": BRIDGE.lower(), "token": ONE.lower(), "counterpart": TWO.lower()}
    provider.create({**REGISTRATION, **addresses})
    provider.delete("id", former)
    assert (chain.contracts[BRIDGE].tokens, chain.contracts[BRIDGE].locked) == ({ONE: TWO}, set())
    assert RENAMED in capsys.readouterr().err
    assert len(chain.sent) == 1


def test_a_run_that_goes_on_after_a_kill_leaves_a_renamed_token_registered(chain: FakeChain) -> None:
    provider = TokenRegistrationProvider()
    made = dict(provider.create(dict(REGISTRATION)).outs or {})
    renamed.forget()  # the run that removes the former one, which the killed one has left
    assert not provider.diff("id", made, dict(REGISTRATION)).changes
    provider.delete("id", made)
    assert chain.contracts[BRIDGE].tokens == {ONE: TWO}


def test_a_token_with_another_counterpart_is_deregistered_first(chain: FakeChain) -> None:
    provider, news = TokenRegistrationProvider(), {**REGISTRATION, "counterpart": OWNER}
    made = dict(provider.create(dict(REGISTRATION)).outs or {})
    renamed.forget()
    assert provider.diff("id", made, dict(news)).replaces == ["counterpart"]
    provider.delete("id", made)
    provider.create(news)
    assert chain.contracts[BRIDGE].tokens == {ONE: OWNER}


ORDERS = [one for one in permutations(range(4)) if one.index(0) < one.index(1) and one.index(2) < one.index(3)]


@pytest.mark.parametrize("order", ORDERS)
def test_two_tokens_that_exchange_their_names_stay_registered(chain: FakeChain, order: tuple[int, ...]) -> None:
    """Each is replaced, the former one first; nothing orders the steps of one against those of the other."""
    provider = TokenRegistrationProvider()
    chain.tokens[TWO] = FakeToken(balance=1)
    gold, silver = REGISTRATION, {**REGISTRATION, "token": TWO, "counterpart": ONE}
    for one in (gold, silver):
        provider.create(dict(one))
    renamed.forget()

    def removal(olds: Props, news: Props) -> Callable[[], object]:
        def remove() -> None:
            assert provider.diff("id", dict(olds), dict(news)).delete_before_replace
            provider.delete("id", dict(olds))

        return remove

    def creation(news: Props) -> Callable[[], object]:
        return lambda: provider.create(dict(news))

    steps = [removal(gold, silver), creation(silver), removal(silver, gold), creation(gold)]
    for step in order:
        steps[step]()
    assert (chain.contracts[BRIDGE].tokens, chain.contracts[BRIDGE].locked) == ({ONE: TWO, TWO: ONE}, set())


def test_a_bridge_that_is_gone_has_no_registration(chain: FakeChain) -> None:
    chain.contracts.clear()
    assert TokenRegistrationProvider().read("id", dict(REGISTRATION)).id == ""


def test_a_development_token_is_gone_without_code(chain: FakeChain) -> None:
    known = {**DEVELOPMENT, "address": ONE}
    assert DevelopmentTokenProvider().read("id", dict(known)).outs == known
    assert DevelopmentTokenProvider().update("id", dict(known), dict(DEVELOPMENT)).outs == known
    chain.tokens.clear()
    assert DevelopmentTokenProvider().read("id", dict(known)).id == ""


def test_a_minter_that_may_not_mint_any_more_is_drift(chain: FakeChain, capsys: pytest.CaptureFixture[str]) -> None:
    chain.tokens[ONE] = FakeToken(minter=BRIDGE)
    known = {**DEVELOPMENT, "address": ONE, "minter": TWO}
    assert DevelopmentTokenProvider().read("id", known).id == "id"
    said = capsys.readouterr().err
    assert TOKEN_CHANGED.code in said
    assert f"token {ONE}: {TWO} may not mint it" in said


# -- what an SCN remembers --


@pytest.fixture
def scn(monkeypatch: pytest.MonkeyPatch) -> FakeNode:
    node = FakeNode()

    class Connection:
        def __init__(self, at: object) -> None:  # the node itself, and the EN of its pair
            self.__dict__.update(vars((node if "scn" in str(at) else FakeNode()).console))

        def close(self) -> None:
            pass

    monkeypatch.setattr(waiting, "time", Clock())
    monkeypatch.setattr(console_module, "Console", Connection)
    monkeypatch.setattr(registration, "Console", Connection)
    monkeypatch.setattr(registration, "answers", lambda _en: True)
    return node


def changes(node: FakeNode) -> list[str]:
    return [name for name, _ in node.calls if name.endswith("Bridge") and "list" not in name]


def test_a_node_is_left_alone_until_the_token_goes(scn: FakeNode) -> None:
    provider = NodeTokenProvider()
    made = provider.create(dict(NODE))
    assert made.id == f"scn-1/{CHILD}/token/{TWO.lower()}"
    assert provider.read("id", dict(NODE)).outs == NODE
    provider.update("id", dict(NODE), {**NODE, "restart": "other"})
    assert scn.calls == []


def test_a_node_forgets_by_being_registered_anew(scn: FakeNode) -> None:
    scn.journal, scn.memory, scn.marked = {CHILD: PARENT}, {CHILD, PARENT}, {CHILD}
    NodeTokenProvider().delete("id", dict(NODE))
    assert changes(scn) == [f"subbridge_{verb}Bridge" for verb in ("deregister", "register", "subscribe")]
    assert read_registration(scn.console, CHILD, PARENT).live


def test_a_node_forgets_nothing_of_a_token_that_gets_another_name(scn: FakeNode) -> None:
    scn.journal, scn.memory, scn.marked = {CHILD: PARENT}, {CHILD, PARENT}, {CHILD}
    NodeTokenProvider().create({**NODE, "node": endpoint("scn-1", node="uno")})
    NodeTokenProvider().delete("id", dict(NODE))
    assert changes(scn) == []
    NodeTokenProvider().delete("id", {**NODE, "child_token": OWNER})
    assert changes(scn) != [], "another token"


def test_a_node_that_a_killed_run_left_unregistered_is_registered(scn: FakeNode) -> None:
    NodeTokenProvider().delete("id", dict(NODE))
    assert changes(scn) == [f"subbridge_{verb}Bridge" for verb in ("register", "subscribe")]
    assert read_registration(scn.console, CHILD, PARENT).live


def test_a_node_without_a_sub_bridge_has_nothing_to_forget(scn: FakeNode) -> None:
    scn.sub_bridge = False
    NodeTokenProvider().delete("id", dict(NODE))
    assert changes(scn) == []


@pytest.mark.parametrize(("before", "stays"), [([ONE.lower()], True), ([TWO], False), (None, False)])
def test_a_token_that_was_registered_before_the_stack_stays_registered(
    chain: FakeChain, capsys: pytest.CaptureFixture[str], *, before: list[str] | None, stays: bool
) -> None:
    bridge, provider = chain.contracts[BRIDGE], TokenRegistrationProvider()
    bridge.tokens[ONE] = TWO
    made = dict(provider.create({**REGISTRATION, "before": before}).outs or {})
    assert made["registered_before"] == stays
    known = dict(provider.update("id", made, {**REGISTRATION, "before": [ONE, TWO]}).outs or {})
    assert known["registered_before"] == stays, "that is known once and for all"
    renamed.forget()  # a destroy is another run
    provider.delete("id", known)
    assert (ONE in bridge.tokens) == stays
    assert not bridge.locked
    assert ("stays registered" in capsys.readouterr().err) == stays


@pytest.mark.parametrize("peers", [[], ["aa" * 64]])
def test_a_node_whose_en_is_dead_forgets_by_a_restart(
    scn: FakeNode, monkeypatch: pytest.MonkeyPatch, peers: list[str]
) -> None:
    restarts: list[tuple[object, ...]] = []
    monkeypatch.setattr(registration, "restart", lambda *given: restarts.append(given[1:]))
    monkeypatch.setattr(registration, "answers", lambda _en: False)
    scn.journal, scn.memory, scn.marked, scn.peers = {CHILD: PARENT}, {CHILD, PARENT}, {CHILD}, peers
    NodeTokenProvider().delete("id", dict(NODE))
    why = "it has to forget a token, and its EN en-1 is away"
    assert restarts == [("validator", "systemctl restart kscnd", why)]
    assert changes(scn) == []
    scn.journal = {}
    NodeTokenProvider().delete("id", dict(NODE))
    assert len(restarts) == 1
