"""TokenRegistration: one token in one bridge contract, with its counterpart on the other chain."""

import sys
from typing import TYPE_CHECKING, ClassVar

import pulumi

from components.chain.rpc.endpoint import Endpoint
from components.domain.problems.problem import Message
from components.domain.problems.transfers import TOKEN_CHANGED, TOKEN_COUNTERPART, TOKEN_LOCKED
from components.dynamic.base import Props, tell
from components.dynamic.chain_resource import ChainInputs, ChainPlace, ChainProvider, ChainResource, session
from components.dynamic.renamed import Thing

if TYPE_CHECKING:
    from components.chain.rpc.console import Console

DEADLINE = 180.0
"""Seconds to wait for requested transfers before a token is removed, as for any transfer."""

_ADDRESSES = frozenset({"token", "counterpart"})


class TokenRegistrationInputs(ChainInputs):
    """One token on the chain of ChainInputs. The other chain is the one where its transfers arrive."""

    bridge: str
    kind: str
    token: str
    counterpart: str
    other_chain_id: int
    other_endpoints: list[Endpoint]
    other_bridge: str
    before: tuple[str, ...] | None = ()
    """Tokens of the contract when it was taken over: their registrations stay."""


class TokenRegistrationProvider(ChainProvider[TokenRegistrationInputs]):
    """Registers as the owner; on removal locks the token, waits for pending requests, and deregisters."""

    inputs_type = TokenRegistrationInputs
    replaced_by: ClassVar[frozenset[str]] = frozenset({"chain_id", "bridge", "token", "counterpart"})
    used_by_removal: ClassVar[frozenset[str]] = frozenset({"signer"})

    def identify(self, inputs: TokenRegistrationInputs) -> str:
        """One per contract and token."""
        return f"{inputs.chain_id}/{inputs.bridge}/token/{inputs.token.lower()}"

    def thing(self, inputs: TokenRegistrationInputs) -> Thing:
        """Return the registration: a token with another name in the settings has the same one."""
        addresses = (inputs.bridge, inputs.token, inputs.counterpart)
        return ("token", str(inputs.chain_id), *(address.lower() for address in addresses))

    def differs(self, name: str, old: object, new: object) -> bool:
        """Ignore the case of addresses, and compare the nodes of the other chain like those of this one.

        Ignore inputs that only the removal uses.
        """
        if name == "before":
            return False
        if name in _ADDRESSES:
            return str(old).lower() != str(new).lower()
        return super().differs("endpoints" if name == "other_endpoints" else name, old, new)

    def converge(self, inputs: TokenRegistrationInputs, known: Props) -> Props:
        """Register once both contracts can pay transfers out; no-op if registered."""
        from components.chain.tokens.tokens import OtherContract, register

        other = ChainPlace(chain_id=inputs.other_chain_id, endpoints=inputs.other_endpoints)
        there = OtherContract(lambda: session(other), inputs.other_bridge)
        with session(inputs) as console:
            register(console, inputs.signer, inputs.bridge, inputs.kind, inputs.token, inputs.counterpart, there)
        before = inputs.token.lower() in {token.lower() for token in inputs.before or ()}
        return {"registered_before": known.get("registered_before", before)}

    def look(self, console: "Console", inputs: TokenRegistrationInputs, known: Props) -> Props | None:  # noqa: ARG002
        """Gone when the contract does not list it; another counterpart or a lock is drift."""
        from components.chain.contracts.contract import read_token

        state = read_token(console, inputs.bridge, inputs.token)
        if state is None:
            return None
        token = f"token {inputs.token}"
        if state.counterpart is None:
            words = TOKEN_CHANGED(f"{token} is not registered; the next up registers it")
            tell(inputs.chain_id, words, inputs.bridge)
            return None
        drift: dict[str, Message] = {}
        found: Props = {"drift": drift}
        if state.locked:
            drift["locked"] = TOKEN_LOCKED(
                f"{token} is locked: no transfer of it can be requested; the next up stops and says what to do"
            )
        if state.counterpart.lower() != inputs.counterpart.lower():
            drift["counterpart"] = TOKEN_COUNTERPART(
                f"{token} has the counterpart {state.counterpart}, not {inputs.counterpart}: SCNs that paid transfers "
                "of it out remember that until they are restarted"
            )
            found["counterpart"] = state.counterpart
        return found

    def remove(self, inputs: TokenRegistrationInputs, known: Props) -> None:
        """Lock, wait until no transfer of it is pending, deregister. One registered before the stack stays."""
        from components.chain.rpc.console import connect
        from components.chain.tokens.tokens import deregister
        from components.chain.transfers.direction import Direction

        if known.get("registered_before"):
            where, token = f"chain {inputs.chain_id}, bridge {inputs.bridge}", inputs.token
            what = f"{where}: token {token} was registered before it came to the stack, and stays registered"
            print(what, file=sys.stderr)
            return
        with session(inputs) as here, connect(inputs.other_endpoints, inputs.other_chain_id) as there:
            name = f"from chain {inputs.chain_id} to chain {inputs.other_chain_id}"
            direction = Direction(name, here, inputs.bridge, there, inputs.other_bridge)
            deregister(direction, inputs.signer, inputs.token, inputs.counterpart, DEADLINE)


class TokenRegistration(ChainResource, module="servicechain", name="TokenRegistration"):
    """One token in one bridge contract."""

    token: pulumi.Output[str]

    def __init__(self, name: str, props: Props, opts: pulumi.ResourceOptions | None = None) -> None:
        secret = pulumi.ResourceOptions(additional_secret_outputs=["other_endpoints"])
        super().__init__(
            TokenRegistrationProvider(),
            name,
            {"registered_before": None, **props},
            pulumi.ResourceOptions.merge(secret, opts),
        )
