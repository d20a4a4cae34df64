"""Waiting for transfers on a bridge that others use too."""

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

import pytest

from components.chain import transfer
from components.chain.console import Console
from components.chain.errors import NotReady
from components.chain.transfer import Direction, wait_until_handled

BRIDGES = ("0x01", "0x02")
DIRECTION = Direction("there", cast(Console, None), BRIDGES[0], cast(Console, None), BRIDGES[1])


@dataclass
class Busy:
    """Two contracts: at each look at the source somebody has requested one more, and all but the newest are handled."""

    requested: int = 7
    handles: bool = True
    looks: list[str] = field(default_factory=list)

    def state(self, _console: object, bridge: str) -> Any:
        """Return how a contract is."""
        self.looks.append(bridge)
        self.requested += 1
        return SimpleNamespace(
            request_nonce=self.requested, lower_handle_nonce=self.requested - 1 if self.handles else 7
        )


def test_what_others_request_meanwhile_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfer, "require_state", Busy().state)
    assert wait_until_handled(DIRECTION, 1) == 8


def test_what_was_requested_before_is(monkeypatch: pytest.MonkeyPatch) -> None:
    busy = Busy(handles=False)
    monkeypatch.setattr(transfer, "require_state", busy.state)
    with pytest.raises(NotReady, match=r"^1 transfer\(s\) there requested and not handled"):
        wait_until_handled(DIRECTION, 0.1)
    assert busy.looks[0] == BRIDGES[0]
    assert set(busy.looks[1:]) == {BRIDGES[1]}
