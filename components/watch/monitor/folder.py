"""Where the monitoring is on a machine: everything in one folder below the host's own."""

from dataclasses import dataclass


@dataclass(frozen=True)
class MonitoringFolder:
    """The paths of its files."""

    root: str
    """The folder of the host."""

    @property
    def path(self) -> str:
        """Return the folder that holds everything."""
        return f"{self.root}/monitoring"

    @property
    def textfiles(self) -> str:
        """Return the folder that node_exporter reads; the exporter writes into it."""
        return f"{self.path}/textfiles"

    @property
    def prom(self) -> str:
        """Return the file that the exporter writes."""
        return f"{self.textfiles}/servicechain.prom"

    def of(self, service: str) -> str:
        """Return the folder with the configuration of a program, which belongs to root."""
        return f"{self.path}/{service}"

    def data(self, service: str) -> str:
        """Return the folder that a program writes to."""
        return f"{self.path}/{service}-data"

    def pid(self, service: str) -> str:
        """Return the file with the id of a program's process, where there is no systemd."""
        return f"{self.path}/{service}.pid"

    def log(self, service: str) -> str:
        """Return the file with what a program says, where there is no systemd."""
        return f"{self.path}/{service}.log"
