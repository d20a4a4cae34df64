"""Which test makes each alert fire on real nodes, by a real cause; and which alerts no test has seen there, and why."""

from collections.abc import Mapping

SEEN: Mapping[str, frozenset[str]] = {
    "test_somebody_uses_the_owners_keys": frozenset(
        {
            "BridgeContractStopped",
            "BridgeFeesChanged",
            "BridgeLiquidityLow",
            "BridgeOperatorsChanged",
            "BridgeOwnerChanged",
            "BridgeRequestNeverPaid",
            "BridgeRequestUnfunded",
            "BridgeThresholdsChanged",
            "BridgeTokenStopped",
        }
    ),
    "test_no_pair_can_vote": frozenset(
        {
            "BridgeAnchoringLate",
            "BridgeAnchoringOff",
            "BridgeNotSubscribed",
            "BridgeOperatorBalanceLow",
            "BridgeOperatorCannotPay",
            "BridgeOperatorLocked",
            "BridgeOperatorNonceGap",
            "BridgeOperatorRunningDry",
            "BridgePoolFull",
            "BridgeThresholdLost",
            "BridgeTransfersStopped",
        }
    ),
    "test_nodes_and_machines_have_faults_of_their_own": frozenset(
        {
            "BridgeAlertsNotSent",
            "BridgeChainStopped",
            "BridgeDiskFull",
            "BridgeMachineGone",
            "BridgeNodeAlone",
            "BridgeNodeBehind",
            "BridgeNodeMetricsGone",
            "BridgeNodeRestarting",
            "BridgeQuestionsUnanswered",
            "BridgeRoundsFailing",
            "BridgeWatcherBlind",
        }
    ),
    "test_a_chain_without_a_living_node": frozenset(
        {"BridgeChainUnreadable", "BridgeNodeDown", "BridgeNoReserveLeft", "BridgePairDisconnected"}
    ),
}
"""The alerts that each test of test_real_causes.py waits for."""

NOT_SEEN: Mapping[str, str] = {
    "BridgeScnSilent": "the deadlock in the node needs a rare moment",
    "BridgeForkAhead": "only the public networks have such forks",
    "BridgeClockWrong": "network namespaces share the clock of this computer",
    "BridgeOperatorStuck": "ten minutes without a transaction, while an EN hangs",
    "BridgeRecoveryBurningFees": "its window is fifteen minutes",
    "BridgeWrongFork": "chain data of another genesis, and a hundred blocks on them",
    "BridgeTokenLiquidityLow": "the contract on the child chain mints",
}
"""Tested by promtool with series alone."""
