"""Commands over the one connection to a machine, for real. Needs root."""

from collections.abc import Iterator

import pytest

from components.domain.problems.hosts import COMMAND_FAILED, HOST_SILENT
from components.hosts.local_preflight import missing
from components.ssh import connection as ssh
from components.ssh.errors import CommandFailed, NoAnswer
from components.ssh.login import Login
from tests.network.booted import Booted
from tests.network.local_hosts import Network, running_network
from tests.run import lines

pytestmark = pytest.mark.skipif(bool(missing()), reason=" ".join(missing()))

PORTS = "echo $SSH_CONNECTION"


@pytest.fixture
def network() -> Iterator[Network]:
    """Yield a network with one host."""
    with running_network() as network:
        network.up("parent")
        yield network


def test_a_command_gets_its_input_and_tells_how_it_ended(network: Network) -> None:
    login = Login.model_validate(Booted(network, "parent").direct())
    assert ssh.run(login, "cat", "given\n") == "given\n"
    assert ssh.run(login, "cat") == ""
    assert ssh.run(login, "wc -c", "x" * 3_000_000).strip() == "3000000"
    with pytest.raises(CommandFailed) as failed:
        ssh.run(login, "echo what; echo why >&2; exit 3", "secret", step="counting")
    assert lines(str(failed.value), COMMAND_FAILED, f"{login.place} ", "counting", "exit status 3", ": why")
    assert not {"what", "secret"} & set(str(failed.value).split()), "nothing but its standard error"
    with pytest.raises(CommandFailed) as late:
        ssh.run(login, "sleep 5", timeout=0.3)
    assert lines(str(late.value), COMMAND_FAILED, f"{login.place} ", " 0.3 s")
    with pytest.raises(NoAnswer) as lost:
        ssh.run(login, "kill -KILL $PPID; sleep 5", fresh=True)
    assert lines(str(lost.value), HOST_SILENT, f"{login.place} ", "lost")


def test_a_connection_is_shared_while_it_lives(network: Network) -> None:
    login = Login.model_validate(Booted(network, "parent").direct())
    first = ssh.run(login, PORTS)
    assert ssh.run(login.model_copy(), PORTS) == first
    assert ssh.run(login, PORTS, fresh=True) != first
    with pytest.raises(NoAnswer, match=f"lost .*{HOST_SILENT.code}"):
        ssh.run(login, "kill -KILL $PPID; sleep 5")
    assert ssh.run(login, PORTS) != first
