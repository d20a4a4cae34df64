"""Cases of the alerts on contracts."""

from components.watch.metrics import contract_series as contract
from tests.unit.watch.alerts.cases.case import EN, NO_RESERVE, OPERATOR, critical, warning
from tests.unit.watch.alerts.world import change

CONTRACTS = (
    critical(
        "BridgeContractStopped",
        calm=(change(contract.COIN_FEE, 1),),
        bad=(change(contract.RUNNING, 0, chain="child"),),
        where=({"chain": "child"},),
    ),
    critical(
        "BridgeContractStopped",
        calm=(change(contract.TOKEN_BALANCE, 1),),
        bad=(change(contract.COINS_LOCKED, 1, chain="parent"),),
        where=({"chain": "parent"},),
    ),
    warning(
        "BridgeTokenStopped",
        calm=(change(contract.TOKEN_BALANCE, 1),),
        bad=(change(contract.TOKEN_LOCKED, 1, chain="child"),),
        where=({"chain": "child", "token": "gold"},),
    ),
    warning(
        "BridgeTokenStopped",
        calm=(change(contract.TOKEN_REGISTERED, None),),
        bad=(change(contract.TOKEN_REGISTERED, 0, chain="child"),),
        where=({"chain": "child", "token": "gold"},),
    ),
    warning(
        "BridgeLiquidityLow",
        calm=(change(contract.BALANCE, 500, chain="child"),),
        bad=(change(contract.BALANCE, 499, chain="child"),),
        where=({"chain": "child"},),
    ),
    warning(  # a contract whose counterpart mints holds all that was minted
        "BridgeTokenLiquidityLow",
        calm=(change(contract.TOKEN_BALANCE, 0, chain="parent"),),
        bad=(change(contract.MINTS, 0), change(contract.TOKEN_BALANCE, 4e19, chain="parent")),
        where=({"chain": "parent", "token": "gold"},),
        takes=20,
    ),
    critical(
        "BridgeOperatorsChanged",
        calm=(change(contract.OPERATORS, 3, chain="child"),),
        bad=(change(contract.UNEXPECTED_OPERATORS, 1, chain="child"),),
        where=({"chain": "child"},),
    ),
    critical(
        "BridgeOperatorsChanged",
        calm=(change(contract.OPERATOR_REGISTERED, None, node=EN),),
        bad=(change(contract.OPERATOR_REGISTERED, 0, **OPERATOR),),
        where=({"chain": "parent", "operator": "pair-1"},),
        also=NO_RESERVE,
    ),
    critical(
        "BridgeThresholdsChanged",
        calm=(change(contract.THRESHOLDS_AS_DECLARED, None),),
        bad=(change(contract.THRESHOLDS_AS_DECLARED, 0, chain="child"),),
        where=({"chain": "child"},),
    ),
    critical(
        "BridgeOwnerChanged",
        calm=(change(contract.OWNER_AS_DECLARED, None),),
        bad=(change(contract.OWNER_AS_DECLARED, 0, chain="child"),),
        where=({"chain": "child"},),
    ),
    warning(
        "BridgeFeesChanged",
        calm=(change(contract.FEES_AS_DECLARED, None),),
        bad=(change(contract.FEES_AS_DECLARED, 0, chain="child"),),
        where=({"chain": "child"},),
    ),
)
