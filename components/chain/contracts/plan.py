"""Which calls close the gap between what is wanted of a bridge contract and what it is. Pure functions.

Each plan is empty where the chain already is as wanted, so a second run sends nothing. No plan ever passes through
fewer operators than the threshold, with which no transfer could be paid, or through more than MAX_OPERATORS, which the
contract refuses.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from components.domain.limits import CONFIGURATION, LOWEST_THRESHOLD, MAX_OPERATORS, VOTES
from components.domain.problems.bridge import CONTRACT_FULL, OTHERS_NEEDED, THRESHOLD_UNREACHABLE, TOO_FEW_OPERATORS
from components.domain.problems.problem import CodedError


@dataclass(frozen=True)
class BridgeState:
    """A bridge contract, read from its chain. Addresses are checksummed."""

    owner: str
    operators: tuple[str, ...]
    threshold: int
    """Votes a value transfer needs."""
    mode_mint_burn: bool
    request_nonce: int
    """Requests made on this contract so far."""
    lower_handle_nonce: int
    """Requests of the counterpart up to here are all handled on this contract."""
    configuration_threshold: int = LOWEST_THRESHOLD
    """Votes that a change of fees needs."""

    def threshold_of(self, vote_type: int) -> int:
        """Return how many votes that type needs."""
        return self.configuration_threshold if vote_type == CONFIGURATION else self.threshold


@dataclass(frozen=True)
class Step:
    """One call to a contract, and what it is for."""

    function: str
    arguments: tuple[object, ...]
    annotation: str
    value: int = 0


class Refused(CodedError):
    """A wanted change would stop the bridge, or revert. The message has the reason and what to do."""


def register_operator(bridge: BridgeState, operator: str) -> list[Step]:
    """Make an account an operator. Raises Refused when the contract is full."""
    if operator in bridge.operators:
        return []
    if len(bridge.operators) >= MAX_OPERATORS:
        msg = CONTRACT_FULL(
            f"operator {operator} cannot be registered: the contract holds {len(bridge.operators)} operators, "
            f"and {MAX_OPERATORS} is its limit; remove a pair, or an operator that no pair owns, first"
        )
        raise Refused(msg)
    return [Step("registerOperator", (operator,), f"register operator {operator}")]


def register_operators(bridge: BridgeState, operators: Sequence[str]) -> list[Step]:
    """Make several accounts operators. Raises Refused when the contract is full."""
    steps: list[Step] = []
    for operator in operators:
        further = register_operator(bridge, operator)
        if further:
            bridge = replace(bridge, operators=(*bridge.operators, operator))
        steps += further
    return steps


def deregister_operator(bridge: BridgeState, operator: str) -> list[Step]:
    """Take an account's vote away.

    Raises Refused when fewer operators than the threshold would stay: transfers would stop permanently, and the
    contract does not lower the threshold by itself. The last one may go at the lowest threshold, which is how a bridge
    ends: the contract then has no operators, as after its deployment, and pays nothing out.
    """
    if operator not in bridge.operators:
        return []
    remaining = len(bridge.operators) - 1
    if remaining < bridge.threshold and bridge.threshold > LOWEST_THRESHOLD:
        msg = TOO_FEW_OPERATORS(
            f"operator {operator} cannot be removed: {remaining} operators would stay and the threshold is "
            f"{bridge.threshold}, so no transfer could ever pass; lower the threshold first"
        )
        raise Refused(msg)
    return [Step("deregisterOperator", (operator,), f"deregister operator {operator}")]


def deregister_operators(bridge: BridgeState, operators: Sequence[str]) -> list[Step]:
    """Take the votes of several accounts away. Raises Refused as for one of them."""
    steps: list[Step] = []
    for operator in operators:
        steps += deregister_operator(bridge, operator)
        bridge = replace(bridge, operators=tuple(one for one in bridge.operators if one != operator))
    return steps


def others_of(bridge: BridgeState, known: Sequence[str]) -> tuple[str, ...]:
    """Return the operators that are not among those known, whose addresses may have any case."""
    ours = {operator.lower() for operator in known}
    return tuple(operator for operator in bridge.operators if operator.lower() not in ours)


def remove_others(bridge: BridgeState, known: Sequence[str]) -> list[Step]:
    """Remove all operators except those known.

    Raises Refused when fewer operators than the threshold would stay; this is never the way to end a bridge.
    """
    others = others_of(bridge, known)
    remaining = len(bridge.operators) - len(others)
    if others and remaining < bridge.threshold:
        msg = OTHERS_NEEDED(
            f"operators {', '.join(others)}, which no pair owns, cannot be removed: {remaining} operators would stay "
            f"and the threshold is {bridge.threshold}, so no transfer could ever pass; lower bridge.threshold, or run "
            "`pulumi refresh` and then `pulumi up`, which registers operators of pairs that are missing"
        )
        raise Refused(msg)
    return [
        Step("deregisterOperator", (operator,), f"deregister operator {operator}, which no pair owns")
        for operator in others
    ]


def deregister_deployer(operators: tuple[str, ...], deployer: str) -> list[Step]:
    """Take the vote away that the constructor gives to the deployer.

    Done in the block of the deployment, while the contract serves nobody: the only moment at which a contract may have
    no operator.
    """
    if deployer not in operators:
        return []
    return [Step("deregisterOperator", (deployer,), f"deregister the deployer {deployer} as an operator")]


def set_threshold(bridge: BridgeState, vote_type: int, threshold: int) -> list[Step]:
    """Set how many votes that type needs. Raises Refused when there are fewer operators than that."""
    before = bridge.threshold_of(vote_type)
    if threshold == before:
        return []
    if not 1 <= threshold <= len(bridge.operators):
        msg = THRESHOLD_UNREACHABLE(
            f"threshold {threshold} cannot be set: it must be between 1 and the number of registered operators, "
            f"which is {len(bridge.operators)}"
        )
        raise Refused(msg)
    words = f"set the threshold of {VOTES[vote_type]} to {threshold} (was {before})"
    return [Step("setOperatorThreshold", (vote_type, threshold), words)]


def reset_threshold(
    bridge: BridgeState, vote_type: int, threshold: int = LOWEST_THRESHOLD, leaving: Sequence[str] = ()
) -> list[Step]:
    """Set the threshold back to what it was, or to the number of those who stay when the operators `leaving` go.

    By default to what the constructor set. No-op without operators, where the contract would revert it.
    """
    staying = len(others_of(bridge, leaving))
    back = max(LOWEST_THRESHOLD, min(threshold, staying))
    return set_threshold(bridge, vote_type, back) if bridge.operators else []


def missing_amount(balance: int, minimum: int, target: int) -> int:
    """Return how much to send (peb) so that an account holds `target`; 0 while it holds `minimum`."""
    return 0 if balance >= minimum else target - balance
