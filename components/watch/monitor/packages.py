"""The programs of the monitoring on a machine that the stack makes: their packages, from the archive of its image.

Which versions those are is the image's affair. Packages start services of their own on the ports of ours, so these are
masked first, and stay so. An image that has the programs already needs no way to an archive.
"""

import shlex
from collections.abc import Mapping, Sequence

from components.watch.monitor.folder import MonitoringFolder
from components.watch.monitor.process_commands import RUNNING
from components.watch.monitor.programs import PROMETHEUS_USER

SERVICE = "packages"
PATIENCE = 420.0
"""Seconds for the installation: a machine may still be busy with its own after its first boot."""
NODE_PROGRAMS = ("prometheus-node-exporter", "python3")
MONITOR_PROGRAMS = ("prometheus", "promtool", "prometheus-alertmanager", "amtool", "prometheus-node-exporter")
"""All in /usr/bin, where the units look for them."""
_PACKAGES = {"promtool": "prometheus", "amtool": "prometheus-alertmanager"}
"""Of Debian and Ubuntu, by program; that of others has the program's name."""
_SERVICES = ("prometheus", "prometheus-alertmanager", "prometheus-node-exporter")
"""Packages with a service of their own."""
_UPDATES = ("apt-daily.timer", "apt-daily-upgrade.timer")
"""They update a machine by themselves as soon as it reaches an archive, and restart what they update. Machines get
updates one at a time, with `make replace`."""
_PATIENT = "-o DPkg::Lock::Timeout=90 -o Acquire::http::Timeout=15 -o Acquire::https::Timeout=15"
"""With others who install something, and not with a mirror that does not answer."""


def scripts(programs: Sequence[str], folder: MonitoringFolder) -> Mapping[str, str]:
    """Return the commands by name, the same names as of a program. Only `start` needs a network."""
    packages = tuple(dict.fromkeys(_PACKAGES.get(one, one) for one in programs))
    there = " && ".join(f"[ -x /usr/bin/{one} ]" for one in programs)
    return {
        "prepare": _prepare([*(f"{one}.service" for one in packages if one in _SERVICES), *_UPDATES], folder),
        "running": f"! {{ {there}; }} || echo {RUNNING}",
        "start": _install(packages),
        "reload": ":\n",
        # Packages harm nobody, and may have been there before. On a machine that goes there is nothing to do.
        "remove": ":\n",
    }


def _prepare(units: Sequence[str], folder: MonitoringFolder) -> str:
    """Return what keeps units off, makes the programs' user, and gives it what it had on a former machine.

    A data volume outlives its machine, and the next image may count its users differently.
    """
    user, listed, alerts = PROMETHEUS_USER, shlex.join(units), shlex.quote(folder.of("alertmanager"))
    data = shlex.join([folder.data(one) for one in ("node-exporter", "prometheus", "alertmanager")])
    return f"""\
set -eu
said=$(systemctl mask {listed} 2>&1) || {{ echo "units of the image stay on: $said" >&2; exit 1; }}
systemctl stop {listed} 2>/dev/null || :
echo 'u {user} - "Prometheus" /var/lib/prometheus' | systemd-sysusers -
for path in {data}; do
    [ ! -d "$path" ] || [ "$(stat -c %U "$path")" = {user} ] || chown -Rh {user}: "$path"
done
[ ! -d {alerts} ] || find {alerts} -type f -perm 0600 ! -user {user} -exec chown -h {user}: {{}} +
"""


def _install(packages: Sequence[str]) -> str:
    """Return what installs packages. It waits for the end of the first boot, and for others who install something.

    needrestart would look for services to restart, of which one is the node.
    """
    names = shlex.join(packages)
    return f"""\
set -eu
command -v apt-get >/dev/null || {{
    echo 'this image has no apt-get: take one of Debian or Ubuntu, or one that has the programs of {names}' >&2
    exit 1
}}
export DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1
! command -v cloud-init >/dev/null || timeout 60 cloud-init status --wait >/dev/null 2>&1 || :
log=$(mktemp)
trap 'rm -f "$log"' EXIT
ended() {{ tail -n 5 "$log" >&2; exit 1; }}
tries=1
until timeout 60 apt-get -q {_PATIENT} -o APT::Update::Error-Mode=any update >"$log" 2>&1; do
    [ "$tries" -lt 3 ] || ended
    tries=$((tries + 1))
    sleep 10
done
apt-get -q -y {_PATIENT} install --no-install-recommends {names} >"$log" 2>&1 || ended
"""
