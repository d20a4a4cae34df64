"""Errors of chain/. Each message is a sentence for an operator: chain, step, what is wrong, what to do.

ChainError
├── Unreachable    no node of a chain answers
│   ├── HostUnreachable    nor does its host, so the state of the node is unknown
│   ├── NotListening       its host answers, but no node listens there
│   └── ChainUnreadable    no node of a chain answers, or none of those that do is in sync
├── Reverted       a call was refused by the contract, in simulation or on chain
├── NotMined       a transaction was sent and not mined before the deadline
│   └── PriceLimit    because it would have to pay more for gas than the settings allow
├── SenderShared   somebody else sends transactions with our key
├── KeyUnavailable the key of an account is not where the settings say, or cannot be used
├── NotFunded      an account does not hold what it has to pay
└── NotReady       a node or chain did not reach the wanted state before the deadline
"""

from components.domain.problems.chains import CHAIN_UNREADABLE
from components.domain.problems.problem import CodedError


class ChainError(CodedError):
    """Parent of all errors of chain/."""


class Unreachable(ChainError):
    """No node of a chain answers over SSH and IPC."""


class HostUnreachable(Unreachable):
    """The host of a node does not answer, so the state of the node is unknown."""


class NotListening(Unreachable):
    """The host of a node answers, but no node listens on the console: it is down, or still starting."""


class ChainUnreadable(Unreachable):
    """No node of a chain can be used to read it."""

    def __init__(self, chain_id: int, reasons: str, what_next: str) -> None:
        """`reasons`: why, for each node; `what_next`: what the user can do."""
        super().__init__(CHAIN_UNREADABLE(f"no node of chain {chain_id} can be used: {reasons}; {what_next}"))
        self.chain_id, self.reasons, self.about = chain_id, reasons, f"chain {chain_id}"


class Reverted(ChainError):
    """The contract refuses a call."""


class NotMined(ChainError):
    """A transaction was accepted by a node and not mined before the deadline."""


class PriceLimit(NotMined):
    """The price of gas is above what the settings allow."""


class SenderShared(ChainError):
    """A nonce that was ours is used by somebody else's transaction."""


class KeyUnavailable(ChainError):
    """A key is not where the settings say, or cannot sign."""


class NotFunded(ChainError):
    """An account does not hold what it has to pay; the message lists what it is for."""


class NotReady(ChainError):
    """Something waited for did not happen before the deadline; the message names what is missing."""
