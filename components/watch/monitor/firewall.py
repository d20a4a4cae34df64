"""Who reaches the metrics of a machine: an nftables table of our own, which only drops, and only on these ports.

Nodes serve their metrics on all addresses, and nobody is asked for a password. Other tables of the machine decide as
before on all that this one lets through.
"""

import shlex
from collections.abc import Mapping, Sequence

from components.domain.roles import MONITORING_UNITS
from components.watch.monitor.folder import MonitoringFolder
from components.watch.monitor.process_commands import RUNNING
from components.watch.monitor.units import UNITS

TABLE = "servicechain_ha_metrics"
SERVICE = "firewall"
UNIT = f"{MONITORING_UNITS}{SERVICE}.service"
MARK = "made by servicechain-ha"
"""Comment of a rule, by which a table of this name is known to be of this program, and not somebody else's."""
_ITS_TABLE = f"nft list table inet {TABLE} 2>/dev/null"
_OURS = f"{_ITS_TABLE} | grep -qF {shlex.quote(MARK)}"


def rules(opened: Mapping[int, Sequence[str]]) -> str:
    """Return the table. `opened`: who may connect to each port, as networks; nobody but the machine itself if empty."""
    let_in = [
        f"        tcp dport {port} ip saddr {{ {', '.join(networks)} }} accept\n"
        for port, networks in opened.items()
        if networks
    ]
    ports = ", ".join(map(str, opened))
    return f"""\
# Made again by each `make up`. The first two lines replace a former table, in one step.
table inet {TABLE}
delete table inet {TABLE}
table inet {TABLE} {{
    chain input {{
        type filter hook input priority -10; policy accept;
        iif "lo" accept comment "{MARK}"
{"".join(let_in)}        tcp dport {{ {ports} }} drop
    }}
}}
"""


def rules_file(folder: MonitoringFolder) -> str:
    """Return the path of the table's file."""
    return f"{folder.of(SERVICE)}/rules.nft"


def unit(folder: MonitoringFolder) -> str:
    """Return the unit that makes the table at each boot, after that of the machine's own rules, which deletes all."""
    return f"""\
[Unit]
Description=ServiceChain monitoring: who reaches the metrics of this machine
After=nftables.service
Before=network-online.target
RequiresMountsFor={folder.root}

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/sbin/nft -f {rules_file(folder)}
ExecStop=-/usr/sbin/nft delete table inet {TABLE}

[Install]
WantedBy=multi-user.target
"""


def unit_files(folder: MonitoringFolder, *, systemd: bool) -> Mapping[str, str]:
    """Return the units by their paths; none where there is no systemd, and no table after a reboot."""
    return {f"{UNITS}/{UNIT}": unit(folder)} if systemd else {}


def scripts(folder: MonitoringFolder, *, systemd: bool) -> Mapping[str, str]:
    """Return the commands by name, the same names as of a program."""
    own, file = shlex.quote(folder.of(SERVICE)), shlex.quote(rules_file(folder))
    path = "PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin\n"
    checked = f"""\
if {_ITS_TABLE} | grep -q . && ! {_OURS}; then
    echo 'the table inet {TABLE} of nftables is there, and this program did not make it: delete or rename it' >&2
    exit 1
fi
nft --check -f {file} || exit
"""
    start = (
        f"systemctl daemon-reload && systemctl enable --quiet {UNIT} && systemctl restart {UNIT}\n"
        if systemd
        else f"nft -f {file}\n"
    )
    stop = (
        f"systemctl disable --quiet --now {UNIT} 2>/dev/null || :\nrm -f {UNITS}/{UNIT}\nsystemctl daemon-reload\n"
        if systemd
        else ""
    )
    return {
        "prepare": f"umask 022 && mkdir -p {own}",
        "running": f"{path}! {_OURS} || echo {RUNNING}",
        "start": path + checked + start,
        "reload": path + checked + start,
        "remove": f"{path}{stop}! {_OURS} || nft delete table inet {TABLE}\n"
        f"rm -rf {own}\n! [ -d {shlex.quote(folder.path)} ] || rmdir {shlex.quote(folder.path)} 2>/dev/null || :\n",
    }
