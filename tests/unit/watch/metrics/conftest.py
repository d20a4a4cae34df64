"""A node on an IPC socket, and the exporter's configuration for it."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from eth_utils.address import to_checksum_address

from components.watch.metrics.exporter import once
from components.watch.metrics.exporter_file import configuration, observed
from tests.metrics_file import Values, values_of
from tests.unit.watch.metrics.fake_ipc import FakeIpc
from tests.unit.watch.samples import FakeReach, targets


@dataclass
class Watched:
    """A node that an exporter reads."""

    ipc: FakeIpc
    config: dict[str, Any]
    folder: Path
    words: str = ""
    """What the last run said of it."""

    @property
    def out(self) -> Path:
        """Return the file that the exporter writes."""
        return Path(self.config["out"])

    @property
    def cache(self) -> Path:
        """Return what it remembers."""
        return Path(self.config["out"] + ".cache")

    def written(self) -> Path:
        """Write the configuration, and return its file."""
        file = self.folder / "exporter.json"
        file.write_text(json.dumps(self.config))
        return file

    def values(self) -> Values:
        """Run the exporter once, and return what it writes."""
        self.words = once(str(self.written()))
        return values_of(self.out.read_text())


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Callable[[str], Watched]]:
    """Yield a function that starts a node of the sample stack, and returns it with its exporter."""
    open_: list[FakeIpc] = []

    def start(node: str) -> Watched:
        reach = FakeReach()
        for side, contract in reach.contracts.items():
            declared = targets().contracts[side].tokens  # type: ignore[index]
            contract.tokens = {to_checksum_address(token.address): token.counterpart for token in declared}
        ipc = FakeIpc(tmp_path / "klay.ipc", node, reach)
        open_.append(ipc)
        (target,) = (one for one in targets().nodes if one.name == node)
        config = configuration(observed(targets(), target, str(tmp_path / "servicechain.prom")))
        return Watched(ipc, {**config, "ipc": ipc.path, "data": str(tmp_path)}, tmp_path)

    yield start
    for ipc in open_:
        ipc.close()


@pytest.fixture
def scn(watch: Callable[[str], Watched]) -> Watched:
    """Return the SCN of the pair alpha."""
    return watch("scn-1")


@pytest.fixture
def en(watch: Callable[[str], Watched]) -> Watched:
    """Return the EN of the pair alpha."""
    return watch("alpha-en")
