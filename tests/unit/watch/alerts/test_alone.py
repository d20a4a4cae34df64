"""BridgeNodeAlone: a node that should have peers has none. Whether it should depends on who else runs the chain."""

from pathlib import Path
from typing import Any

import pytest

from components.watch.metrics import exporter_series as series
from tests.unit.watch.alerts.test_rules import promtool, samples

EN = {"node": "pair-1-en", "role": "en", "chain": "parent"}
SCN = {"node": "scn-1", "role": "scn", "chain": "child"}
ALONE = 'group by (node) (ALERTS{alertname="BridgeNodeAlone", alertstate="firing"})'


def world(node: dict[str, str], peers: int, validators: int) -> dict[str, Any]:
    """Return the test of the only node of the stack on its chain."""
    inside = ",".join(f'{name}="{text}"' for name, text in {"stack": "dev", **node, "job": "machine"}.items())
    values = {
        str(series.LAST_RUN): "0+60x20",
        str(series.PEERS): f"{peers}x20",
        str(series.VALIDATORS): f"{validators}x20",
    }
    fires = samples([{"node": node["node"]}] if peers == 0 and (validators > 1 or node is EN) else [])
    return {
        "interval": "1m",
        "input_series": [{"series": f"{name}{{{inside}}}", "values": text} for name, text in values.items()],
        "promql_expr_test": [{"expr": ALONE, "eval_time": "15m", "exp_samples": fires}],
    }


@pytest.mark.parametrize(
    ("node", "peers", "validators"), [(EN, 0, 1), (EN, 0, 50), (EN, 1, 50), (SCN, 0, 4), (SCN, 1, 4), (SCN, 0, 1)]
)
def test_only_the_one_validator_of_a_chain_may_be_alone(
    node: dict[str, str], peers: int, validators: int, tmp_path: Path
) -> None:
    assert not promtool(tmp_path, "one pair", [world(node, peers, validators)])
