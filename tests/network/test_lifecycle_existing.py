"""The life of a claim on a machine that exists already, and of the look before it, for real. Needs root."""

from collections.abc import Iterator
from typing import Any

import pytest

from components.domain.problems.hosts import (
    CLAIM_FAILED,
    COMMAND_FAILED,
    LEFT_BEHIND,
    MACHINE_LACKS,
    RELEASE_FAILED,
    SOCKET_SILENT,
)
from components.domain.problems.packages import CHAIN_DATA_LATE
from components.dynamic.base import Props
from components.dynamic.machines.existing_host import ExistingHost, ExistingHostError, ExistingHostProvider
from components.dynamic.machines.host_preflight import HostPreflight, HostPreflightProvider
from components.dynamic.nodes.chaindata import ChainDataError, ChainDataProvider
from components.hosts.local_preflight import missing
from components.ssh import connection as ssh
from components.ssh.errors import CommandFailed, NobodyListens
from components.ssh.login import Login
from components.ssh.unix_socket import unix_socket
from tests.lifecycle import Behind, Edit, Life, lifecycle
from tests.network.existing_hosts import SUDOER, USER, HandMade, different, local
from tests.network.local_hosts import Network, running_network
from tests.run import lines

pytestmark = pytest.mark.skipif(bool(missing()), reason=" ".join(missing()))

CLAIMS = ExistingHostProvider()
FOLDER = "/srv/some/where/servicechain"
NEEDS: Props = {
    "host": "alpha-en",
    "owner": "ab12cd34",
    "user": SUDOER,
    "sudo": False,
    "folder": FOLDER,
    "ports": ["tcp 32323"],
    "tools": ["tar"],
    "disk_gib": 1.0,
    "files": True,
}
_ECHO = """
import socket
with socket.socket(socket.AF_UNIX) as listener:
    listener.bind("/root/socket")
    listener.listen()
    link, _ = listener.accept()
    with link, link.makefile("rwb") as lines:
        for line in lines:
            lines.write(line.upper())
            lines.flush()
"""
_SILENT = 'import socket, time; s = socket.create_server(("127.0.0.1", 8123)); time.sleep(300)'
"""A server that never answers."""


@pytest.fixture(scope="module")
def network() -> Iterator[Network]:
    with running_network() as network:
        yield network


@pytest.fixture(scope="module")
def host(network: Network) -> HandMade:
    return local(network, "alpha-en")


def claim(host: HandMade, user: str = SUDOER, **changed: Any) -> Props:
    """Return the inputs of a claim by a user."""
    login = host.login(user, sudo=user == SUDOER)
    return {
        "name": host.name,
        "login": login,
        "machine": f"{login['host']} {login['host_key']}",
        "owner": "ab12cd34",
        "stack": "test",
        "folder": FOLDER,
        "instance": "claim-1",
        **changed,
    }


def test_a_claim(host: HandMade) -> None:
    before = host.found()
    secrets = [claim(host)["login"]["private_key"].splitlines()[3]]
    edits = [
        Edit({"stack": "renamed"}),
        Edit({"login": host.login("root")}),
        Edit({"folder": "/srv/other"}),
        Edit({"owner": "00000000"}, "replace"),
    ]
    gone = Behind(lambda: host.ask("rm -r /srv/other"))
    life = Life(ExistingHostProvider(), ExistingHost)
    lifecycle(life, claim(host, instance=None), edits, disappear=gone, secrets=secrets)
    assert different(before, host.found()) == []


def test_a_look(host: HandMade) -> None:
    def look(**changed: Any) -> Props:
        return {"hosts": [{"login": host.login(SUDOER, sudo=True), "needs": {**NEEDS, **changed}}]}

    before = host.found()
    secrets = [host.login("root")["private_key"].splitlines()[3]]
    life = Life(HostPreflightProvider(), HostPreflight)
    lifecycle(life, look(), [Edit(look(tools=["tar", "sed"]))], secrets=secrets, lasting=True)
    (failure,) = HostPreflightProvider().check({}, look(ports=["tcp 22"])).failures or []
    assert failure.reason == (
        f"nothing was changed on any machine, because 1 thing is missing on 1 of them: [{MACHINE_LACKS.code}]\n"
        f"  - {host.name} at {host.settings['address']}:22: another program uses its port(s) tcp 22: stop it, or name "
        "another machine"
    )
    assert different(before, host.found()) == []


def test_a_machine_that_is_known_is_not_looked_at_again(host: HandMade, network: Network) -> None:
    gone = {**host.login("root"), "host": network.address("gamma-scn")}
    known: Props = {"hosts": [{"login": gone, "needs": NEEDS}]}
    assert not HostPreflightProvider().check(known, known).failures
    assert HostPreflightProvider().check({}, known).failures


def test_a_login_that_is_refused_names_the_key_to_add(host: HandMade) -> None:
    host.ask("chmod 0600 /run/ssh/authorized_keys")
    try:
        look = {"hosts": [{"login": host.login(USER), "needs": NEEDS}]}
        (failure,) = HostPreflightProvider().check({}, look).failures or []
    finally:
        host.ask("chmod 0644 /run/ssh/authorized_keys")
    public = host.network.run(host.name, "cat /run/ssh/authorized_keys").strip()
    assert lines(failure.reason, MACHINE_LACKS)
    assert f"the authorized_keys of {USER} " in failure.reason
    assert f"`{public}`" in failure.reason


@pytest.mark.parametrize("user", [SUDOER, "root"])
def test_a_folder_of_others_is_not_claimed(host: HandMade, user: str) -> None:
    before = host.found()
    host.ask(f"mkdir -p {FOLDER} && touch {FOLDER}/theirs")
    with pytest.raises(ExistingHostError) as others:
        CLAIMS.create(claim(host, user))
    assert lines(str(others.value), CLAIM_FAILED, "alpha-en: ", FOLDER, "(theirs)")
    host.ask(f"rm {FOLDER}/theirs")
    mine, yours = claim(host, user), claim(host, user, owner="00000000")
    CLAIMS.create(mine)
    with pytest.raises(ExistingHostError) as taken:
        CLAIMS.create(yours)
    assert lines(str(taken.value), CLAIM_FAILED, FOLDER, "alpha-en in the stack test")
    CLAIMS.delete("", yours)
    assert CLAIMS.read("id", mine).id, "what is another's is not released"
    CLAIMS.delete("", mine)
    host.ask(f"rmdir -p {FOLDER} 2>/dev/null || true")
    assert different(before, host.found()) == [], "an empty folder that was there is there"


def test_a_claim_ends_what_runs_in_it(host: HandMade) -> None:
    home = f"/home/{USER}/servicechain"
    before = host.found()
    CLAIMS.create(claim(host, USER, folder=home))
    ssh.run(Login.model_validate(host.login(USER)), f"cp /bin/sleep {home}; setsid {home}/sleep 100 >/dev/null 2>&1 &")
    assert different(before, host.found())
    CLAIMS.delete("", claim(host, USER, folder=home))
    assert different(before, host.found()) == []


def test_a_claim_ends_the_work_that_goes_on_by_itself(host: HandMade) -> None:
    home = f"/home/{USER}/servicechain"
    host.ask(f"setsid python3 -c '{_SILENT}' >/dev/null 2>&1 </dev/null &")
    before = host.found()
    CLAIMS.create(claim(host, USER, folder=home))
    work = {"node": "alpha-en", "login": host.login(USER), "root": home, "instance": "1", "sha256": "ab" * 32}
    archive = {"owner": f"{USER}:", "hours": 0, "source": "http://127.0.0.1:8123/chaindata.tar.gz"}
    with pytest.raises(ChainDataError, match=f"^alpha-en: .*{CHAIN_DATA_LATE.code}"):
        ChainDataProvider().create({**work, **archive})
    assert [line for line in host.found()["processes"] if "chaindata.sh work" in line]
    assert [line for line in host.found()["processes"] if "curl" in line]
    CLAIMS.delete("", claim(host, USER, folder=home))
    assert different(before, host.found()) == []
    host.ask("pkill -f create_server")


def test_a_release_that_was_cut_off_is_finished(host: HandMade) -> None:
    before = host.found()
    CLAIMS.create(claim(host))
    host.ask(f"mkdir {FOLDER}/data; mount --bind {FOLDER}/data {FOLDER}/data")
    with pytest.raises(ExistingHostError) as stuck:
        CLAIMS.delete("", claim(host))
    assert lines(str(stuck.value), RELEASE_FAILED, "alpha-en: ", f"the folder {FOLDER} ")
    host.ask(f"umount {FOLDER}/data")
    CLAIMS.delete("", claim(host))
    assert different(before, host.found()) == []


def test_a_dead_machine_is_let_go_with_a_word(network: Network, capfd: pytest.CaptureFixture[str]) -> None:
    dead = local(network, "beta-scn")
    network.down("beta-scn")
    CLAIMS.delete("", claim(dead, unit="kscnd.service", account="kaia"))
    said = capfd.readouterr().err
    assert lines(said, LEFT_BEHIND, "beta-scn: ", FOLDER, "kscnd.service", "kaia")


def test_a_socket_of_root_is_reached_by_sudo(host: HandMade) -> None:
    login = Login.model_validate(host.login(SUDOER, sudo=True))

    async def talk(path: str) -> list[bytes]:
        reader, writer = await unix_socket(login, path)
        writer.write(b"one\n")
        first = await reader.readline()
        writer.write(b"x" * 1_000_000 + b"\n")
        second = await reader.readline()
        writer.close()
        return [first, second]

    with pytest.raises(NobodyListens, match=f"/root/socket .*{SOCKET_SILENT.code}"):
        ssh.wait(talk("/root/socket"), 20)
    host.ask(f"cd /; setsid python3 -c '{_ECHO}' >/dev/null 2>&1 & while ! [ -S /root/socket ]; do sleep 0.1; done")
    assert ssh.wait(talk("/root/socket"), 20) == [b"ONE\n", b"X" * 1_000_000 + b"\n"]
    host.ask("rm /root/socket")
    stranger = Login.model_validate(host.login(USER, sudo=True))
    with pytest.raises(CommandFailed) as failed:
        ssh.wait(unix_socket(stranger, "/root/socket"), 20)
    assert lines(str(failed.value), COMMAND_FAILED, "/root/socket", "a password is required"), "sudo's own words"
