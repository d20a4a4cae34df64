"""Cases of the alerts on the operators of pairs."""

from components.watch.metrics import contract_series as contract
from components.watch.metrics import exporter_series as node
from tests.unit.watch.alerts.cases.case import NO_RESERVE, OPERATOR, SCN, WHO, critical, requested, warning, warnings
from tests.unit.watch.alerts.world import MINED, Change, change


def burnt(per_look: float) -> tuple[Change, ...]:
    """Return transactions of an operator besides its anchors, so many per minute."""

    def more(value: float, since: float, _: float) -> float:
        return value + per_look * since // 60

    return change(contract.OPERATOR_MINED, more, **OPERATOR), change(node.OPERATOR_NONCE, more, node=SCN, side="parent")


PER_DAY = 8.6885
"""What the settings of the world expect."""


def lost(fraction: float) -> Change:
    """Return the balance of an operator that lasts for so many days."""
    return change(contract.OPERATOR_BALANCE, fraction * PER_DAY, **OPERATOR)


LOW = warnings("BridgeOperatorBalanceLow")
OPERATORS = (
    warning(
        "BridgeOperatorRunningDry",
        calm=(lost(6.01),),
        bad=(lost(5.99),),
        where=(WHO,),
        takes=20,
    ),
    critical(
        "BridgeOperatorRunningDry",
        calm=(lost(2.01),),
        bad=(lost(1.99),),
        where=(WHO,),
        takes=20,
        also=LOW | warnings("BridgeOperatorRunningDry"),
        calm_also=LOW | warnings("BridgeOperatorRunningDry"),
    ),
    critical(
        "BridgeOperatorCannotPay",
        calm=(change(contract.OPERATOR_BALANCE, 7.51, **OPERATOR),),
        bad=(change(contract.OPERATOR_BALANCE, 7.49, **OPERATOR),),
        where=(WHO,),
    ),
    warning(
        "BridgeOperatorBalanceLow",
        calm=(change(contract.OPERATOR_BALANCE, 50, operator="pair-1", chain="child"),),
        bad=(change(contract.OPERATOR_BALANCE, 49, operator="pair-1", chain="child"),),
        where=({"pair": "pair-1", "chain": "child"},),
        takes=20,
    ),
    warning(  # the SCN is read a moment before the chain
        "BridgeOperatorNonceGap",
        calm=(change(node.OPERATOR_NONCE, lambda value, *_: value - 3, node=SCN, side="parent"),),
        bad=(change(node.OPERATOR_NONCE, lambda value, *_: value - 8, node=SCN, side="parent"),),
        where=(WHO,),
        also=NO_RESERVE,
    ),
    warning(
        "BridgeOperatorNonceGap",
        calm=(change(node.OPERATOR_NONCE_KNOWN, 0, node="scn-3"),),
        bad=(change(node.OPERATOR_NONCE_KNOWN, 0, node=SCN, side="parent"),),
        where=(WHO,),
        also=NO_RESERVE,
    ),
    warning(
        "BridgeOperatorStuck",
        calm=(change(node.OPERATOR_NONCE, lambda value, *_: value + 3, node=SCN, side="parent"),),
        bad=(change(node.OPERATOR_NONCE, MINED["child"] + 2, node=SCN, side="child"),),
        where=({"pair": "pair-1", "chain": "child"},),
        takes=18,
    ),
    warning(
        "BridgeRecoveryBurningFees",
        calm=(*requested("child", amount=1001), *burnt(0.05)),
        bad=(*requested("child", amount=1001), *burnt(1)),
        where=(WHO,),
        takes=24,
        rest=20,
        also=warnings("BridgeRequestUnfunded"),
        calm_also=warnings("BridgeRequestUnfunded"),
    ),
)
