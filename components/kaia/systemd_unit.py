"""The systemd unit of a node: kend.service, kscnd.service or kcnd.service. It runs the node's own binary.

The node is stopped by SIGTERM and has 120 s, because a killed node comes back up to 128 blocks behind. It may use only
what it needs: its data folder, its sockets, and /proc/meminfo, from which it sizes its caches. Every line was tested
with a real node.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from components.kaia.layout import SERVICE_USER, Layout

STOP_SECONDS: Final = 120

_PLAIN: Final = re.compile(r"[A-Za-z0-9_./:,=@+-]+")
_HARDENING: Final = """\
NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
UMask=0077
ProtectSystem=strict
ReadWritePaths={data}
NoExecPaths={data}
ProtectHome=yes
PrivateTmp=yes
PrivateMounts=yes
PrivateDevices=yes
DevicePolicy=closed
PrivateUsers=yes
PrivateIPC=yes
RemoveIPC=yes
ProtectProc=invisible
ProtectClock=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectControlGroups=yes
# Go lists the network interfaces through NETLINK.
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
KeyringMode=private
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged
SystemCallErrorNumber=EPERM
# A dump of the memory would hold the keys.
LimitCORE=0
"""


def render(layout: Layout, node: str, arguments: Sequence[str]) -> str:
    """Return the unit of the node of that name.

    Raises ValueError if an argument contains a control character.
    """
    package = layout.package
    return f"""\
[Unit]
Description={_text(f"Kaia {package.program} {package.version}: {node}")}
Wants=network-online.target time-sync.target
After=network-online.target time-sync.target
RequiresMountsFor={_path(layout.root)}
# Never give up: a node that comes back late is better than none.
StartLimitIntervalSec=0

[Service]
Type=exec
User={SERVICE_USER}
Group={SERVICE_USER}
ExecStart={command(layout.current.binary, arguments)}
Restart=always
RestartSec=3
KillSignal=SIGTERM
TimeoutStopSec={STOP_SECONDS}
LimitNOFILE=1048576
SyslogIdentifier={package.daemon}

{_HARDENING.format(data=_path(layout.data))}
[Install]
WantedBy=multi-user.target
"""


def command(binary: str, arguments: Sequence[str]) -> str:
    """Return a command line for ExecStart that systemd passes on literally, one flag per line.

    Raises ValueError if a word contains a control character.
    """
    return "".join(_lines(binary, arguments))


def _lines(binary: str, arguments: Sequence[str]) -> Iterator[str]:
    yield _path(binary)
    for argument in arguments:
        yield " \\\n    " if argument.startswith("-") else " "
        yield _word(argument)


def _word(text: str) -> str:
    """Quote one argument. % and $ are special in a command line (see systemd.service, COMMAND LINES)."""
    escaped = _text(text).replace("$", "$$")
    if _PLAIN.fullmatch(escaped):
        return escaped
    return '"' + escaped.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _path(text: str) -> str:
    """Check that a path needs no quoting, whose rules differ between the settings of a unit."""
    if not (text.startswith("/") and _PLAIN.fullmatch(text)):
        msg = f"the path {text!r} cannot be written into a systemd unit"
        raise ValueError(msg)
    return text


def _text(text: str) -> str:
    """Double each %, which is special in every setting."""
    if not text.isprintable():
        msg = f"{text!r} has a control character, which cannot be written into a systemd unit"
        raise ValueError(msg)
    return text.replace("%", "%%")
