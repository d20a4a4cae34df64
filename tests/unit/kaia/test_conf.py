"""kend.conf, kscnd.conf and kcnd.conf: the packaged text with values set, as the daemon scripts source it."""

import subprocess
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.kaia.conf import (
    Conf,
    SubBridge,
    endpoint_node,
    public_endpoint_node,
    render,
    service_chain_node,
    validator,
)

PACKAGED = """\
# Configuration file for the kscnd
NETWORK_ID=3000

PORT=22323 # if EN(main-bridge) on same instance, use different port with EN.
RPC_API="klay,eth,net,web3,subbridge" # available apis: admin,debug
RPC_ADDR="0.0.0.0"
# SC_SUB_BRIDGE=7
SC_SUB_BRIDGE=0
SC_VTRECOVERY=1 # value transfer recovery activation
SUBPORT=$((PORT + 1)) # used for multi channel option
DATA_DIR=
LOG_DIR=$DATA_DIR/logs"""

BRIDGE = SubBridge(parent_chain_id=1001, anchoring=True, anchoring_period=10, recovery_interval=60)
PRIVATE = {
    "validator": validator(2020, "/srv/data"),
    "en": endpoint_node(2020, "/srv/data"),
    "scn with bridge": service_chain_node(3000, "/srv/data", BRIDGE),
    "scn": service_chain_node(3000, "/srv/data", None),
}
PUBLIC = {"en of kairos": public_endpoint_node("kairos", "/srv/data")}


def every(nodes: dict[str, Conf]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("values", nodes.values(), ids=nodes.keys())


def sourced(conf: str, *keys: str) -> list[str]:
    """Return the values that bash has after sourcing the conf."""
    script = f'eval "$0"; printf "%s\\n" {" ".join(f""" "${key}" """ for key in keys)}'
    done = subprocess.run(["bash", "-eu", "-c", script, conf], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def test_keys_are_replaced_in_their_line_and_comments_stay() -> None:
    text = render(
        PACKAGED,
        {"RPC_API": "eth", "SC_SUB_BRIDGE": 1, "DATA_DIR": "/srv/data", "PORT": 1, "SUBPORT": 7, "NEW_KEY": "x y"},
    )
    assert (
        text
        == """\
# Configuration file for the kscnd
NETWORK_ID=3000

PORT=1 # if EN(main-bridge) on same instance, use different port with EN.
RPC_API="eth" # available apis: admin,debug
RPC_ADDR="0.0.0.0"
# SC_SUB_BRIDGE=7
SC_SUB_BRIDGE=1
SC_VTRECOVERY=1 # value transfer recovery activation
SUBPORT=7 # used for multi channel option
DATA_DIR="/srv/data"
LOG_DIR=$DATA_DIR/logs
NEW_KEY="x y"
"""
    )


def test_nothing_changes_without_values() -> None:
    assert render(PACKAGED, {}) == PACKAGED + "\n"


def test_rendering_twice_is_rendering_once() -> None:
    values = service_chain_node(3000, "/srv/data", BRIDGE)
    once = render(PACKAGED, values)
    assert render(once, values) == once


def test_bash_reads_the_same_values() -> None:
    text = render(PACKAGED, {"ADDITIONAL": "--ntp.disable --gcmode archive", "DATA_DIR": "/srv/data", "PORT": 9})
    assert sourced(text, "ADDITIONAL", "LOG_DIR", "SUBPORT", "NETWORK_ID") == [
        "--ntp.disable --gcmode archive",
        "/srv/data/logs",
        "10",
        "3000",
    ]


@pytest.mark.parametrize("character", list("\"'$`\\;&|<>(){}#!*?~\t\0é"))
def test_a_character_that_is_special_in_bash_is_refused(character: str) -> None:
    with pytest.raises(ValueError, match=r"conf key ADDITIONAL: the value .* has a character that is not allowed"):
        render(PACKAGED, {"ADDITIONAL": f"a{character}b"})


@pytest.mark.parametrize("value", ["a\nb", "\nPORT=1", "a\n"])
def test_a_value_of_two_lines_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="not allowed in a conf file"):
        render(PACKAGED, {"ADDITIONAL": value})


@given(st.text(st.sampled_from("abcXYZ019_./:,=@%+ -"), min_size=1, max_size=20))
def test_every_accepted_value_is_written_literally(value: str) -> None:
    assert f'DATA_DIR="{value}"' in render(PACKAGED, {"DATA_DIR": value}).splitlines()


def test_an_en_has_the_keys_of_a_main_bridge() -> None:
    assert endpoint_node(1001, "/d")["SC_MAIN_BRIDGE"] == 1


def test_an_scn_has_the_keys_of_a_sub_bridge() -> None:
    conf = service_chain_node(3000, "/d", BRIDGE)
    assert {key: value for key, value in conf.items() if key.startswith("SC_")} == {
        "SC_MAIN_BRIDGE": 0,
        "SC_SUB_BRIDGE": 1,
        "SC_SUB_BRIDGE_PORT": 50506,
        "SC_PARENT_CHAIN_ID": 1001,
        "SC_ANCHORING_PERIOD": 10,
        "SC_ANCHORING": 1,
        "SC_TX_LIMIT": 1000,
        "SC_PARENT_OPERATOR_GASLIMIT": 10_000_000,
        "SC_CHILD_OPERATOR_GASLIMIT": 10_000_000,
        "SC_VTRECOVERY": 1,
        "SC_VTRECOVERY_INTERVAL": 60,
    }


def test_anchoring_can_be_off_and_an_scn_without_a_pair_has_no_bridge() -> None:
    off = SubBridge(parent_chain_id=1001, anchoring=False, anchoring_period=10, recovery_interval=5)
    assert service_chain_node(3000, "/d", off)["SC_ANCHORING"] == 0
    alone = service_chain_node(3000, "/d", None)
    assert alone["SC_SUB_BRIDGE"] == alone["SC_MAIN_BRIDGE"] == 0


@every({**PRIVATE, **PUBLIC})
def test_rpc_is_on_loopback_and_serves_no_bridge(values: Conf) -> None:
    assert values["RPC_ADDR"] == "127.0.0.1"
    assert str(values["RPC_API"]).split(",") == ["klay", "eth", "net", "web3"]
    assert values["RPC_CORSDOMAIN"] == ""
    assert values["RPC_VHOSTS"] == "localhost"
    assert values["WS_ENABLE"] == values["METRICS"] == values["PROMETHEUS"] == 0


def test_any_host_name_is_a_lone_star_in_a_conf() -> None:
    text = render(PACKAGED, {"RPC_VHOSTS": "*"})
    assert sourced(text, "RPC_VHOSTS") == ["*"]


@every(PRIVATE)
def test_no_node_asks_a_time_server_or_the_public_network(values: Conf) -> None:
    assert values["ADDITIONAL"] == "--ntp.disable --gcmode archive"
    assert values["NO_DISCOVER"] == 1
    assert values["AUTO_RESTART"] == 0
    assert values.get("NETWORK", "") == ""
    assert values["DATA_DIR"] == "/srv/data"


@pytest.mark.parametrize(
    ("conf", "chain_id"),
    [(validator, 2020), (endpoint_node, 2020), (lambda i, d: service_chain_node(i, d, None), 3000)],
)
def test_a_nodes_network_is_its_chain(conf: Callable[[int, str], Conf], chain_id: int) -> None:
    assert conf(chain_id, "/d")["NETWORK_ID"] == chain_id


def test_scns_keep_every_state_so_that_a_killed_one_does_not_rewind() -> None:
    assert "--gcmode archive" in str(service_chain_node(3000, "/d", None)["ADDITIONAL"])
