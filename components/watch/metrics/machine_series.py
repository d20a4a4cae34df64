"""The series of node_exporter and of Prometheus that rules and dashboards use. Pure data.

Names as in node_exporter 1.5.0 and Prometheus 2.42 of Debian 12.
"""

from typing import Final

from components.watch.metrics.series import SeriesOf, all_in

_machine = SeriesOf("every machine", "node_")
_target = SeriesOf("every target")
_RATE: Final = "A counter: use rate()."

UP: Final = _target("up", "Whether the target answered the last scrape (1).", "Prometheus")
SCRAPE_SECONDS: Final = _target(
    "scrape_duration_seconds", "How long the last scrape took.", "Prometheus", unit="seconds"
)

DISK_FREE: Final = _machine(
    "filesystem_avail_bytes",
    "Free space for users.",
    "node_exporter: filesystem",
    "device",
    "fstype",
    "mountpoint",
    unit="bytes",
    pitfall="For the disk of a node's data use servicechain_data_free_bytes: it needs no mountpoint.",
)
DISK_SIZE: Final = _machine(
    "filesystem_size_bytes",
    "Size of the disk.",
    "node_exporter: filesystem",
    "device",
    "fstype",
    "mountpoint",
    unit="bytes",
)
DISK_READ_ONLY: Final = _machine(
    "filesystem_readonly",
    "Whether the disk is mounted read-only (1).",
    "node_exporter: filesystem",
    "device",
    "fstype",
    "mountpoint",
)
DISK_BUSY: Final = _machine(
    "disk_io_time_seconds_total",
    "Time that the disk was busy.",
    "node_exporter: diskstats",
    "device",
    unit="seconds",
    kind="counter",
    pitfall=_RATE,
)
MEMORY_FREE: Final = _machine(
    "memory_MemAvailable_bytes", "Memory that programs can have.", "node_exporter: meminfo", unit="bytes"
)
MEMORY_SIZE: Final = _machine("memory_MemTotal_bytes", "Memory.", "node_exporter: meminfo", unit="bytes")
OOM_KILLS: Final = _machine(
    "vmstat_oom_kill",
    "Processes that were killed for want of memory.",
    "node_exporter: vmstat",
    kind="counter",
    pitfall=_RATE,
)
CPU: Final = _machine(
    "cpu_seconds_total",
    "Time of the processors.",
    "node_exporter: cpu",
    "cpu",
    "mode",
    unit="seconds",
    kind="counter",
    pitfall=_RATE,
)
LOAD: Final = _machine("load1", "Load over one minute.", "node_exporter: loadavg")
NETWORK_RECEIVED: Final = _machine(
    "network_receive_bytes_total",
    "Bytes received.",
    "node_exporter: netdev",
    "device",
    unit="bytes",
    kind="counter",
    pitfall=_RATE,
)
NETWORK_SENT: Final = _machine(
    "network_transmit_bytes_total",
    "Bytes sent.",
    "node_exporter: netdev",
    "device",
    unit="bytes",
    kind="counter",
    pitfall=_RATE,
)
FILES_OPEN: Final = _machine("filefd_allocated", "Open files of the machine.", "node_exporter: filefd")
FILES_MOST: Final = _machine("filefd_maximum", "Most open files of the machine.", "node_exporter: filefd")
CLOCK_OFFSET: Final = _machine(
    "timex_offset_seconds",
    "By how much the kernel's clock discipline still has to correct the clock.",
    "node_exporter: timex",
    unit="seconds",
    pitfall="0 where nothing disciplines the clock: see node_timex_sync_status.",
)
CLOCK_SYNCED: Final = _machine(
    "timex_sync_status", "Whether a time server disciplines the clock (1).", "node_exporter: timex"
)
CLOCK: Final = _machine(
    "time_seconds",
    "The machine's time (Unix time).",
    "node_exporter: time",
    unit="seconds",
    pitfall="timestamp() minus it is the offset from the monitor's clock, plus the time of the scrape.",
)
BOOTED: Final = _machine(
    "boot_time_seconds", "When the machine was started (Unix time).", "node_exporter: stat", unit="seconds"
)
TEXTFILE_TIME: Final = _machine(
    "textfile_mtime_seconds",
    "When the exporter's file was written (Unix time).",
    "node_exporter: textfile",
    "file",
    unit="seconds",
)
TEXTFILE_ERROR: Final = _machine(
    "textfile_scrape_error", "Whether the exporter's file cannot be read (1).", "node_exporter: textfile"
)

ALERTS_FAILED: Final = SeriesOf("alertmanager", "alertmanager_")(
    "notifications_failed_total",
    "Messages that could not be sent to a receiver.",
    "Alertmanager",
    "integration",
    kind="counter",
    pitfall=_RATE,
)

ALL: Final = all_in(globals())
"""In the order of this module."""
