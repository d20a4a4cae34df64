"""Checks whether this computer can run local hosts."""

import os
import shutil
import subprocess
import sys

from components.domain.problems.hosts import NO_LINUX, NO_NAMESPACES, NO_ROOT, PROGRAM_MISSING
from components.domain.problems.problem import Message

TOOLS = {
    "ip": "iproute2",
    "mount": "mount",
    "nsenter": "util-linux",
    "pivot_root": "util-linux",
    "ps": "procps",
    "setsid": "util-linux",
    "sshd": "openssh-server",
    "unshare": "util-linux",
}
"""Programs that a local host needs, and the Debian packages that contain them."""
MONITORING_TOOLS = {
    "prometheus": "prometheus",
    "promtool": "prometheus",
    "prometheus-alertmanager": "prometheus-alertmanager",
    "amtool": "prometheus-alertmanager",
    "prometheus-node-exporter": "prometheus-node-exporter",
    "python3": "python3",
    "setpriv": "util-linux",
}
"""What the monitoring needs besides."""


def missing(*, monitored: bool = False) -> list[Message]:
    """Return a message for each thing that is missing on this computer; empty if local hosts can be made.

    `monitored`: whether they are to be monitored too.
    """
    if sys.platform != "linux":
        return [NO_LINUX("Local hosts are Linux namespaces: run this on Linux, or choose another target.")]
    if os.geteuid() != 0:
        return [NO_ROOT("Local hosts need root: run this as root, or choose another target.")]
    absent = [
        PROGRAM_MISSING(f"The program {tool} is missing: apt-get install {package}.")
        for tool, package in TOOLS.items()
        if not shutil.which(tool)
    ]
    if monitored:
        absent += [
            PROGRAM_MISSING(
                f"The program {tool} for the monitoring is missing: apt-get install {package}, or turn it off with "
                "`pulumi config set --path servicechain-ha:monitoring.enabled false`."
            )
            for tool, package in MONITORING_TOOLS.items()
            if tool not in TOOLS and not shutil.which(tool)
        ]
    if absent:
        return absent
    attempt = ["unshare", "--net", "--mount", "--pid", "--uts", "--ipc", "--fork", "true"]
    if subprocess.run(attempt, capture_output=True, check=False).returncode:
        return [NO_NAMESPACES("This root may not make namespaces: a container needs --privileged for local hosts.")]
    return []
