"""Flags of the nodes: the same that the daemon scripts pass, which run here with a stub for the binary."""

import subprocess
import tarfile
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.kaia.conf import (
    Conf,
    Exposure,
    SubBridge,
    endpoint_node,
    public_endpoint_node,
    render,
    service_chain_node,
    validator,
)
from components.kaia.flags import flags
from components.kaia.package import Package

PACKAGES = Path(__file__).resolve().parents[3] / ".build" / "packages"
BRIDGE = SubBridge(parent_chain_id=1001, anchoring=True, anchoring_period=10, recovery_interval=60)
NO_ANCHORS = SubBridge(parent_chain_id=1001, anchoring=False, anchoring_period=7, recovery_interval=5)
OPEN = Exposure(rpc=True, metrics=True)
ONLY_BY_SCRIPT = ("--autorestart.daemon.path", "--log.file")

NODES: dict[str, tuple[str, Callable[[str], Conf]]] = {
    "validator": ("kcn", lambda data: validator(2020, data)),
    "open validator": ("kcn", lambda data: validator(2020, data, OPEN)),
    "en": ("ken", lambda data: endpoint_node(2020, data)),
    "open en": ("ken", lambda data: endpoint_node(2020, data, OPEN)),
    "en of kairos": ("ken", lambda data: public_endpoint_node("kairos", data)),
    "en of mainnet": ("ken", lambda data: public_endpoint_node("mainnet", data, OPEN)),
    "scn": ("kscn", lambda data: service_chain_node(3000, data, None)),
    "scn with bridge": ("kscn", lambda data: service_chain_node(3000, data, BRIDGE)),
    "open scn without anchors": ("kscn", lambda data: service_chain_node(3000, data, NO_ANCHORS, OPEN)),
}
ALL = pytest.mark.parametrize(("program", "values"), NODES.values(), ids=NODES.keys())


@cache
def packaged(program: str) -> tuple[str, str]:
    """Return the script and the conf in the archive of a program."""
    path = PACKAGES / f"{program}-v1.0.3-linux-amd64.tar.gz"
    if not path.exists():
        pytest.skip(f"{path} is not built; `make setup` builds it")
    with tarfile.open(path) as archive:
        script = archive.extractfile(f"{program}-linux-amd64/bin/{program}d")
        assert script
        return script.read().decode(), Package(program, path).conf


def passed_by_script(folder: Path, program: str, values: Conf) -> list[str]:
    """Start the node with the real script and conf; return the arguments of its binary."""
    script, conf = packaged(program)
    home, given_arguments = folder / "home", folder / "arguments"
    stub = f'#!/bin/sh\nprintf "%s\\n" "$@" >{folder}/new\nmv {folder}/new {given_arguments}\n'
    for name, text in {
        f"bin/{program}d": script,
        f"bin/{program}": stub,
        f"conf/{program}d.conf": render(conf, values),
    }.items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)
    (folder / "data").mkdir()
    done = subprocess.run([home / f"bin/{program}d", "start"], capture_output=True, text=True, check=True, cwd="/usr")
    assert "Success to start node" in done.stdout, done.stdout + done.stderr
    deadline = time.monotonic() + 60
    while not given_arguments.exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return given_arguments.read_text().splitlines()


def by_flag(arguments: list[str]) -> Iterator[tuple[str, ...]]:
    """Group the arguments: each flag with its value, if it has one."""
    group: list[str] = []
    for argument in arguments:
        if argument.startswith("--") and group:
            yield tuple(group)
            group = []
        group.append(argument)
    yield tuple(group)


@ALL
def test_the_flags_are_those_of_the_script(tmp_path: Path, program: str, values: Callable[[str], Conf]) -> None:
    conf = values(str(tmp_path / "data"))
    by_script = by_flag(passed_by_script(tmp_path, program, conf))
    ours = list(by_flag(flags(program, conf)))
    assert sorted(ours) == sorted(group for group in by_script if group[0] not in ONLY_BY_SCRIPT)
    assert len({group[0] for group in ours}) == len(ours)  # no flag twice, so their order does not matter


@ALL
def test_no_argument_is_empty_or_has_blanks(program: str, values: Callable[[str], Conf]) -> None:
    assert all(argument.split() == [argument] for argument in flags(program, values("/srv/data")))


def test_a_public_network_is_a_flag_and_needs_no_archive_mode() -> None:
    ours = flags("ken", public_endpoint_node("kairos", "/srv/data"))
    assert {"--kairos", "--multichannel", "--mainbridge", "--ntp.disable"} <= set(ours)
    assert not {"--networkid", "--nodiscover", "--gcmode", "--childchainindexing", "--metrics"} & set(ours)


@pytest.mark.parametrize("network", ["", "baobab", "private"])
def test_a_node_without_a_network_is_refused(network: str) -> None:
    conf = {**public_endpoint_node("kairos", "/d"), "NETWORK": network}
    with pytest.raises(ValueError, match="neither a NETWORK_ID nor kairos or mainnet as its NETWORK"):
        flags("ken", conf)


@pytest.mark.parametrize(("program", "key"), [("ken", "GCMODE"), ("kcn", "SC_MAIN_BRIDGE"), ("kscn", "SCSIGNER")])
def test_a_key_that_would_not_reach_the_node_is_refused(program: str, key: str) -> None:
    with pytest.raises(ValueError, match=f"^{program} has no flag for the conf keys {key}$"):
        flags(program, {"NETWORK_ID": 1, key: 1})


@pytest.mark.parametrize("key", ["AUTO_RESTART", "AUTO_RESTART_NODE"])
def test_a_restart_by_the_script_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match=f"conf key {key}: only the package's script can restart a node by it"):
        flags("ken", {"NETWORK_ID": 1, key: 1})


@given(st.sampled_from(["RPC_API", "DATA_DIR", "PORT"]), st.sampled_from(["a b", "a\tb", "a\nb", " a b "]))
def test_a_value_that_the_script_would_split_is_refused(key: str, value: str) -> None:
    with pytest.raises(ValueError, match=f"conf key {key}: the value .* has blanks in it"):
        flags("kcn", {"NETWORK_ID": 1, "RPC_ENABLE": 1, key: value})


@given(st.sampled_from(["RPC_PORT", "SC_ANCHORING_PERIOD", "SC_MAIN_BRIDGE_PORT"]), st.sampled_from([0, "", "0", "no"]))
def test_keys_of_a_feature_that_is_off_are_not_passed(key: str, off: str | int) -> None:
    conf = {"NETWORK_ID": 1, "RPC_ENABLE": off, "SC_SUB_BRIDGE": off, "SC_MAIN_BRIDGE": off, key: 7}
    assert flags("kscn", conf) == ["--nodiscover", "--networkid", "1"]
