"""What a local host is, for real: a machine of its own behind SSH. Needs root."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import asyncssh
import pytest

from components.domain.problems.hosts import ADDRESS_HELD, LOCAL_NETWORK_DOWN, LOCAL_START_FAILED, SUBNET_IN_USE
from components.dynamic.machines.local_namespaces import LocalError, keeper_of
from components.dynamic.machines.local_network import leg_of
from components.hosts.local_preflight import missing
from tests.network.local_hosts import HOSTS, NAMES, NETWORKS, Network, running_network
from tests.run import lines

pytestmark = pytest.mark.skipif(bool(missing()), reason=" ".join(missing()))


@pytest.fixture
def network() -> Iterator[Network]:
    """Yield a running network without hosts."""
    with running_network() as network:
        yield network


@pytest.fixture(scope="module")
def shared() -> Iterator[Network]:
    """Yield a network with two hosts, for tests that change neither."""
    with running_network() as network:
        network.up("parent")
        network.up("alpha-en")
        yield network


def test_a_host_is_a_machine_of_its_own(shared: Network) -> None:
    assert shared.run("parent", "hostname") == "parent\n"
    assert shared.run("parent", "ps -o comm= -p 1") == "sshd\n"
    assert len(shared.run("parent", "ps -e -o pid=").split()) <= 6
    assert shared.run("parent", "ls -A /srv /root /tmp | grep -v : | xargs") == "\n"
    assert shared.run("parent", "ls / | xargs").split() == sorted(
        {"bin", "dev", "etc", "lib", "proc", "root", "run", "sbin", "srv", "sys", "tmp", "usr", "var"}
        | {path.name for path in Path("/").glob("lib*")}
    )


def test_programs_and_settings_of_the_machine_are_read_only(shared: Network) -> None:
    assert shared.run("parent", "touch /usr/x /etc/x 2>&1 || true").count("Read-only") == 2


def test_a_host_has_its_network_and_no_way_out(shared: Network) -> None:
    (route,) = shared.run("parent", "ip -4 route").splitlines()
    assert route.startswith(f"{shared.subnet} dev eth0 ")
    assert shared.run("parent", "cat /proc/sys/net/ipv4/conf/all/rp_filter") == "1\n"
    assert Path(f"/proc/sys/net/ipv4/conf/{leg_of(shared.id)}/forwarding").read_text() == "0\n"


def test_only_the_pinned_keys_are_good(shared: Network) -> None:
    with pytest.raises(asyncssh.PermissionDenied):
        shared.run("parent", "true", client="another")
    with pytest.raises(asyncssh.HostKeyNotVerifiable):
        shared.run("parent", "true", pinned="alpha-en")


def test_the_host_key_is_seen_by_nobody(shared: Network) -> None:
    mode, secret = shared.run("parent", "stat -c %a /run/ssh/host_key; sed -n 4p /run/ssh/host_key").split()
    assert mode == "600"
    assert len(secret) == 64
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            assert secret not in (entry / "cmdline").read_text(errors="replace")
        except OSError:
            continue
    files = [path for path in shared.folder.rglob("*") if path.is_file()]
    assert not [path for path in files if secret in path.read_text(errors="replace")]


def test_a_host_does_not_inherit_the_environment_of_the_engine(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "canary")
    network.up("parent")
    keeper = keeper_of(network.folder / "parent")
    assert keeper
    assert "canary" not in Path(f"/proc/{keeper.pid}/environ").read_text()
    assert "canary" not in network.run("parent", "env; cat /proc/1/environ")


def test_files_and_sockets_pass_through_ssh(shared: Network) -> None:
    listener = (
        "import socket; s = socket.socket(socket.AF_UNIX); s.bind('/srv/s'); s.listen(); "
        "print('up', flush=True); s.accept()[0].send(b'hello')"
    )

    async def main() -> None:
        async with shared.connect("alpha-en") as connection:
            async with connection.start_sftp_client() as sftp, sftp.open("/srv/file", "wb") as file:
                await file.write(b"x" * 1_000_000)
            async with connection.create_process(f'python3 -c "{listener}"') as process:
                await process.stdout.readline()
                reader, writer = await connection.open_unix_connection("/srv/s")
                assert await reader.read() == b"hello"
                writer.close()
            env = await connection.run("echo $PULUMI_COMMAND_STDOUT", env={"PULUMI_COMMAND_STDOUT": "before"})
            assert env.stdout == "before\n"

    asyncio.run(main())
    assert (shared.folder / "alpha-en/srv/file").stat().st_size == 1_000_000


def test_many_log_in_at_once(shared: Network) -> None:
    async def echo(number: int) -> str:
        async with shared.connect("parent") as connection:
            return str((await connection.run(f"echo {number}", check=True)).stdout)

    async def main() -> list[str]:
        return await asyncio.gather(*(echo(number) for number in range(40)))

    assert asyncio.run(main()) == [f"{number}\n" for number in range(40)]


def test_all_hosts_at_once_hear_each_other(network: Network) -> None:
    with ThreadPoolExecutor(4) as threads:  # as many as Pulumi's dynamic provider has
        made = list(threads.map(network.up, NAMES))
        assert len({props["instance"] for props in made}) == len(NAMES)
        others = " ".join(network.address(name) for name in NAMES[1:])
        listen = 'timeout 5 bash -c "head -c4 </dev/tcp/$a/22"'
        assert network.run("parent", f"for a in {others}; do {listen}; done") == "SSH-" * (len(NAMES) - 1)
        list(threads.map(network.down, NAMES))
    assert {path.name for path in network.folder.iterdir()} == {".log", ".made-by"}


def test_two_networks_do_not_meet(network: Network, shared: Network) -> None:
    network.up("parent")
    reach = f"timeout 1 bash -c 'head -c4 </dev/tcp/{shared.address('alpha-en')}/22' 2>&1 || true"
    assert "Network is unreachable" in network.run("parent", reach)
    # Not even with a route over this machine, which forwards nothing.
    gateway = network.subnet.network_address + 1
    assert "SSH-" not in network.run("parent", f"ip route add default via {gateway}; {reach}")


def test_addresses_in_use_are_refused(network: Network) -> None:
    rival = Network()
    with pytest.raises(LocalError) as refused:
        NETWORKS.create({**rival.props, "subnet": network.props["subnet"]})
    assert lines(str(refused.value), SUBNET_IN_USE, network.props["subnet"], leg_of(network.id), "local.subnet")
    assert rival.remains() == []


def test_a_host_without_a_network_says_so() -> None:
    network = Network()
    with pytest.raises(LocalError) as failed:
        network.up("parent")
    assert lines(str(failed.value), LOCAL_NETWORK_DOWN, "host parent at ", network.id)
    assert network.remains() == []


def test_a_failure_names_the_host_and_leaves_nothing(network: Network) -> None:
    network.up("parent")
    taken = {**network.host("alpha-en"), "address": network.address("parent")}
    with pytest.raises(LocalError) as held:
        HOSTS.create(taken)
    assert lines(str(held.value), ADDRESS_HELD, f"host alpha-en at {network.address('parent')}", "that of parent")
    broken = {**network.host("alpha-en"), "host_private_key": "-----BEGIN OPENSSH PRIVATE KEY-----\nx\n"}
    with pytest.raises(LocalError) as failed:
        HOSTS.create(broken)
    assert lines(str(failed.value), LOCAL_START_FAILED, "host alpha-en at ", "no hostkeys available"), (
        "sshd's own words"
    )
    assert not (network.folder / "alpha-en").exists()
    assert network.run("parent", "hostname") == "parent\n"


def test_a_failure_names_the_step(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("components.dynamic.machines.local_host.LocalHostInputs.mac", "none")
    with pytest.raises(LocalError) as failed:
        network.up("parent")
    assert lines(str(failed.value), LOCAL_START_FAILED, "host parent at ", "joining the network")
    assert not (network.folder / "parent").exists()
