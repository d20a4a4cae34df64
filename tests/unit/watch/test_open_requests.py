"""An open request, while requests are paid at the same moment."""

from types import SimpleNamespace
from typing import Any

import pytest

from components.domain.problems.transfers import REQUEST_REVERTS
from components.watch.reading import open_requests
from components.watch.readings import OpenRequest
from tests.unit.watch.samples import NOW, targets


@pytest.mark.parametrize(("still_open", "unpayable"), [([7], True), ([], False)])
def test_a_request_that_was_paid_meanwhile_is_not_one_that_cannot_be_paid(
    monkeypatch: pytest.MonkeyPatch, still_open: list[int], *, unpayable: bool
) -> None:
    eth = SimpleNamespace(get_block=lambda _: {"timestamp": NOW})
    way: Any = SimpleNamespace(source=SimpleNamespace(web3=SimpleNamespace(eth=eth), node="scn-3"))
    request = SimpleNamespace(block=5, transaction="0x1")
    monkeypatch.setattr(open_requests, "direction", lambda *_: way)
    monkeypatch.setattr(open_requests, "find", lambda *_, **__: {7: request})
    monkeypatch.setattr(open_requests, "why_unpayable", lambda *_: REQUEST_REVERTS("removed vote"))
    monkeypatch.setattr(open_requests, "open_nonces", lambda *_, **__: still_open)
    found = open_requests.opened(targets(), "child", {}, 7)
    assert isinstance(found, OpenRequest)
    assert (found.unpayable is not None) == unpayable
