"""A machine as it is after its first boot: a local host with a second sshd, which has the settings of a distribution.

The sshd of the local host itself stays at port 22 as the way in for the tests; the one under test is at PORT, reads
/etc/ssh, and shows the one-time key.
"""

from dataclasses import dataclass

from components.dynamic.base import Props
from components.dynamic.secrets import ssh_key
from tests.network.local_hosts import Network

PORT = 2222

SETTINGS = f"""\
Include /etc/ssh/sshd_config.d/*.conf
Port {PORT}
AuthorizedKeysFile /run/ssh/authorized_keys
UsePAM no
PidFile none
Subsystem sftp internal-sftp
"""
"""Like those of Debian, Ubuntu and Amazon Linux 2023: what the image has of its own comes after the Include."""

OLD_SETTINGS = SETTINGS.partition("\n")[2] + "".join(
    f"HostKey /etc/ssh/ssh_host_{kind}_key\n" for kind in ("rsa", "ecdsa", "ed25519")
)
"""Without an Include, and with all host keys named."""

_SSHD = f"""\
/usr/sbin/sshd
timeout 10 bash -c 'until (: < /dev/tcp/127.0.0.1/{PORT}) 2> /dev/null; do sleep 0.05; done'
"""
"""It goes to the background before it listens."""

_BOOT = """
set -eu
mount -t tmpfs tmpfs /etc/ssh
cd /etc/ssh
mkdir sshd_config.d
cat > sshd_config << 'END'
{settings}
END
ssh-keygen -q -t rsa -b 2048 -N '' -f ssh_host_rsa_key
ssh-keygen -q -t ecdsa -N '' -f ssh_host_ecdsa_key
umask 077
cat > ssh_host_ed25519_key << 'END'
{key}
END
echo '{public}' > ssh_host_ed25519_key.pub
{sshd}"""

_SYSTEMD = """
mkdir -p /run/systemd/system
mount -t tmpfs tmpfs /usr/local/bin
cat > /usr/local/bin/systemctl << 'END'
#!/bin/sh
echo "$@" >> /run/asked
case "$*" in
    "is-active --quiet sshd") ;;
    "reload sshd") kill -HUP "$(pgrep -o -f '^sshd: /usr/sbin/sshd [[]listener')" ;;
    *) exit 3 ;;
esac
END
chmod +x /usr/local/bin/systemctl
"""

_STOP = "for p in $(pgrep -f '^sshd: /usr/sbin/sshd [[]listener'); do kill $p; done"


def telltale(network: Network, label: str) -> str:
    """Return what is in every text of this private key; some bytes before it are other ones each time."""
    return ssh_key.private_key(network.seed(label)).splitlines()[3][8:48]


@dataclass(frozen=True)
class Booted:
    """One machine of a local network."""

    network: Network
    name: str

    def boot(self, shown: str = "one-time", settings: str = SETTINGS) -> None:
        """Make the local host, if need be, and start its sshd with the key of this label."""
        if not self.network.alive(self.name):
            self.network.up(self.name)
        seed = self.network.seed(shown)
        key = ssh_key.private_key(seed).strip()
        self.inside(_BOOT.format(sshd=_SSHD, settings=settings, key=key, public=ssh_key.public_key(seed)))

    def pretend_systemd(self) -> None:
        """Put a systemctl there which knows the one unit sshd, and notes in /run/asked what it was asked."""
        self.inside(_SYSTEMD)

    def restart(self) -> None:
        """End the sshd under test and start it again, as a reboot does."""
        self.inside(f"{_STOP}; while pgrep -f 'sshd [[]listener' -a | grep -v ' -D '; do sleep 0.05; done")
        self.inside(_SSHD)

    def inside(self, command: str) -> str:
        """Run a command on the machine, whatever key the sshd under test shows."""
        return self.network.run(self.name, command)

    def login(self, *, client: str = "client", proxy: Props | None = None) -> Props:
        """Return how to log in, with the machine's own key pinned."""
        seed = self.network.seed
        props: Props = {
            "host": self.network.address(self.name),
            "port": float(PORT),
            "user": "root",
            "private_key": ssh_key.private_key(seed(client)),
            "host_key": ssh_key.public_key(seed("own")),
        }
        return {**props, "proxy": proxy} if proxy else props

    def props(self, *, client: str = "client", proxy: Props | None = None) -> Props:
        """Return the inputs of the first login."""
        seed = self.network.seed
        return {
            "name": self.name,
            "login": self.login(client=client, proxy=proxy),
            "one_time_host_key": ssh_key.public_key(seed("one-time")),
            "host_private_key": ssh_key.private_key(seed("own")),
            "machine": "i-1",
            "instance": "i-1",
        }

    @property
    def own_key(self) -> set[str]:
        """Return what it shows after the first login."""
        return {ssh_key.public_key(self.network.seed("own"))}

    def no_secret_in(self, text: str) -> None:
        """Fail if the text holds a part of a private key."""
        assert "PRIVATE" not in text
        for label in ("one-time", "own", "client"):
            assert telltale(self.network, label) not in text

    def shown(self) -> set[str]:
        """Return all host keys that the machine shows, of whatever kind."""
        scan = f"ssh-keyscan -p {PORT} {self.network.address(self.name)} 2>/dev/null"
        return {line.split(" ", 1)[1] for line in self.inside(scan).splitlines() if not line.startswith("#")}

    def direct(self, *, pinned: str | None = None) -> Props:
        """Return the login to the local host's own sshd, which serves as a bastion."""
        seed = self.network.seed
        return {
            "host": self.network.address(self.name),
            "user": "root",
            "private_key": ssh_key.private_key(seed("client")),
            "host_key": ssh_key.public_key(seed(pinned or self.name)),
        }
