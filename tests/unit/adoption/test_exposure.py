"""Existing nodes that serve control APIs to others: reported, refused as owners, and visible to policies."""

from typing import Any

import pytest

from components.adoption import exposure
from components.adoption.adopted import Adopted
from components.adoption.host_files import FoundFiles
from components.domain.problems.nodes import APIS_EXPOSED, OWNER_EXPOSED
from components.domain.problems.settings import NO_SPARE_VOTE
from components.dynamic.nodes.adopted_node import AdoptedNodeProvider
from components.topology.checks.configuration import read, warnings
from tests.unit.samples import DAY, raw

PACKAGED = {"RPC_ENABLE": "1", "RPC_API": "klay,subbridge,personal", "RPC_ADDR": ".".join("0000"), "WS_ENABLE": "0"}
SERVED = [f"{api} over HTTP on {PACKAGED['RPC_ADDR']}" for api in ("personal", "subbridge")]


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, SERVED),
        ({"RPC_ENABLE": "0"}, []),
        ({"RPC_API": "klay,eth,net,web3"}, []),
        ({"RPC_API": " Subbridge , klay"}, SERVED[1:]),
        *(({"RPC_ADDR": address}, []) for address in ("127.0.0.1", "localhost", "", "::1", "127.0.0.9")),
        ({"RPC_ADDR": "10.0.0.5", "RPC_API": "admin"}, ["admin over HTTP on 10.0.0.5"]),
        ({"RPC_ADDR": "node.test", "RPC_API": "debug"}, ["debug over HTTP on node.test"]),
        (
            {"RPC_ENABLE": "0", "WS_ENABLE": "1", "WS_API": "miner", "WS_ADDR": "::"},
            ["miner over WebSocket on ::"],
        ),
    ],
)
def test_what_others_reach_is_found(changes: dict[str, str], found: list[str]) -> None:
    assert exposure.exposed({**PACKAGED, **changes}) == found


PROPS: dict[str, Any] = {
    "node": {"node": "scn-1", "ipc": "/data/klay.ipc", "host": "h", "private_key": "k", "host_key": "ssh-ed25519 AAAA"},
    "role": "scn",
    "chain_id": 3000,
    "data": "/data",
    "conf": "/conf/kscnd.conf",
    "conf_keys": {},
}


@pytest.fixture
def conf(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Return the values of a conf, which a test may change."""
    values = dict(PACKAGED)
    monkeypatch.setattr(Adopted, "read", lambda _: FoundFiles("", None, None, None, False, values))  # noqa: FBT003
    monkeypatch.setattr(Adopted, "differences", lambda *_: {})
    return values


def test_a_preview_warns_of_it_and_hands_it_to_the_policies(conf: dict[str, str], capsys: Any) -> None:
    checked = AdoptedNodeProvider().check({}, dict(PROPS))
    assert not checked.failures
    assert checked.inputs["exposed"] == SERVED
    said = capsys.readouterr().err
    assert f"scn-1: it serves {SERVED[0]}" in said
    assert APIS_EXPOSED.code in said
    conf["RPC_ADDR"] = "127.0.0.1"
    assert "exposed" not in AdoptedNodeProvider().check({}, dict(PROPS)).inputs
    assert APIS_EXPOSED.code not in capsys.readouterr().err


def test_an_owner_is_refused(conf: dict[str, str]) -> None:
    (failure,) = AdoptedNodeProvider().check({}, {**PROPS, "owns": True}).failures
    assert failure.reason.startswith(f"scn-1: it serves {SERVED[0]}")
    assert OWNER_EXPOSED.code in failure.reason
    assert APIS_EXPOSED.code not in failure.reason
    later = AdoptedNodeProvider().check({**PROPS, "exposed": SERVED}, {**PROPS, "owns": True})
    assert [one.reason for one in later.failures] == [failure.reason]
    conf["RPC_ENABLE"] = "0"
    assert not AdoptedNodeProvider().check({}, {**PROPS, "owns": True}).failures


def test_a_refresh_finds_it_and_the_next_up_does_nothing_for_it(conf: dict[str, str]) -> None:
    """Also where the state has an earlier result."""
    provider = AdoptedNodeProvider()
    state = provider.read("scn-1", {**PROPS, "version": "v1.0.3", "dialled": ""})
    assert state.inputs
    assert state.inputs["exposed"] == SERVED
    checked = provider.check(dict(state.inputs), dict(PROPS))
    assert checked.inputs["exposed"] == SERVED
    assert not provider.diff("scn-1", dict(state.outs or {}), dict(checked.inputs)).changes
    conf["RPC_API"] = "klay"
    mended = provider.read("scn-1", dict(state.outs or {}))
    assert mended.inputs
    assert mended.inputs["exposed"] == []
    assert not provider.diff("scn-1", dict(mended.outs or {}), dict(PROPS)).changes


def test_the_threshold_of_a_contract_that_exists_is_not_taken_for_ours() -> None:
    adopted = {"parentBridge": "0x" + "1a" * 20, "childBridge": "0x" + "2b" * 20}
    keys = {"parentOwnerKey": "4a" * 32, "childOwnerKey": "4b" * 32}
    config = raw(bridge={**adopted, **keys}, pairs=[{"name": "a", "scn": "scn-1"}, {"name": "b", "scn": "scn-2"}])
    (warning,) = warnings(read(config), DAY)
    assert "bridge.threshold " in warning
    assert NO_SPARE_VOTE.code in warning
