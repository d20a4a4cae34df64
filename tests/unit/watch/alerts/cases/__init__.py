"""One or more cases per alert: a near miss that stays silent, and a cause that fires. One file per file of rules."""

from tests.unit.watch.alerts.cases.case import Case
from tests.unit.watch.alerts.cases.chains import CHAINS
from tests.unit.watch.alerts.cases.contracts import CONTRACTS
from tests.unit.watch.alerts.cases.machines import MACHINES
from tests.unit.watch.alerts.cases.nodes import NODES_ALONE
from tests.unit.watch.alerts.cases.operators import OPERATORS
from tests.unit.watch.alerts.cases.pairs import PAIRS, POWER
from tests.unit.watch.alerts.cases.transfers import TRANSFERS

__all__ = ["CASES", "Case"]

CASES: tuple[Case, ...] = (*TRANSFERS, *POWER, *PAIRS, *OPERATORS, *CONTRACTS, *CHAINS, *NODES_ALONE, *MACHINES)
