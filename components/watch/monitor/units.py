"""The programs of the monitoring as services of systemd: their units, and the commands around them.

The exporter ends after each run, so a timer starts it. The others stay, and are started again when they end.
"""

import shlex
from collections.abc import Mapping

from components.domain.roles import MONITORING_UNITS
from components.kaia.systemd_unit import command
from components.watch.monitor.folder import MonitoringFolder
from components.watch.monitor.process_commands import RUNNING, checked, linked, removed
from components.watch.monitor.programs import Watcher

UNITS = "/etc/systemd/system"
STOP_SECONDS = 20

_HARDENING = """\
NoNewPrivileges=yes
ProtectSystem=strict
ReadWritePaths={data}
# node_exporter reports the sizes of disks below these, too.
ProtectHome=read-only
PrivateTmp=yes
ProtectControlGroups=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native
LimitCORE=0
"""


def unit_of(watcher: Watcher) -> str:
    """Return the name of the unit that runs all the time: a service, or the timer of one."""
    return f"{MONITORING_UNITS}{watcher.service}.{'timer' if watcher.every else 'service'}"


def files(watcher: Watcher) -> Mapping[str, str]:
    """Return the units of a program by their paths. Raises ValueError for a value that no unit can hold."""
    service = f"{UNITS}/{MONITORING_UNITS}{watcher.service}.service"
    found = {service: _service(watcher)}
    if watcher.every:
        found[f"{UNITS}/{unit_of(watcher)}"] = _timer(watcher, watcher.every)
    return found


def scripts(watcher: Watcher, folder: MonitoringFolder) -> Mapping[str, str]:
    """Return the commands by name, the same names as without systemd."""
    unit, units = unit_of(watcher), sorted({f"{MONITORING_UNITS}{watcher.service}.service", unit_of(watcher)})
    paths = [f"{UNITS}/{one}" for one in units]
    return {
        "prepare": _prepare(watcher, folder),
        "running": f"! systemctl is-active --quiet {unit} || echo {RUNNING}",
        "start": (
            f"{checked(watcher)}systemctl daemon-reload && systemctl enable --quiet {unit} && "
            f"systemctl restart {unit} && sleep 0.5 && systemctl is-active --quiet {unit} || "
            f"{{ systemctl status --no-pager --lines 5 {shlex.join(units)} >&2; exit 1; }}\n"
        ),
        "reload": f"{checked(watcher)}systemctl reload {unit}\n" if watcher.reloads else ":\n",
        "remove": (
            f"systemctl disable --quiet --now {shlex.join(units)} 2>/dev/null || :\n"
            f"rm -f {shlex.join(paths)}\nsystemctl daemon-reload\n{removed(watcher, folder)}"
        ),
    }


def _prepare(watcher: Watcher, folder: MonitoringFolder) -> str:
    user = shlex.quote(watcher.user or "root")
    made = shlex.join([folder.path, folder.of(watcher.service), watcher.data])
    return f"""\
set -eu
umask 022
id -u {user} >/dev/null || {{
    echo 'there is no user {user} on this machine, which the package prometheus makes' >&2
    exit 1
}}
mkdir -p {made}
chown {user}: {shlex.quote(watcher.data)}
{linked(watcher, folder)}"""


def _service(watcher: Watcher) -> str:
    stays = "" if watcher.every else f"Restart=always\nRestartSec=5\nTimeoutStopSec={STOP_SECONDS}\n"
    reload = "ExecReload=/bin/kill -HUP $MAINPID\n" if watcher.reloads else ""
    install = "" if watcher.every else "\n[Install]\nWantedBy=multi-user.target\n"
    limit = f"TimeoutStartSec={watcher.every * 2}\n" if watcher.every else ""
    return f"""\
[Unit]
Description=ServiceChain monitoring: {watcher.about}
After=network-online.target
Wants=network-online.target
StartLimitIntervalSec=0

[Service]
Type={"oneshot" if watcher.every else "exec"}
User={watcher.user or "root"}
ExecStart={command(watcher.command[0], watcher.command[1:])}
{reload}{stays}{limit}SyslogIdentifier={MONITORING_UNITS}{watcher.service}

{_HARDENING.format(data=watcher.data)}{install}"""


def _timer(watcher: Watcher, every: int) -> str:
    return f"""\
[Unit]
Description=ServiceChain monitoring: {watcher.about}

[Timer]
OnBootSec={every}
OnUnitActiveSec={every}
OnActiveSec=0
AccuracySec=1

[Install]
WantedBy=timers.target
"""
