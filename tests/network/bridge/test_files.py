"""What the hosts hold and show: files, modes, open ports, and no secret where others could read it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from components.dynamic.machines.local_namespaces import BASE
from tests.network.network import Network

PAIRS = ("alpha", "beta")
NODES = ("parent", "alpha-en", "beta-en", "scn-1", "scn-2", "scn-3", "scn-4")
CLOSED_APIS = {"admin", "debug", "istanbul", "governance", "mainbridge", "miner", "personal", "subbridge"}
LARGEST = 1_000_000
"""Bytes of a file that is searched for secrets: all but the nodes' programs and parts of their databases."""


@pytest.mark.parametrize("pair", PAIRS)
def test_main_bridges_json_names_the_one_en(network: Network, pair: str) -> None:
    declared = network.pairs[pair]
    scn, address = declared["scn"]["name"], declared["en"]["address"]
    (kni,) = json.loads(network.run(scn, f"cat {network.layout(scn).main_bridges}"))
    assert kni == declared["en"]["kni"]
    assert f"@{address}:50505" in kni
    assert address in network.run(declared["en"]["name"], "ip -4 -o address show dev eth0")


@pytest.mark.parametrize("node", NODES)
def test_the_conf_says_what_the_bridge_needs(network: Network, node: str) -> None:
    conf = _conf(network, node)
    if node in ("scn-1", "scn-2"):
        assert (conf["SC_SUB_BRIDGE"], conf["SC_PARENT_CHAIN_ID"]) == ("1", "2020")
        assert (conf["SC_ANCHORING"], conf["SC_ANCHORING_PERIOD"]) == ("1", "5")
        assert (conf["SC_VTRECOVERY"], conf["SC_VTRECOVERY_INTERVAL"]) == ("1", "5")
    elif node.startswith("scn"):
        assert conf["SC_SUB_BRIDGE"] == "0"
    elif node != "parent":
        assert conf["SC_MAIN_BRIDGE"] == "1"
    assert conf["RPC_ADDR"] == "127.0.0.1"
    assert not CLOSED_APIS & set(conf["RPC_API"].split(","))


def _conf(network: Network, node: str) -> dict[str, str]:
    """Return the variables of the conf as the daemon script gets them: bash reads them."""
    text = network.run(node, f"set -a; . {network.layout(node).release.conf}; env -0")
    return dict(entry.split("=", 1) for entry in text.split("\0") if "=" in entry)


@pytest.mark.parametrize("node", ["scn-1", "scn-2"])
def test_keys_and_passwords_are_for_root_alone(network: Network, node: str) -> None:
    listing = network.run(node, "cd /srv/data; stat -c '%a %U %n' klay/nodekey *_bridge_account/*")
    files = [line.split(" ", 2) for line in listing.splitlines()]
    assert {(mode, owner) for mode, owner, _ in files} == {("600", "root")}
    folders = [name.rpartition("/")[0] for *_, name in files]
    assert sorted(folders) == ["child_bridge_account"] * 2 + ["klay"] + ["parent_bridge_account"] * 2


@pytest.mark.parametrize("node", NODES)
def test_http_rpc_is_for_the_host_alone(network: Network, node: str) -> None:
    address = network.endpoints[node].host
    neighbour = "scn-4" if node != "scn-4" else "scn-3"
    assert "SSH-" in network.run(neighbour, f"timeout 5 bash -c 'head -c4 </dev/tcp/{address}/22'")
    for port in (8551, 8552):
        attempt = f"timeout 5 bash -c 'true </dev/tcp/{address}/{port}' 2>&1 || true"
        assert "Connection refused" in network.run(neighbour, attempt)
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "rpc_modules", "params": []})
    request = "\r\n".join(
        [
            "POST / HTTP/1.1",
            "Host: localhost",
            "Content-Type: application/json",
            f"Content-Length: {len(body)}",
            "Connection: close",
            "",
            body,
        ]
    )
    command = f"exec 3<>/dev/tcp/127.0.0.1/8551; printf %s '{request}' >&3; cat <&3"
    answer = network.run(node, f"timeout 5 bash -c {_quoted(command)}")
    modules = set(json.loads(answer[answer.index("{") : answer.rindex("}") + 1])["result"])
    assert "kaia" in modules
    assert not CLOSED_APIS & modules


@pytest.mark.parametrize("node", NODES)
def test_only_ssh_peers_and_the_main_bridge_are_served_to_others(network: Network, node: str) -> None:
    sockets = [line.split() for line in network.run(node, "cat /proc/net/tcp /proc/net/tcp6").splitlines()]
    listening = [socket[1].split(":") for socket in sockets if socket[3] == "0A"]
    served = {int(port, 16) for address, port in listening if not address.endswith("0100007F")}
    peers = {22323} if node.startswith("scn") else {32323}
    assert served == {22} | peers | ({50505} if node.endswith("-en") else set())


def _quoted(command: str) -> str:
    return "'" + command.replace("'", "'\\''") + "'"


def test_no_secret_is_seen_in_command_lines_and_logs(network: Network) -> None:
    keys = _secrets(network)
    commands = {path: path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists()}
    assert sum(b"/srv/data" in command for command in commands.values()) >= len(NODES)  # the nodes are seen from here
    logs = list((BASE / network.stack.network_id).glob("*/srv/data/logs/*"))
    assert len(logs) >= len(NODES)
    places = {**commands, **{path: path.read_bytes() for path in logs}}
    assert [(path, name) for path, text in places.items() for name, key in keys.items() if key in text] == []
    declared = [r["inputs"] for r in network.stack.resources() if r["type"].startswith("command:remote:")]
    sent = [str(command.get(verb)).encode() for command in declared for verb in ("create", "update", "delete")]
    assert len(sent) > 100
    assert [text for text in sent if any(key in text for key in keys.values())] == []


def test_files_with_a_secret_are_for_root_alone(network: Network) -> None:
    keys = _secrets(network)
    holders = [(path, names) for path in _files(network) if (names := _found(path, keys))]
    assert {name for _, names in holders for name in names} >= {f"{node}-node" for node in NODES}
    assert [path for path, _ in holders if path.stat().st_mode & 0o077] == []
    assert [path for path, names in holders if any("owner" in name for name in names)] == []


def _secrets(network: Network) -> dict[str, bytes]:
    """Return all keys and passwords of the stack by a name, as anybody would write them down."""
    found = {"seed": network.stack.seed}
    for name, account in network.stack.of_type("Account").items():
        found[name] = account["private_key"]
        if account.get("password"):
            found[f"{name} password"] = account["password"]
    for name, key in network.stack.of_type("SshKey").items():
        found[f"{name} SSH key"] = key["private_key"].splitlines()[2]
    assert len(found) > 20
    return {name: value.encode() for name, value in found.items()}


def _files(network: Network) -> Iterator[Path]:
    for path in (BASE / network.stack.network_id).rglob("*"):
        if path.is_file() and path.stat().st_size < LARGEST:
            yield path


def _found(path: Path, keys: dict[str, bytes]) -> list[str]:
    text = path.read_bytes()
    return [name for name, key in keys.items() if key in text]
