"""TokenProof: a transfer of a development token that arrived, for bridges on which no transfer of coins can."""

import sys
from contextlib import ExitStack
from typing import ClassVar

import pulumi

from components.domain.problems.transfers import NOTHING_REQUESTED
from components.dynamic.base import Inputs, Props
from components.dynamic.chain_resource import ChainResource
from components.dynamic.proofs.transfer_proof import TransferProofInputs, TransferProofProvider, direction_of


class TokenProofInputs(TransferProofInputs):
    """One direction and token. `amount` is not used: the transfer has always the smallest unit."""

    token: str
    """ERC-20, on the chain where the transfer is requested."""
    recipient: str
    coins: str
    """Hash of the request of the proof by coins; empty where no transfer of coins could be paid out."""


class TokenProofProvider(TransferProofProvider):
    """Sends a transfer of a token, unless a transfer of coins has arrived. There is nothing to undo."""

    inputs_type: ClassVar[type[Inputs]] = TokenProofInputs
    replaced_by: ClassVar[frozenset[str]] = frozenset({"chain_id", "source_bridge", "target_bridge", "token"})

    def identify(self, inputs: TransferProofInputs) -> str:
        """One per contract, direction and token."""
        return f"{inputs.chain_id}/{inputs.source_bridge}/{_token(inputs).token}/proof"

    def differs(self, name: str, old: object, new: object) -> bool:
        """Converge again when coins become unable or able to prove the bridge; the hash itself does not matter."""
        if name == "coins":
            return (old == "") is not (new == "")
        return name != "recipient" and super().differs(name, old, new)

    def _changed(self, name: str, olds: Props, news: Props) -> bool:
        """Plan nothing while the result of the proof by coins is unknown."""
        if name == "coins" and pulumi.contains_unknowns(news.get(name)):
            return False
        return super()._changed(name, olds, news)

    def converge(self, inputs: TransferProofInputs, known: Props) -> Props:  # noqa: ARG002
        """Send one transfer if coins prove nothing and this token can be paid out."""
        from components.chain.voters.proof import DEADLINE, payout_conditions, token_obstacles, token_request, transfer

        asked = _token(inputs)
        if asked.coins:
            return {"proof": "", "request": ""}
        with ExitStack() as stack:
            direction = direction_of(asked, stack)
            wrong = token_obstacles(direction, asked.token, asked.signer.account().address)
            if wrong:
                said = f"no transfer of token {asked.token} was requested {asked.direction}: {', '.join(wrong)}"
                print(message := NOTHING_REQUESTED(said), file=sys.stderr)
                return {"proof": message, "request": ""}
            means = payout_conditions(direction, asked.voters)
            request = token_request(direction, asked.token, asked.recipient)
            arrival = transfer(direction, asked.signer, request, asked.voters, DEADLINE, means.threshold)
        words = (
            f"the transfer {arrival.tx} of token {asked.token} arrived with the votes of {', '.join(arrival.voters)}"
        )
        return {"proof": words, "request": arrival.tx}

    def observe(self, inputs: TransferProofInputs, known: Props) -> Props | None:  # noqa: ARG002
        """Report nothing: the proof by coins reports changes of the contracts."""
        return {}


def _token(inputs: TransferProofInputs) -> TokenProofInputs:
    assert isinstance(inputs, TokenProofInputs)  # noqa: S101 - it is what inputs_type says
    return inputs


class TokenProof(ChainResource, module="servicechain", name="TokenProof"):
    """A transfer of a token that arrived, or the reason why there is none."""

    proof: pulumi.Output[str]
    """A sentence; empty where a transfer of coins has arrived."""
    request: pulumi.Output[str]

    def __init__(self, name: str, props: Props, opts: pulumi.ResourceOptions | None = None) -> None:
        secret = pulumi.ResourceOptions(additional_secret_outputs=["target_endpoints"])
        super().__init__(
            TokenProofProvider(),
            name,
            {"proof": None, "request": None, **props},
            pulumi.ResourceOptions.merge(secret, opts),
        )
