"""Machines that exist already: made by hand, with users of their own, some of them with a real systemd.

Root's login is the tests' way in. What the program is told is in `settings`.
"""

import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from components.dynamic.machines.local_host import LocalHostInputs
from components.dynamic.machines.local_network import switch_of
from components.dynamic.secrets import ssh_key
from tests.network.local_hosts import Network
from tests.network.systemd_machine import Machine, machine

SUDOER, USER = "ubuntu", "ops"
"""One who becomes root by sudo without a password, and one who never becomes root."""

_USERS = f"""
set -eu
mkdir -p /srv/.home /home
mount --bind /srv/.home /home
for user in {SUDOER} {USER}; do useradd -m -s /bin/sh -p '*' $user; done
mkdir -p /etc/sudoers.d
echo '{SUDOER} ALL=(ALL:ALL) NOPASSWD: ALL' >/etc/sudoers.d/{SUDOER}
chmod 0440 /etc/sudoers.d/{SUDOER}
"""

_LET_IN = """
chmod 0755 /run/ssh
chmod 0644 /run/ssh/authorized_keys
"""
"""For users other than root."""

_OWN_ETC = """
mkdir /run/etc
cp -a /etc/. /run/etc
mount --bind /run/etc /etc
"""
"""Of a local host, which has this machine's, read-only."""

_OWN_USERS = """
set -eu
umask 022
echo 'sshd:x:102:65534::/run/sshd:/usr/sbin/nologin' >>/etc/passwd
echo 'nogroup:x:65534:' >>/etc/group
echo 'Defaults use_pty' >/etc/sudoers
echo '@includedir /etc/sudoers.d' >>/etc/sudoers
chmod 0440 /etc/sudoers
mkdir -p /etc/pam.d
for part in auth account session; do echo "$part required pam_permit.so"; done >/etc/pam.d/sudo
"""
"""Of a machine with systemd, which begins with next to nothing in /etc."""

_SSHD = """
set -eu
umask 022
mkdir -p /run/sshd /run/ssh
echo '{authorized}' >/run/ssh/authorized_keys
umask 077
cat >/run/ssh/host_key
cat >/run/ssh/config <<END
ListenAddress {address}
HostKey /run/ssh/host_key
AuthorizedKeysFile /run/ssh/authorized_keys
UsePAM no
UseDNS no
MaxStartups 200
MaxSessions 200
Subsystem sftp internal-sftp
PidFile none
LogLevel ERROR
END
systemd-run --quiet --unit=way-in /usr/sbin/sshd -D -e -f /run/ssh/config
timeout 10 bash -c 'until (: </dev/tcp/{address}/22) 2>/dev/null; do sleep 0.05; done'
"""

_FILES = """
cd /
find / \\( {pruned} \\) -prune -o \\( -type d -printf '%p %M %u:%g\\n' -o -printf '%p %M %u:%g %s %l\\n' \\) | sort
"""
_NOT_LOOKED_AT = (
    *("/bin", "/dev", "/lib*", "/proc", "/sbin", "/sys", "/usr"),
    # What the tools that make and remove users keep of the time before, and what the machine itself writes.
    *("/etc/passwd-", "/etc/group-", "/etc/shadow-", "/etc/gshadow-", "/etc/subuid-", "/etc/subgid-", "/run/sudo"),
    *("/run/systemd", "/run/log", "/run/user", "/var/log", "/var/lib/systemd", "/var/lib/sudo", "/run/etc"),
)
# Without those of the question itself, and those in brackets, which end at this moment.
_PROCESSES = r"ps -e -o user:20=,args= | grep -vE ' (sshd|sh -c|\[|(ps|grep|sort)\b)' | sort"
_PORTS = (
    "cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | while read -r _ at _ state _; do [ $state != 0A ] || echo $at; done"
)


@dataclass(frozen=True)
class HandMade:
    """One machine."""

    network: Network
    name: str
    ask: Callable[[str], str]
    """Runs a command as root and returns what it prints."""
    loses_power_and_boots: Callable[[], None] | None = None
    """Where it has systemd: all processes end at once. Returns when its sshd answers again."""

    @property
    def settings(self) -> dict[str, Any]:
        """Return what the program has to know of it."""
        return {
            "address": self.network.address(self.name),
            "hostKey": ssh_key.public_key(self.network.seed(self.name)),
        }

    def login(self, user: str, *, sudo: bool = False) -> dict[str, Any]:
        """Return how a user logs in."""
        return {
            "host": self.network.address(self.name),
            "port": 22.0,
            "user": user,
            "sudo": sudo,
            "private_key": ssh_key.private_key(self.network.seed("client")),
            "host_key": ssh_key.public_key(self.network.seed(self.name)),
        }

    def found(self) -> Mapping[str, list[str]]:
        """Return all files, users, processes, listening ports and tables of nftables of the machine."""
        pruned = " -o ".join(f"-path '{path}'" for path in _NOT_LOOKED_AT)
        asked = {
            "files": _FILES.format(pruned=pruned),
            "users": "sort /etc/passwd /etc/group /etc/shadow /etc/gshadow",
            "processes": _PROCESSES,
            "ports": f"{_PORTS} | sort",
            "tables": "PATH=$PATH:/usr/sbin; ! command -v nft >/dev/null || nft list ruleset",
        }
        return {what: self.ask(command).splitlines() for what, command in asked.items()}


def existing(hosts: Mapping[str, HandMade], logins: Mapping[str, Mapping[str, object]]) -> dict[str, Any]:
    """Return the settings of machines. `logins`: what is not as SUDOER, with sudo, by systemd."""
    network = next(iter(hosts.values())).network
    return {
        "user": SUDOER,
        "privateKey": ssh_key.private_key(network.seed("client")),
        "diskGib": 1,
        "hosts": {name: {**host.settings, **logins.get(name, {})} for name, host in hosts.items()},
    }


def different(before: Mapping[str, list[str]], after: Mapping[str, list[str]]) -> list[str]:
    """Return what has come, with a +, and what has gone."""
    return [
        f"{sign}{what}: {line}"
        for what, lines in before.items()
        for sign, one, other in (("+", after[what], lines), ("-", lines, after[what]))
        for line in one
        if line not in other
    ]


def local(network: Network, name: str) -> HandMade:
    """Make a machine without systemd."""
    network.up(name)
    network.run(name, _OWN_ETC)
    network.run(name, _USERS + _LET_IN)
    return HandMade(network, name, lambda command: network.run(name, command))


@contextmanager
def with_systemd(network: Network, name: str, folder: Path) -> Iterator[HandMade]:
    """Boot a machine with systemd on the network; `folder` is an empty one of its own."""
    volume = folder / "volume"
    volume.mkdir()
    with machine(folder, volume) as up:
        _plug(network, name, up)
        text = _SSHD.format(authorized=ssh_key.public_key(network.seed("client")), address=network.address(name))

        def let_in() -> None:
            done = up.run(text, stdin=ssh_key.private_key(network.seed(name)))
            assert done.returncode == 0, done.stderr
            up.ask(_LET_IN)

        def loses_power_and_boots() -> None:
            up.loses_power_and_boots()
            let_in()

        up.ask(_OWN_USERS)
        let_in()
        up.ask(_USERS)
        yield HandMade(network, name, up.ask, loses_power_and_boots)


def _plug(network: Network, name: str, up: Machine) -> None:
    """Join the network, as local_host.sh does."""
    host = LocalHostInputs.model_validate(network.host(name))
    switch = switch_of(network.id).pid
    veth = f"link add eth0 address {host.mac} type veth peer name {host.port} netns /proc/{switch}/ns/net"
    address = f"address add {host.interface.with_prefixlen} broadcast + dev eth0"
    _ip(up.pid, f"{veth}\n{address}\nlink set eth0 up\n")
    _ip(switch, f"link set {host.port} master br0 up\n")


def _ip(pid: int, batch: str) -> None:
    command = ["nsenter", f"--net=/proc/{pid}/ns/net", "ip", "-batch", "-"]
    subprocess.run(command, input=batch, text=True, check=True)


@contextmanager
def hand_made(network: Network, folder: Path, names: Mapping[str, bool]) -> Iterator[dict[str, HandMade]]:
    """Make several machines; `names` tells of each whether it has systemd. They end with the network, or with us."""
    with ExitStack() as stack:
        found = {}
        for name, systemd in names.items():
            if systemd:
                place = folder / name
                place.mkdir()
                found[name] = stack.enter_context(with_systemd(network, name, place))
            else:
                found[name] = local(network, name)
        yield found
