"""What other machines can reach on a node, and the conf of an EN on a public network."""

from typing import Literal

import pytest

from components.kaia.conf import (
    Conf,
    Exposure,
    SubBridge,
    endpoint_node,
    public_endpoint_node,
    service_chain_node,
    validator,
)

BRIDGE = SubBridge(parent_chain_id=1001, anchoring=True, anchoring_period=10, recovery_interval=60)
OPEN = Exposure(rpc=True, metrics=True)
EXPOSED = {
    "validator": validator(2020, "/srv/data", OPEN),
    "en": endpoint_node(2020, "/srv/data", OPEN),
    "public en": public_endpoint_node("mainnet", "/srv/data", OPEN),
    "scn": service_chain_node(3000, "/srv/data", BRIDGE, OPEN),
}


@pytest.mark.parametrize("values", EXPOSED.values(), ids=EXPOSED.keys())
def test_the_bridge_is_never_exposed(values: Conf) -> None:
    assert (values["RPC_ADDR"], values["RPC_VHOSTS"]) == ("0.0.0.0", "*")  # noqa: S104
    assert str(values["RPC_API"]).split(",") == ["klay", "eth", "net", "web3"]
    assert values["METRICS"] == values["PROMETHEUS"] == 1
    assert (values["RPC_CORSDOMAIN"], values["WS_ENABLE"]) == ("", 0)


def test_metrics_and_rpc_are_exposed_independently() -> None:
    assert endpoint_node(1, "/d", Exposure(metrics=True))["RPC_ADDR"] == "127.0.0.1"
    assert endpoint_node(1, "/d", Exposure(rpc=True))["METRICS"] == 0


@pytest.mark.parametrize("network", ["kairos", "mainnet"])
def test_an_en_of_a_public_network_finds_its_peers_and_prunes(network: Literal["kairos", "mainnet"]) -> None:
    values = public_endpoint_node(network, "/d")
    assert (values["NETWORK"], values["NETWORK_ID"], values["NO_DISCOVER"]) == (network, "", 0)
    assert (values["MULTICHANNEL"], values["SUBPORT"]) == (1, 32324)
    assert (values["SC_MAIN_BRIDGE"], values["SC_MAIN_BRIDGE_INDEXING"], values["SYNCMODE"]) == (1, 0, "full")
    assert values["ADDITIONAL"] == "--ntp.disable"
    assert values["AUTO_RESTART"] == values["AUTO_RESTART_NODE"] == 0
