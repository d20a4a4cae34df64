"""Which node a tunnel leads to."""

from typing import Any

import pytest

from components.domain.ports import RPC_PORT
from toolchain.ops.rpc import Refused, endpoint_of, port_of


def node(name: str, kind: str) -> dict[str, Any]:
    held: dict[str, Any] = {
        "node": name,
        "ipc": "/klay.ipc",
        "host": "10.0.0.5",
        "private_key": "k",
        "host_key": "ssh-ed25519 AAAA",
    }
    if kind == "AdoptedNode":
        held["proxy"] = {"host": "10.0.0.1", "private_key": "k", "host_key": "ssh-ed25519 AAAA"}
    return {"type": f"pulumi-python:dynamic/servicechain:{kind}", "outputs": {"node": held}}


EXPORT = {
    "deployment": {
        "resources": [node("scn-1", "RunningNode"), node("beta-en", "AdoptedNode"), {"type": "pulumi:pulumi:Stack"}]
    }
}


def test_nodes_that_are_made_and_nodes_that_exist_are_found() -> None:
    assert endpoint_of(EXPORT, "scn-1").host == "10.0.0.5"
    proxy = endpoint_of(EXPORT, "beta-en").proxy
    assert proxy
    assert proxy.host == "10.0.0.1"


@pytest.mark.parametrize(
    ("export", "name", "sentence"),
    [
        (EXPORT, "scn-9", "there is no node 'scn-9' in this stack; its nodes are beta-en, scn-1"),
        (EXPORT, "", "no node given; use make rpc NODE=scn-1; the nodes are beta-en, scn-1"),
        ({}, "scn-1", "there is no node 'scn-1' in this stack; its nodes are none: run make up first"),
    ],
)
def test_another_node_is_refused(export: dict[str, Any], name: str, sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        endpoint_of(export, name)
    assert str(refused.value) == sentence


def test_a_port_is_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RPC_PORT", "")
    assert port_of("RPC_PORT", RPC_PORT) == 8551
    for text in ("x", "-1", "65536", "1" * 5000, "\u00b2"):
        monkeypatch.setenv("RPC_PORT", text)
        with pytest.raises(Refused, match=r"^RPC_PORT is "):
            port_of("RPC_PORT", RPC_PORT)
