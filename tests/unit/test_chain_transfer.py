"""Waiting for transfers on a bridge that others use too."""

import pytest

from components.chain import console as console_module
from components.chain.direction import Direction
from components.chain.errors import NotReady
from components.chain.transfer import pending, wait_until_handled
from tests.unit.fake_contract import Asked, Contract
from tests.unit.fake_node import Clock
from tests.unit.fakes import FakeChain, console

BRIDGE = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
OPERATOR = "0x9d8A62f656a8d1615C1294fd71e9CFb3E4855A4F"


class Bridge:
    """Two contracts: of three requests one is handled, and one more is requested whenever time passes."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.there, self.here, clock = FakeChain(3000), FakeChain(2020), Clock()
        self.source = Contract(OPERATOR, request_nonce=3, asked=[Asked(nonce, nonce) for nonce in range(3)])
        self.target = Contract(OPERATOR, operators=[OPERATOR], lower_handle_nonce=1)
        self.there.contracts[BRIDGE], self.here.contracts[BRIDGE] = self.source, self.target
        self.direction = Direction("there", console(self.there), BRIDGE, console(self.here), BRIDGE)
        self.passing = clock.sleepers
        self.passing.append(self._request)
        monkeypatch.setattr(console_module, "time", clock)

    def _request(self) -> None:
        self.source.asked.append(Asked(self.source.request_nonce, 0))
        self.source.request_nonce += 1

    def handle(self) -> None:
        """Handle the next request, one each time."""
        self.target.lower_handle_nonce += 1


def test_what_others_request_meanwhile_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    bridge = Bridge(monkeypatch)
    bridge.passing.append(bridge.handle)
    assert wait_until_handled(bridge.direction, 10) == 3
    assert pending(bridge.direction) == 2


def test_what_was_requested_before_is(monkeypatch: pytest.MonkeyPatch) -> None:
    bridge = Bridge(monkeypatch)
    with pytest.raises(NotReady, match=r"^2 transfer\(s\) there requested and not handled"):
        wait_until_handled(bridge.direction, 1)


def test_what_nobody_can_pay_is_not_waited_for_and_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    bridge = Bridge(monkeypatch)
    bridge.target.refuses.add(1)
    bridge.target.paid[2] = 2
    assert wait_until_handled(bridge.direction, 1) == 2
    assert pending(bridge.direction) == 1
