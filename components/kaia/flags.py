"""Command-line flags of a node whose binary runs without the daemon script of its package.

They are those that kend, kscnd and kcnd (v1.0.3) make from their conf, except the log file and the path of the script,
which only the scripts need. A test compares both.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from components.kaia.conf import Conf

_NOT_FLAGS: Final = {"NETWORK", "NETWORK_ID", "NO_DISCOVER", "ADDITIONAL", "TXPOOL_LIFE_TIME"}
"""Handled by name. No script passes on TXPOOL_LIFE_TIME, which the packaged confs have."""
_OFF: Final = {"AUTO_RESTART", "AUTO_RESTART_NODE"}
"""How the scripts restart a node. systemd does it otherwise."""


@dataclass(frozen=True)
class _Switch:
    """A flag that is set if its key is 1, and the keys that are used only then, with their flags."""

    flag: str
    values: Mapping[str, str] = field(default_factory=dict)
    switches: Mapping[str, str] = field(default_factory=dict)


_RPC: Final = {
    "RPC_API": "--rpcapi",
    "RPC_PORT": "--rpcport",
    "RPC_ADDR": "--rpcaddr",
    "RPC_CORSDOMAIN": "--rpccorsdomain",
    "RPC_VHOSTS": "--rpcvhosts",
}
_EN_RPC: Final = {
    "RPC_CONCURRENCYLIMIT": "--rpc.concurrencylimit",
    "RPC_READ_TIMEOUT": "--rpcreadtimeout",
    "RPC_WRITE_TIMEOUT": "--rpcwritetimeout",
    "RPC_IDLE_TIMEOUT": "--rpcidletimeout",
    "RPC_EXECUTION_TIMEOUT": "--rpcexecutiontimeout",
}
_SWITCHES: Final = {
    "METRICS": _Switch("--metrics"),
    "PROMETHEUS": _Switch("--prometheus"),
    "MULTICHANNEL": _Switch("--multichannel"),
    "RPC_ENABLE": _Switch("--rpc", _RPC),
    "WS_ENABLE": _Switch(
        "--ws",
        {"WS_API": "--wsapi", "WS_PORT": "--wsport", "WS_ADDR": "--wsaddr", "WS_ORIGINS": "--wsorigins"},
    ),
}
_MAIN_BRIDGE: Final = _Switch(
    "--mainbridge",
    {"SC_MAIN_BRIDGE_PORT": "--mainbridgeport"},
    {"SC_MAIN_BRIDGE_INDEXING": "--childchainindexing"},
)
_SUB_BRIDGE: Final = _Switch(
    "--subbridge",
    {
        "SC_SUB_BRIDGE_PORT": "--subbridgeport",
        "SC_ANCHORING_PERIOD": "--chaintxperiod",
        "SC_TX_LIMIT": "--chaintxlimit",
        "SC_PARENT_CHAIN_ID": "--parentchainid",
    },
    {"SC_ANCHORING": "--anchoring"},
)
_SWITCHES_OF: Final = {
    "kcn": _SWITCHES,
    "ken": {**_SWITCHES, "RPC_ENABLE": _Switch("--rpc", {**_RPC, **_EN_RPC}), "SC_MAIN_BRIDGE": _MAIN_BRIDGE},
    "kscn": {
        **_SWITCHES,
        "SC_MAIN_BRIDGE": _MAIN_BRIDGE,
        "SC_SUB_BRIDGE": _SUB_BRIDGE,
        "SC_VTRECOVERY": _Switch("--vtrecovery", {"SC_VTRECOVERY_INTERVAL": "--vtrecoveryinterval"}),
    },
}
_VALUES: Final = {
    "DATA_DIR": "--datadir",
    "PORT": "--port",
    "SUBPORT": "--subport",
    "SERVER_TYPE": "--srvtype",
    "VERBOSITY": "--verbosity",
    "TXPOOL_EXEC_SLOTS_ALL": "--txpool.exec-slots.all",
    "TXPOOL_NONEXEC_SLOTS_ALL": "--txpool.nonexec-slots.all",
    "TXPOOL_EXEC_SLOTS_ACCOUNT": "--txpool.exec-slots.account",
    "TXPOOL_NONEXEC_SLOTS_ACCOUNT": "--txpool.nonexec-slots.account",
    "SYNCMODE": "--syncmode",
    "MAXCONNECTIONS": "--maxconnections",
}
_VALUES_OF: Final = {
    "kcn": {**_VALUES, "BOOTNODES": "--bootnodes", "REWARDBASE": "--rewardbase"},
    "ken": {**_VALUES, "BOOTNODES": "--bootnodes"},
    "kscn": {
        **_VALUES,
        "REWARDBASE": "--rewardbase",
        "SC_PARENT_OPERATOR_GASLIMIT": "--sc.parentoperator.gaslimit",
        "SC_CHILD_OPERATOR_GASLIMIT": "--sc.childoperator.gaslimit",
    },
}


def flags(program: str, conf: Conf) -> list[str]:
    """Return the arguments for `ken`, `kscn` or `kcn`.

    Raises ValueError for a key that would not reach the node, for a value that the scripts would split, and if no
    network is given.
    """
    if unknown := sorted(conf.keys() - _known(program)):
        msg = f"{program} has no flag for the conf keys {', '.join(unknown)}"
        raise ValueError(msg)
    for key in sorted(_OFF & conf.keys()):
        if str(conf[key]) not in ("", "0"):
            msg = f"conf key {key}: only the package's script can restart a node by it; set it to 0"
            raise ValueError(msg)
    return list(_flags(program, conf))


def _known(program: str) -> set[str]:
    keys = {*_NOT_FLAGS, *_OFF, *_VALUES_OF[program], *_SWITCHES_OF[program]}
    return keys.union(*({*switch.values, *switch.switches} for switch in _SWITCHES_OF[program].values()))


def _flags(program: str, conf: Conf) -> Iterator[str]:
    if program == "kscn" or _is_on(conf, "NO_DISCOVER"):  # an SCN has no other way to find its peers than its list
        yield "--nodiscover"
    yield from _network(program, conf)
    yield from _given(conf, _VALUES_OF[program])
    for key, switch in _SWITCHES_OF[program].items():
        if _is_on(conf, key):
            yield switch.flag
            yield from _given(conf, switch.values)
            yield from (flag for inner, flag in switch.switches.items() if _is_on(conf, inner))
    yield from str(conf.get("ADDITIONAL", "")).split()


def _network(program: str, conf: Conf) -> Iterator[str]:
    if network_id := str(conf.get("NETWORK_ID", "")):
        yield from ("--networkid", network_id)
    elif program != "kscn":
        if conf.get("NETWORK") not in ("kairos", "mainnet"):
            msg = "the conf has neither a NETWORK_ID nor kairos or mainnet as its NETWORK"
            raise ValueError(msg)
        yield f"--{conf['NETWORK']}"


def _is_on(conf: Conf, key: str) -> bool:
    return str(conf.get(key, "")) == "1"


def _given(conf: Conf, values: Mapping[str, str]) -> Iterator[str]:
    for key, flag in values.items():
        value = str(conf.get(key, ""))
        if len(value.split()) > 1:
            msg = f"conf key {key}: the value {value!r} has blanks in it"
            raise ValueError(msg)
        if value := value.strip():
            yield from (flag, value)
