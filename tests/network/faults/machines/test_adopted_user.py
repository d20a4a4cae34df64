"""The user of a node that exists is no root: whatever it puts in its own folders gives it no rights of root.

Root wrote through links there once, killed what a pid file named, and ran the conf.
"""

import re
from collections.abc import Iterator

import pytest

from components.adoption import commands, host_files
from components.adoption.commands import NodePlace
from components.adoption.host_files import UnusableFiles
from components.chain.errors import Unreachable
from components.chain.rpc.endpoint import Endpoint
from components.chain.rpc.ipc_stream import run_on_host
from components.domain.problems.nodes import CONF_BROKEN, CONF_OF_OTHER_NODE
from components.hosts.local_preflight import missing
from tests.network.existing_hosts import SUDOER, USER, HandMade, local
from tests.network.local_hosts import running_network
from tests.run import lines

pytestmark = pytest.mark.nightly

HOME = f"/home/{USER}"
NODE = NodePlace(f"{HOME}/data", f"{HOME}/kscn/conf/kscnd.conf")
CONF = f"""\
DATA_DIR=~/data
LOG_DIR={HOME}/own-logs
id -un >{HOME}/ran-by
touch /root/owned
"""
FAILS = "#!/bin/sh\nexit 0\n"
KEYS = {"SC_SUB_BRIDGE": "1"}


@pytest.fixture(scope="module")
def host() -> Iterator[HandMade]:
    if absent := missing():
        pytest.skip(" ".join(absent))
    with running_network() as network:
        yield local(network, "delta-scn")


@pytest.fixture
def node(host: HandMade) -> Iterator[Endpoint]:
    """Yield a node of USER, which SUDOER adopts; its script starts nothing."""
    host.ask(f"cd {HOME}; mkdir -p data/klay kscn/conf kscn/bin own-logs; echo the-log >own-logs/kscnd.out")
    for file, text in (("kscn/conf/kscnd.conf", CONF), ("kscn/bin/kscnd", FAILS)):
        host.ask(f"cat >{HOME}/{file} <<'END'\n{text}END")
    host.ask(f"chmod 0755 {HOME}/kscn/bin/kscnd; chown -R {USER}: {HOME}; echo secret >/root/victim")
    yield Endpoint(**host.login(SUDOER, sudo=True), node="delta-scn", ipc=NODE.ipc)
    host.ask(f"cd {HOME}; rm -rf data kscn own-logs ran-by victim /root/victim")


def test_a_conf_is_read_as_its_own_user_with_the_home_of_that_user(host: HandMade, node: Endpoint) -> None:
    found = host_files.read(node, NODE, [*KEYS])
    assert found.values["DATA_DIR"] == NODE.data
    assert host_files.set_keys(node, NODE, found, KEYS)
    assert host_files.read(node, NODE, [*KEYS]).values["SC_SUB_BRIDGE"] == "1"
    assert host.ask(f"cat {HOME}/ran-by; ls /root").split() == [USER, "victim"]
    assert set(host.ask(f"stat -c %U {HOME}/kscn/conf/*").split()) == {USER}


@pytest.mark.parametrize("file", ["data/main-bridges.json", "data/main-bridges.json.before-servicechain-ha"])
def test_no_link_leads_to_a_file_of_root(host: HandMade, node: Endpoint, file: str) -> None:
    found = host_files.read(node, NODE, [*KEYS])
    host.ask(f"ln -s /root/victim {HOME}/{file}; chown -h {USER}: {HOME}/{file}")
    with pytest.raises(Unreachable):
        host_files.set_main_bridges(node, NODE, found, "[]\n")
    host_files.forget(node, NODE)
    assert host.ask("cat /root/victim") == "secret\n"


def test_nothing_is_read_through_a_link(host: HandMade, node: Endpoint) -> None:
    host.ask(f"ln -s /root/victim {HOME}/data/main-bridges.json")
    assert host_files.read(node, NODE, [*KEYS]).main_bridges is None
    host.ask(
        f"mv {HOME}/data {HOME}/other; mkdir /root/data; ln -s /root/data {HOME}/data; chown -h {USER}: {HOME}/data"
    )
    found = host_files.read(node, NODE, [*KEYS])
    with pytest.raises(Unreachable):
        host_files.set_main_bridges(node, NODE, found, "[]\n")
    assert host.ask(f"ls -A /root/data; rm -r /root/data {HOME}/other {HOME}/data") == ""


def test_no_process_of_root_is_killed_and_the_log_is_that_of_the_conf(host: HandMade, node: Endpoint) -> None:
    host.ask("cp /bin/sleep /root/kscn; setsid /root/kscn 300 >/dev/null 2>&1 & echo $! >/root/pid")
    host.ask(f"ln -s /root/victim {HOME}/own-logs/a.out; pgrep -x kscn >{HOME}/data/kscnd.pid")
    command = re.sub(r"seq [0-9]+", "seq 2", commands.restart(NODE))  # of patience
    with pytest.raises(Unreachable) as caught:
        run_on_host(node, command, 60)
    assert host.ask("pgrep -x kscn").strip(), "it lives"
    host.ask("pkill -x kscn; rm /root/kscn /root/pid")
    assert "the-log" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_conf_that_was_broken_is_named_with_its_line(host: HandMade, node: Endpoint) -> None:
    host.ask(f"echo 'PORT=(' >>{HOME}/kscn/conf/kscnd.conf")
    with pytest.raises(UnusableFiles) as broken:
        host_files.read(node, NODE, [*KEYS])
    assert lines(str(broken.value), CONF_BROKEN, f"delta-scn: {NODE.conf} ", "line 5")


@pytest.mark.parametrize(
    ("written", "why"),
    [("data", "where the script is started"), ("./data", "where the script is started"), ('"~/data"', "~ in quotes")],
)
def test_a_relative_data_dir_is_named_with_what_to_write(
    host: HandMade, node: Endpoint, written: str, why: str
) -> None:
    host.ask(f"echo 'DATA_DIR={written}' >>{HOME}/kscn/conf/kscnd.conf")
    with pytest.raises(UnusableFiles) as relative:
        host_files.read(node, NODE, [*KEYS])
    found = written.strip('"')
    named = (f"delta-scn: {NODE.conf} ", f"DATA_DIR is {found},", why, f"DATA_DIR={NODE.data} ")
    assert lines(str(relative.value), CONF_OF_OTHER_NODE, *named)
