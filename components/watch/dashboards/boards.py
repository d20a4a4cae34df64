"""All boards, by the names of their files."""

from collections.abc import Mapping
from typing import Any

from components.watch.dashboards.bridge_board import bridge_board
from components.watch.dashboards.nodes_board import nodes_board


def boards() -> Mapping[str, Mapping[str, Any]]:
    """Return the boards."""
    return {"bridge": bridge_board(), "nodes": nodes_board()}
