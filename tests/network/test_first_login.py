"""The first login to a machine, for real: an sshd of its own in a local host. Needs root."""

import re
import shlex
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from components.chain.rpc import waiting
from components.domain.problems.hosts import (
    COMMAND_FAILED,
    FIRST_LOGIN_DENIED,
    FIRST_LOGIN_FAILED,
    NO_FIRST_LOGIN,
    UNKNOWN_HOST_KEY,
)
from components.dynamic.base import Props
from components.dynamic.machines import first_login
from components.dynamic.machines.first_login import SCRIPT, FirstLoginError, FirstLoginProvider
from components.dynamic.secrets import ssh_key
from components.hosts.local_preflight import missing
from components.ssh import connection as ssh
from components.ssh.errors import CommandFailed
from components.ssh.login import Login, fingerprint
from tests.network.booted import OLD_SETTINGS, SETTINGS, Booted
from tests.network.local_hosts import Network, running_network
from tests.run import lines

pytestmark = pytest.mark.skipif(bool(missing()), reason=" ".join(missing()))

PROVIDER = FirstLoginProvider()
TEXT = SCRIPT.read_text()
CUTS = [match.start() for match in re.finditer(r'^(step=|mv "\$new|sync$)', TEXT, re.MULTILINE)]
"""Where the script is killed: before each step, and around what makes the new key the shown one."""


@pytest.fixture(scope="module")
def network() -> Iterator[Network]:
    """Yield a running network."""
    with running_network() as network:
        yield network


@pytest.fixture
def machine(network: Network) -> Iterator[Booted]:
    """Yield a machine that is not booted yet."""
    yield Booted(network, "alpha-en")
    network.down("alpha-en")


def created(props: Props) -> Props:
    outs = PROVIDER.create(props).outs
    assert outs is not None
    return dict(outs)


@pytest.mark.parametrize("settings", [SETTINGS, OLD_SETTINGS])
def test_the_first_login_gives_a_machine_its_own_key(machine: Booted, settings: str) -> None:
    machine.boot(settings=settings)
    assert len(machine.shown()) == 3
    assert created(machine.props())["instance"] == "i-1"
    assert machine.shown() == machine.own_key
    wanted = "maxstartups 60:30:200|maxsessions 100|passwordauthentication no|permitrootlogin without-password"
    assert len(machine.inside(f"/usr/sbin/sshd -T | grep -E '^({wanted})'").splitlines()) == 4
    modes = machine.inside("cd /etc/ssh; stat -c '%n %a' ssh_host_* .first* 2>/dev/null || true").splitlines()
    assert modes == ["ssh_host_ed25519_key 600", "ssh_host_ed25519_key.pub 644"]
    machine.restart()
    assert machine.shown() == machine.own_key


def test_a_second_run_changes_nothing(machine: Booted) -> None:
    machine.boot()
    known = created(machine.props())
    written = "stat -c '%n %i %Y' /etc/ssh/* /etc/ssh/sshd_config.d/*"
    before = machine.inside(written)
    outs = PROVIDER.update("i-1", known, machine.props()).outs
    assert outs is not None
    assert outs["instance"] == "i-1"
    assert machine.inside(written) == before
    assert PROVIDER.read("i-1", known).outs == known


def test_systemd_is_asked_to_reload(machine: Booted) -> None:
    machine.boot()
    machine.pretend_systemd()
    created(machine.props())
    assert machine.shown() == machine.own_key
    once = ["is-active --quiet ssh", "is-active --quiet sshd", "reload sshd"]
    assert machine.inside("cat /run/asked").splitlines() == once * 2


def test_many_log_in_at_once(machine: Booted) -> None:
    machine.boot()
    created(machine.props())
    login = Login.model_validate(machine.login())
    with ThreadPoolExecutor(40) as threads:
        said = list(threads.map(lambda number: ssh.run(login, f"echo {number}", fresh=True), range(40)))
    assert said == [f"{number}\n" for number in range(40)]


@pytest.mark.parametrize("reboot", [False, True])
@pytest.mark.parametrize("cut", CUTS)
def test_what_was_killed_is_finished_by_the_next_run(machine: Booted, cut: int, *, reboot: bool) -> None:
    machine.boot()
    one_time = {**machine.login(), "host_key": machine.props()["one_time_host_key"]}
    half = TEXT[:cut] + "kill -KILL $$\n"
    own = f"{machine.login()['host_key']}\n{machine.props()['host_private_key']}"
    with pytest.raises(CommandFailed, match=f"exit status -9.*{COMMAND_FAILED.code}"):
        ssh.run(Login.model_validate(one_time), shlex.join(["exec", "sh", "-c", half]), own, fresh=True)
    if reboot:
        machine.restart()
    created(machine.props())
    assert machine.shown() == machine.own_key


def test_a_key_that_is_not_whole_stays_out(machine: Booted) -> None:
    machine.boot()
    private = ssh_key.private_key(machine.network.seed("another"))
    with pytest.raises(FirstLoginError, match=FIRST_LOGIN_FAILED.code) as error:
        created({**machine.props(), "host_private_key": private})
    assert "the two halves of the key" in str(error.value), "the reason is the script's own"
    machine.no_secret_in(str(error.value))
    assert private.splitlines()[3] not in str(error.value)
    assert machine.props()["one_time_host_key"] in machine.shown()


def test_a_third_key_is_refused_at_once(machine: Booted, capfd: pytest.CaptureFixture[str]) -> None:
    machine.boot(shown="stranger")
    begin = time.monotonic()
    with pytest.raises(FirstLoginError) as error:
        created(machine.props())
    assert time.monotonic() - begin < 30
    seed = machine.network.seed
    stranger, one_time, own = (
        fingerprint(ssh_key.public_key(seed(label))) for label in ("stranger", "one-time", "own")
    )
    said = str(error.value)
    assert said.startswith(f"alpha-en at {machine.network.address('alpha-en')}: ")
    assert all(value in said for value in (stranger, one_time, own, UNKNOWN_HOST_KEY.code))
    assert PROVIDER.read("i-1", machine.props()).id == ""
    machine.no_secret_in(str(error.value) + "".join(capfd.readouterr()))


def test_a_client_that_is_refused_is_an_error_after_a_while(machine: Booted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(first_login, "DENIED_GRACE", 1.5)
    machine.boot()
    with pytest.raises(FirstLoginError) as error:
        created(machine.props(client="another"))
    assert lines(str(error.value), FIRST_LOGIN_DENIED, f"alpha-en at {machine.network.address('alpha-en')}: ", " root ")
    machine.no_secret_in(str(error.value))


def test_a_machine_that_comes_late_is_waited_for(
    machine: Booted, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(waiting, "PROGRESS_INTERVAL", 1.0)
    machine.network.up("alpha-en")
    late = threading.Timer(3, machine.boot)
    late.start()
    assert created(machine.props())["instance"] == "i-1"
    late.join()
    said = capfd.readouterr().err
    assert re.search(r"waiting, \d s of 10 min: alpha-en at [\d.]+: no SSH yet \(refuses connections: no sshd", said)
    machine.no_secret_in(said)


def test_a_machine_that_never_comes_is_given_up(machine: Booted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(first_login, "DEADLINE", 1.0)
    machine.network.up("alpha-en")
    with pytest.raises(FirstLoginError) as error:
        created(machine.props())
    assert lines(str(error.value), NO_FIRST_LOGIN, "alpha-en at ", " 1 s ", "refuses connections")


def test_a_refresh_tells_silence_from_a_machine_that_was_reset(
    machine: Booted, monkeypatch: pytest.MonkeyPatch
) -> None:
    known: Props = machine.props()
    with monkeypatch.context() as hurry:
        hurry.setattr(ssh, "CONNECT_TIMEOUT", 1.0)
        assert PROVIDER.read("i-1", known).outs == known  # nobody there
    machine.boot()
    drifted = PROVIDER.read("i-1", known)
    assert drifted.inputs is not None
    assert drifted.inputs["instance"] == ""
    news = PROVIDER.check(drifted.inputs, {key: value for key, value in known.items() if key != "instance"}).inputs
    assert PROVIDER.diff("i-1", drifted.outs or {}, news).changes
    created(known)
    assert not PROVIDER.diff("i-1", known, news).changes
