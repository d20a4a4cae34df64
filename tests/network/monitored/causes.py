"""Which test makes each alert fire on real nodes, by a real cause; and which alerts no test has seen there, and why."""

from collections.abc import Mapping

SEEN: Mapping[str, frozenset[str]] = {
    "test_an_en_hangs_after_votes_were_sent": frozenset({"BridgeOperatorStuck"}),
    "test_two_of_three_votes_are_paid_for_in_vain": frozenset({"BridgeRecoveryBurningFees"}),
    "test_tokens_flow_out_of_a_contract_that_does_not_mint": frozenset({"BridgeTokenLiquidityLow"}),
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
    "test_the_validator_was_rewound": frozenset({"BridgeWrongFork"}),
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
"""The alerts that each test of this folder waits for, in each of their severities."""

NOT_SEEN: Mapping[str, str] = {
    "BridgeScnSilent": "the deadlock in the node needs a block at a rare moment, and nothing else stops one half of it",
    "BridgeForkAhead": "only the public networks have such forks, and a private chain has no such rule",
    "BridgeClockWrong": "network namespaces share the clock of this computer",
}
"""Why no test can produce their cause. They are tested by promtool with series alone."""
