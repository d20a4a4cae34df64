"""Which node a tunnel leads to."""

from typing import Any

import pytest

from components.domain.ports import RPC_PORT
from components.domain.problems.operations.machines import BAD_PORT, UNKNOWN_NODE
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
    ("export", "name", "values"),
    [
        (EXPORT, "scn-9", ("'scn-9'", "beta-en, scn-1")),
        (EXPORT, "", ("NODE=scn-1", "beta-en, scn-1")),
        ({}, "scn-1", ("'scn-1'", "none", "make up")),
    ],
)
def test_another_node_is_refused(export: dict[str, Any], name: str, values: tuple[str, ...]) -> None:
    with pytest.raises(Refused, match=UNKNOWN_NODE.code) as refused:
        endpoint_of(export, name)
    for value in values:
        assert value in str(refused.value)


def test_a_port_is_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RPC_PORT", "")
    assert port_of("RPC_PORT", RPC_PORT) == 8551
    for text in ("x", "-1", "65536", "1" * 5000, "\u00b2"):
        monkeypatch.setenv("RPC_PORT", text)
        with pytest.raises(Refused, match=BAD_PORT.code) as refused:
            port_of("RPC_PORT", RPC_PORT)
        assert f"RPC_PORT is {text!r}" in str(refused.value)
