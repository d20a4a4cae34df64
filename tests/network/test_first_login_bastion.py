"""A machine behind a bastion: the first login by itself, and under the real engine with commands after it."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pulumi
import pytest
from pulumi import automation

from components.domain.problems.hosts import FORWARDING_OFF, HOST_SILENT, LOGIN_DENIED, OTHER_HOST_KEY
from components.dynamic.machines.first_login import FirstLoginError, FirstLoginProvider
from components.dynamic.secrets import ssh_key
from components.hosts.local_preflight import missing
from components.ssh import connection as ssh
from components.ssh.errors import LoginDenied, NoAnswer, WrongHostKey
from components.ssh.login import Login, fingerprint
from tests.network.booted import PORT, SETTINGS, Booted, telltale
from tests.network.local_hosts import Network, running_network
from tests.run import lines

pytestmark = [pytest.mark.nightly, pytest.mark.skipif(bool(missing()), reason=" ".join(missing()))]

PROVIDER = FirstLoginProvider()


@pytest.fixture
def network() -> Iterator[Network]:
    """Yield a running network with a bastion."""
    with running_network() as network:
        network.up("parent")
        yield network


def program(network: Network, instance: str, one_time: str, private: Mapping[str, str]) -> Callable[[], None]:
    def run() -> None:
        from pulumi_command import remote

        from components.dynamic.machines.first_login import FirstLogin
        from components.hosts.host import Ssh

        client = pulumi.Output.secret(private["client"])
        bastion = Ssh(network.address("parent"), "root", client, ssh_key.public_key(network.seed("parent")))
        own = ssh_key.public_key(network.seed("own"))
        ssh = Ssh(network.address("alpha-en"), "root", client, own, PORT, proxy=bastion)
        login = FirstLogin(
            "alpha-en",
            login=ssh.login,
            one_time_host_key=ssh_key.public_key(network.seed(one_time)),
            host_private_key=private["own"],
            machine=instance,
        )
        where = remote.Command(
            "where",
            connection=ssh.connection,
            create="echo $SSH_CONNECTION; hostname",
            triggers=[login.instance],
            add_previous_output_in_env=False,
        )
        pulumi.export("where", where.stdout)

    return run


def test_it_goes_through_a_bastion(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    machine, bastion = Booted(network, "alpha-en"), Booted(network, "parent")
    machine.boot()
    PROVIDER.create(machine.props(proxy=bastion.direct()))
    assert machine.shown() == machine.own_key
    login = Login.model_validate(machine.login(proxy=bastion.direct()))
    assert network.address("parent") in ssh.run(login, "echo $SSH_CONNECTION")

    proxy = f"{network.address('parent')}:22"
    way = f"the proxy {proxy} on the way to {login.place}"
    stranger = Login.model_validate(machine.login(proxy=bastion.direct(pinned="stranger")))
    with pytest.raises(WrongHostKey) as other:
        ssh.run(stranger, "true")
    assert lines(str(other.value), OTHER_HOST_KEY, f"{way} ", fingerprint(bastion.direct()["host_key"]))
    with pytest.raises(FirstLoginError) as first:
        PROVIDER.create(machine.props(proxy=bastion.direct(pinned="stranger")))
    assert lines(str(first.value), OTHER_HOST_KEY, "alpha-en at ", f"{way} ")
    denied = {**bastion.direct(), "private_key": ssh_key.private_key(network.seed("another"))}
    with pytest.raises(LoginDenied) as shut:
        ssh.run(Login.model_validate(machine.login(proxy=denied)), "true")
    assert lines(str(shut.value), LOGIN_DENIED, f"{way} ", " root ")
    nobody = Login.model_validate({**machine.login(proxy=bastion.direct()), "port": 9})
    with pytest.raises(NoAnswer) as closed:
        ssh.run(nobody, "true")
    assert lines(str(closed.value), HOST_SILENT, f"{nobody.place} ", f" its proxy {proxy} ", "refused")

    monkeypatch.setattr(ssh, "CONNECT_TIMEOUT", 1.0)
    network.down("parent")
    with pytest.raises(NoAnswer) as silent:
        ssh.run(login, "true", fresh=True)
    assert lines(str(silent.value), HOST_SILENT, f"{way} ")
    assert PROVIDER.read("i-1", machine.props(proxy=bastion.direct())).outs  # silence is no drift


def test_a_bastion_that_forwards_nothing_is_named(network: Network) -> None:
    machine, bastion = Booted(network, "alpha-en"), Booted(network, "parent")
    machine.boot()
    bastion.boot(settings=SETTINGS + "AllowTcpForwarding no\n")
    proxy = {**bastion.login(), "host_key": bastion.props()["one_time_host_key"]}
    login = Login.model_validate(machine.login(proxy=proxy))
    with pytest.raises(NoAnswer) as closed:
        ssh.run(login, "true")
    way = f"the proxy {network.address('parent')}:{PORT} on the way to {login.place} "
    assert lines(str(closed.value), FORWARDING_OFF, way)


def test_a_machine_behind_a_bastion_under_the_engine(network: Network, tmp_path: Path) -> None:
    machine = Booted(network, "alpha-en")
    machine.boot()
    private = {label: ssh_key.private_key(network.seed(label)) for label in ("client", "own")}
    stack = automation.create_stack(
        "first",
        project_name="first",
        program=program(network, "i-1", "one-time", private),
        opts=automation.LocalWorkspaceOptions(
            work_dir=str(tmp_path),
            project_settings=automation.ProjectSettings("first", "python"),
            env_vars={"PULUMI_CONFIG_PASSPHRASE": "x", "PULUMI_BACKEND_URL": tmp_path.as_uri()},
        ),
    )
    try:
        made = stack.up(color="never")
        assert made.outputs["where"].value == f"{_way(network, made)}\nalpha-en"
        again = stack.up(expect_no_changes=True, color="never")
        stack.refresh(expect_no_changes=True, color="never")

        # Another machine: a newer boot, and everything that was done on the old one is done again.
        network.down("alpha-en")
        machine.boot("next-time")
        stack.workspace.program = program(network, "i-2", "next-time", private)
        planned = stack.preview(color="never").change_summary
        assert {str(verb): count for verb, count in planned.items()} == {"same": 1, "update": 1, "replace": 1}
        other = stack.up(color="never")
        assert machine.shown() == {ssh_key.public_key(network.seed("own"))}

        written = "".join(path.read_text() for path in tmp_path.rglob("*.json"))
        said = made.stdout + again.stdout + other.stdout
        for label in ("client", "own", "one-time", "next-time"):
            assert telltale(network, label) not in written + said
    finally:
        stack.destroy()


def _way(network: Network, made: automation.UpResult) -> str:
    """Return the first line that the command said, which must be a connection from the bastion."""
    line = str(made.outputs["where"].value).splitlines()[0]
    assert line.startswith(f"{network.address('parent')} ")
    assert line.endswith(f" {network.address('alpha-en')} {PORT}")
    return line
