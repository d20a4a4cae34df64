"""Operators that no pair owns: named, removed or kept, on contracts in memory."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from components.chain.contracts.plan import Refused
from components.chain.rpc.console import Console
from components.chain.tx import sender
from components.domain.problems.bridge import FOREIGN_OPERATOR, OTHERS_NEEDED
from components.dynamic.base import Props
from components.dynamic.contracts import other_operators
from components.dynamic.contracts.other_operators import OtherOperatorsProvider
from tests.unit.dynamic.test_chain_resource import BRIDGE, ON_CHAIN, ONE, OWNER, TWO
from tests.unit.fake_contract import Contract
from tests.unit.fakes import FakeChain, console, read_from

STRANGER = "0x2B5AD5c4795c026514f8317c7a215E218DcCD6cF"
OTHERS: Props = {**ON_CHAIN, "bridge": BRIDGE, "operators": [ONE], "policy": "remove"}
DRIFT = f"drift: chain 3000, bridge {BRIDGE}: "


@pytest.fixture
def chain(monkeypatch: pytest.MonkeyPatch) -> FakeChain:
    sender.forget()
    chain = FakeChain()
    chain.contracts[BRIDGE] = Contract(OWNER, operators=[OWNER, ONE])

    @contextmanager
    def session(_inputs: object) -> Iterator[Console]:
        yield console(chain)

    monkeypatch.setattr(other_operators, "session", session)
    read_from(monkeypatch, chain)
    return chain


def test_operators_of_nobody_are_named_and_removed(chain: FakeChain, capsys: pytest.CaptureFixture[str]) -> None:
    provider, bridge = OtherOperatorsProvider(), chain.contracts[BRIDGE]
    bridge.operators = [ONE]
    made = dict(provider.create(OTHERS).outs or {})
    assert made["others"] == []
    bridge.operators.append(STRANGER)
    found = provider.read("id", made)
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"{DRIFT}operator {STRANGER} ")
    assert "deregisters" in line
    assert line.endswith(f"[{FOREIGN_OPERATOR.code}]")
    assert found.outs is not None
    assert (found.outs["others"], list(found.outs["drift"])) == ([STRANGER], [STRANGER])
    assert provider.diff("id", dict(found.outs), OTHERS).changes
    mended = provider.update("id", dict(found.outs), OTHERS).outs
    assert mended == made
    assert bridge.operators == [ONE]
    assert not provider.diff("id", dict(mended), OTHERS).changes


def test_operators_of_nobody_are_named_and_kept(chain: FakeChain, capsys: pytest.CaptureFixture[str]) -> None:
    provider, keep = OtherOperatorsProvider(), {**OTHERS, "policy": "keep"}
    made = dict(provider.create(keep).outs or {})
    assert made["others"] == [OWNER]
    found = provider.read("id", made)
    said = capsys.readouterr().err
    assert FOREIGN_OPERATOR.code in said
    assert re.search(f"operator {OWNER} .* kept", said)
    assert found.outs is not None
    assert not provider.diff("id", dict(found.outs), keep).changes
    assert chain.sent == []


def test_an_operator_whose_pair_goes_in_the_same_up_is_left_to_it(chain: FakeChain) -> None:
    chain.contracts[BRIDGE].operators = [ONE, TWO, STRANGER]
    known = {**OTHERS, "operators": [ONE, TWO], "others": []}
    outs = OtherOperatorsProvider().update("id", known, OTHERS).outs
    assert chain.contracts[BRIDGE].operators == [ONE, TWO]
    assert outs is not None
    assert outs["others"] == []


def test_operators_of_nobody_stay_when_too_few_would_be_left(chain: FakeChain) -> None:
    for operators, threshold in (([STRANGER], 1), ([ONE, STRANGER], 2)):
        chain.contracts[BRIDGE].operators, chain.contracts[BRIDGE].thresholds[0] = operators, threshold
        with pytest.raises(Refused, match=OTHERS_NEEDED.code) as caught:
            OtherOperatorsProvider().create(OTHERS)
        assert f"operators {STRANGER}, which" in str(caught.value)
        assert f"the threshold is {threshold}," in str(caught.value)
    assert chain.sent == []
