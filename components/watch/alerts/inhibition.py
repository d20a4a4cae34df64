"""Which alerts are suppressed while another one gives their cause: one dead machine or pair is one message. Pure.

The description of a cause has what is lost by it: how many pairs can vote, and how many have to.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

DEAD = ("BridgeMachineGone", "BridgeNodeDown")
UNABLE = (
    *DEAD,
    "BridgeNodeBehind",
    "BridgeScnSilent",
    "BridgePairDisconnected",
    "BridgeNotSubscribed",
    "BridgeOperatorLocked",
    "BridgeOperatorNonceGap",
)
"""Why a pair cannot vote. Each of these replaces the alert on the reserve."""
OF_A_PAIR = (
    "BridgePairDisconnected",
    "BridgeNotSubscribed",
    "BridgeScnSilent",
    "BridgeAnchoringLate",
    "BridgePoolFull",
    "BridgeOperatorNonceGap",
    "BridgeOperatorStuck",
)
"""What follows for a pair when one of its nodes is not there."""
AFTER_DISCONNECTION = ("BridgeAnchoringLate", "BridgePoolFull", "BridgeOperatorNonceGap", "BridgeOperatorStuck")
WAITING = ("BridgeTransfersStopped", "BridgeRecoveryBurningFees")


@dataclass(frozen=True)
class Inhibition:
    """Alerts that are suppressed while another one with some equal labels fires."""

    sources: Sequence[str]
    targets: Sequence[str]
    """All others of severity warning where none is named: nobody may miss a critical one because of what else fires."""
    equal: Sequence[str]
    more: Sequence[str] = ()
    """Further matchers of the sources."""

    @property
    def rule(self) -> dict[str, Any]:
        """Return it as Alertmanager reads it. An alert never inhibits one of the same name."""
        named = "|".join(self.targets) or "Bridge.+"
        sources = "|".join(self.sources)
        return {
            "source_matchers": [f'alertname=~"{sources}"', *self.more],
            "target_matchers": [
                f'alertname=~"{named}"',
                f'alertname!~"{sources}"',
                *([] if self.targets else ['severity="warning"']),
            ],
            "equal": ["stack", *self.equal],
        }


CAUSES: Sequence[Inhibition] = (
    Inhibition(["BridgeMachineGone"], [], ["node"]),
    Inhibition(["BridgeNodeDown"], [], ["node"]),
    Inhibition(["BridgeNodeAlone"], ["BridgeNodeBehind"], ["node"]),
    Inhibition(["BridgeWatcherBlind"], ["BridgeQuestionsUnanswered"], ["node"]),
    Inhibition([*DEAD, "BridgeNodeBehind"], OF_A_PAIR, ["pair"], ['pair!=""']),
    Inhibition(["BridgePairDisconnected"], AFTER_DISCONNECTION, ["pair"]),
    Inhibition(UNABLE, ["BridgeNoReserveLeft"], [], ['pair!=""']),
    Inhibition(DEAD, ["BridgeRoundsFailing"], ["chain"]),
    Inhibition(["BridgeThresholdLost"], [*WAITING, "BridgeNoReserveLeft"], []),
    Inhibition(["BridgeChainStopped", "BridgeChainUnreadable"], ["BridgeRoundsFailing", "BridgeNodeBehind"], ["chain"]),
    Inhibition(["BridgeChainStopped", "BridgeChainUnreadable"], [*WAITING, "BridgeAnchoringLate"], []),
    Inhibition(["BridgeChainUnreadable"], ["BridgeThresholdLost", "BridgeNoReserveLeft"], []),
    Inhibition(["BridgeRequestUnfunded"], ["BridgeRequestNeverPaid"], ["source"]),
    Inhibition(["BridgeRequestUnfunded", "BridgeRequestNeverPaid"], ["BridgeRecoveryBurningFees"], []),
    Inhibition(["BridgeOperatorCannotPay"], ["BridgeAnchoringLate", "BridgePoolFull", "BridgeOperatorStuck"], ["pair"]),
    Inhibition(
        ["BridgeOperatorCannotPay"], ["BridgeOperatorRunningDry", "BridgeOperatorBalanceLow"], ["pair", "chain"]
    ),
    Inhibition(["BridgeOperatorRunningDry"], ["BridgeOperatorBalanceLow"], ["pair", "chain"]),
)
SAME = ("alertname", "node", "pair", "chain", "fork")
"""What is the same of two severities of one alert."""


def inhibitions() -> Iterator[dict[str, Any]]:
    """Yield the rules of Alertmanager."""
    yield {
        "source_matchers": ['severity="critical"'],
        "target_matchers": ['severity="warning"'],
        "equal": ["stack", *SAME],
    }
    for one in CAUSES:
        yield one.rule
