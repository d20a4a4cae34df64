"""What an operator has left goes back: the SCN is asked to stop paying first, as far as there is one."""

from types import SimpleNamespace
from typing import Any

import pytest

from components.chain.accounts.signer import KeySigner
from components.chain.errors import ChainError, Unreachable
from components.chain.funds import refund
from components.chain.rpc.console import NodeError
from components.chain.rpc.endpoint import Endpoint
from components.chain.tx import sender
from components.domain.problems.accounts import REFUND_HINDERED
from components.domain.problems.chains import CALL_REFUSED, CONSOLE_LOST
from tests.unit.dynamic.test_chain_resource import ONE, TWO, endpoint
from tests.unit.fake_node import Clock
from tests.unit.fakes import FakeChain, console

KEY = KeySigner(private_key="46" * 32)
ACCOUNT = KEY.account().address
SCN = Endpoint.model_validate(endpoint("scn-1"))
COIN = 10**18


class Scn:
    """An SCN whose operator is the account, with so many transactions under way."""

    node = "scn-1"

    def __init__(self, pending: int = 0, operator: str = ACCOUNT, fails: str = "") -> None:
        self.pending, self.operator, self.fails = pending, operator, fails
        self.calls: list[tuple[object, ...]] = []

    def call(self, method: str, *params: object, **_options: object) -> Any:
        """Answer."""
        if self.fails:
            raise NodeError(CALL_REFUSED(self.fails))
        self.calls.append((method, *params))
        if method == "subbridge_txPendingCount":
            self.pending = max(0, self.pending - 1)
            return self.pending
        return self.operator if method.endswith("OperatorAddr") else None

    def close(self) -> None:
        """Do nothing."""


@pytest.fixture
def chain(monkeypatch: pytest.MonkeyPatch) -> FakeChain:
    sender.forget()
    clock = Clock()
    monkeypatch.setattr(
        "components.chain.rpc.waiting.time", SimpleNamespace(monotonic=clock.monotonic, sleep=clock.sleep)
    )
    chain = FakeChain()
    chain.balances[ACCOUNT] = COIN
    return chain


def living(monkeypatch: pytest.MonkeyPatch, scn: Scn | Exception) -> None:
    def connect(_endpoint: Endpoint) -> Scn:
        if isinstance(scn, Exception):
            raise scn
        return scn

    monkeypatch.setattr(refund, "Console", connect)


@pytest.mark.parametrize("scn", [Scn(), Scn(pending=3), Scn(operator=TWO), Scn(fails="does not exist"), None])
def test_all_but_the_price_of_the_gas_goes_back(
    chain: FakeChain, monkeypatch: pytest.MonkeyPatch, scn: Scn | None
) -> None:
    living(monkeypatch, scn or Unreachable(CONSOLE_LOST("scn-1: is away")))
    given = refund.refund(console(chain), KEY, ONE, SCN)
    assert COIN - COIN // 100 < given == chain.balances[ONE] < COIN
    if scn and not scn.fails:
        assert (("subbridge_anchoring", False) in scn.calls) == (scn.operator == ACCOUNT)
    assert scn is None or scn.pending == 0
    chain.balances[ACCOUNT] = 21_000
    assert refund.refund(console(chain), KEY, ONE, SCN) == 0, "less than the gas costs stays"
    assert len(chain.sent) == 1


def test_an_scn_with_ever_more_under_way_is_not_waited_for_forever(
    chain: FakeChain, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    living(monkeypatch, Scn(pending=10**6))
    assert refund.refund(console(chain), KEY, ONE, SCN) > 0
    said = capsys.readouterr().err
    assert f"(waited 30 s); giving back what is there [{REFUND_HINDERED.code}]\n" in said


def test_who_is_faster_every_time_is_reported(chain: FakeChain, monkeypatch: pytest.MonkeyPatch) -> None:
    living(monkeypatch, Scn())
    chain.refuses = "insufficient funds of the sender for value"
    words = f"^chain 3000: .*{ACCOUNT}.*{ONE}.* 5 attempts; stop scn-1, .*{REFUND_HINDERED.code}"
    with pytest.raises(ChainError, match=words):
        refund.refund(console(chain), KEY, ONE, SCN)
