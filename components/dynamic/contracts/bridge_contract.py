"""BridgeContract: the bridge contract of one chain, deployed by the owner account, or an existing one taken over."""

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import pulumi
from pydantic import ValidationError

from components.chain.rpc.endpoint import Endpoint
from components.domain.networks import Side
from components.domain.problems import bridge
from components.domain.problems.problem import Message
from components.dynamic.base import Props, tell
from components.dynamic.chain_resource import ChainProvider, ChainResource, OwnedInputs, reading, session

if TYPE_CHECKING:
    from components.chain.rpc.console import Console


class BridgeContractInputs(OwnedInputs):
    """The contract of one chain."""

    mode_mint_burn: bool
    """True on the child chain, where tokens are minted and burned. The constructor's only argument."""
    artifact: str
    """Path of the JSON file with the creation code, relative to the program's folder. Read only for a deployment."""
    adopt: str | None = None
    """Address of an existing contract to take over; None deploys a new one."""
    operators: tuple[str, ...] = ()
    """Operators of this stack: they are registered with the deployment, and identify a contract as ours."""
    other_chain_id: int | None = None
    """The other chain of the bridge. Without it the contract is not compared with its counterpart."""
    other_endpoints: list[Endpoint] | None = None
    other_owner: str | None = None
    """Owner of the contract on the other chain."""
    other_bridge: str | None = None
    """The contract on the other chain, if both exist and are taken over."""


class BridgeContractProvider(ChainProvider[BridgeContractInputs]):
    """Deploys once, and finds what a killed run deployed; or reads an existing contract and sends nothing.

    A contract cannot be removed from a chain, so `remove` forgets it, and reports what remains in one that we deployed.
    """

    inputs_type = BridgeContractInputs
    replaced_by: ClassVar[frozenset[str]] = frozenset({"chain_id", "mode_mint_burn", "adopt", "other_chain_id"})
    old_goes_first: ClassVar[bool] = False
    """The new one is checked first: if it is refused, the running bridge keeps its votes and registrations."""

    def identify(self, inputs: BridgeContractInputs) -> str:
        """One contract per chain."""
        return f"{inputs.chain_id}/bridge"

    def differs(self, name: str, old: object, new: object) -> bool:
        """Ignore another artifact, which is for the next deployment, and the upper and lower case of addresses.

        A contract serves one other chain only: a chain with another id needs a contract without a history.
        """
        if name in ("adopt", "other_bridge"):
            return str(old).lower() != str(new).lower()
        if name in ("artifact", "operators", "other_owner"):
            return False
        return super().differs("endpoints" if name == "other_endpoints" else name, old, new)

    def _changed(self, name: str, olds: Props, news: Props) -> bool:
        """Keep the address known in previews in which nodes or operators are unknown: they require no update."""
        if name in ("operators", "other_endpoints", "other_owner") and pulumi.contains_unknowns(news.get(name)):
            return False
        return super()._changed(name, olds, news)

    def replaces(self, name: str, known: Props, new: object) -> bool:
        """Keep a contract when its own address is set as `adopt`: it is the same one."""
        return name != "adopt" or str(known.get("address")).lower() != str(new).lower()

    def complete(self, olds: Props, news: Props) -> Props:
        """Check a contract that is to be taken over, in previews too: refuse it, or explain what its mode means."""
        adopt = news.get("adopt")
        if adopt and str(olds.get("adopt")).lower() != str(adopt).lower():
            self._load()
            known = {name: value for name, value in news.items() if not pulumi.contains_unknowns(value)}
            try:
                inputs = self._parse(known)
            except ValidationError:  # too little is known in this preview
                return news
            _foretell(inputs, owned=not pulumi.contains_unknowns(news.get("owner_node")))
        return news

    def converge(self, inputs: BridgeContractInputs, known: Props) -> Props:
        """Deploy and deregister the deployer, or complete an earlier deployment; an existing contract is only read."""
        from components.chain.contracts.contract import require_state
        from components.chain.contracts.takeover import require_owner

        with session(inputs) as console:
            before = _looked_at(console, inputs, known) if inputs.adopt else _deployed(console, inputs, known)
            address = before["address"]
            state = require_state(console, address)
            require_owner(console, inputs.owner, address, state)
            return {**before, "owner": state.owner}

    def look(self, console: "Console", inputs: BridgeContractInputs, known: Props) -> Props | None:
        """Gone when there is no code at the address; otherwise report another owner.

        A contract that was taken over stays in the state even then: the state holds what it was before.
        """
        from components.chain.accounts.owner import address_of
        from components.chain.contracts.contract import read_state
        from components.chain.contracts.deployment import remains
        from components.chain.tx.revert_reasons import not_owner

        if "address" not in known:  # a create finds what is there
            return None
        address = known["address"]
        state = read_state(console, address)
        if state is None:
            gone = "the contract is gone: there is no code at its address"
            if inputs.adopt:
                return {"drift": {"code": bridge.ADOPTED_CONTRACT_WRONG(f"{gone}; the next up stops and says so")}}
            tell(inputs.chain_id, bridge.CONTRACT_MISSING(f"{gone}; the next up deploys another one"), address)
            return None
        if state.lower_handle_nonce and _is_abandoned(console, inputs, address):
            what = (
                f"its counterpart is gone: chain {inputs.other_chain_id} does not hold the request that it handled last"
            )
            if inputs.adopt:
                return {"drift": {"counterpart": bridge.NOT_COUNTERPARTS(f"{what}; the next up stops and says so")}}
            left = remains(console, address, state)
            words = f"{what}; the next up deploys a new pair" + (f"; {left}" if left else "")
            tell(inputs.chain_id, bridge.COUNTERPART_GONE(words), address)
            return None
        if state.owner.lower() == address_of(inputs.owner).lower():
            return {"owner": state.owner}
        moved = f"the ownership has moved: {not_owner(inputs.owner, address, state.owner).words}"
        return {"owner": state.owner, "drift": {"owner": bridge.OWNERSHIP_MOVED(moved)}}

    def subject(self, inputs: BridgeContractInputs, known: Props) -> str:
        """Name the contract."""
        return f"{super().subject(inputs, known)}, bridge {known.get('address')}"

    def remove(self, inputs: BridgeContractInputs, known: Props) -> None:
        """Report what remains in a contract that we deployed. A chain that cannot be read does not stop a removal."""
        from components.chain.errors import ChainError

        if inputs.adopt or "address" not in known:
            return
        where = f"chain {inputs.chain_id}: the bridge contract {known['address']} stays on the chain"
        try:
            left = _left(inputs, known["address"])
        except ChainError as error:
            print(bridge.REMAINS_UNKNOWN(f"{where}; nobody knows what it holds: {error}"), file=sys.stderr)
            return
        if left:
            print(bridge.COINS_REMAIN(f"{where}; {left}"), file=sys.stderr)


def _is_abandoned(console: "Console", inputs: BridgeContractInputs, address: str) -> bool:
    """Return whether the other chain was replaced since the contract served it. Nodes out of sync are not asked."""
    from components.chain.contracts.pairing import ContractPlace, handles_requests_of
    from components.chain.errors import ChainError

    if inputs.other_endpoints is None or inputs.other_chain_id is None:
        return False
    try:
        with reading(inputs.other_endpoints, inputs.other_chain_id) as other:
            return handles_requests_of(ContractPlace(console, address, _side(inputs)), other) is False
    except ChainError:
        return False


def _left(inputs: BridgeContractInputs, address: str) -> Message | None:
    from components.chain.contracts.contract import read_state
    from components.chain.contracts.deployment import remains

    with session(inputs) as console:
        state = read_state(console, address)
        return remains(console, address, state) if state else None


def _side(inputs: BridgeContractInputs) -> Side:
    return "child" if inputs.mode_mint_burn else "parent"


def _foretell(inputs: BridgeContractInputs, *, owned: bool) -> None:
    """Raise ValueError when a contract cannot be taken over; no-op while no node can be asked yet.

    `owned`: whether the expected owner is known.
    """
    from components.chain.contracts.takeover import mode_in_words, read_existing, require_owner
    from components.chain.errors import ChainError, Unreachable
    from components.chain.nodes.health import listens

    with ThreadPoolExecutor(len(inputs.endpoints)) as pool:  # each machine that does not exist yet costs some seconds
        there = [one for one, up in zip(inputs.endpoints, pool.map(listens, inputs.endpoints), strict=True) if up]
    if not there:
        return
    try:
        with session(inputs.model_copy(update={"endpoints": there})) as console:
            state = read_existing(console, str(inputs.adopt), mode_mint_burn=inputs.mode_mint_burn)
            if owned:
                require_owner(console, inputs.owner, str(inputs.adopt), state)
            _require_counterpart(console, str(inputs.adopt), inputs)
            words = mode_in_words(console, str(inputs.adopt), state, mode_mint_burn=inputs.mode_mint_burn)
    except Unreachable:
        return
    except ChainError as error:
        raise ValueError(str(error)) from error
    if words:
        print(words, file=sys.stderr)


def _deployed(console: "Console", inputs: BridgeContractInputs, known: Props) -> Props:
    from components.chain.contracts.deployment import OtherSide, ensure_deployed
    from components.chain.rpc.console import connect
    from components.domain.limits import LOWEST_THRESHOLD

    endpoints, chain_id, owner = inputs.other_endpoints, inputs.other_chain_id, inputs.other_owner
    other = None
    if endpoints is not None and chain_id is not None and owner is not None:
        other = OtherSide(lambda: connect(endpoints, chain_id), owner)
    address = ensure_deployed(
        console,
        inputs.signer,
        Path(inputs.artifact),
        known.get("address"),
        mode_mint_burn=inputs.mode_mint_burn,
        operators=inputs.operators,
        other=other,
    )
    return {
        "address": address,
        "operators_before": [],
        "threshold_before": LOWEST_THRESHOLD,
        "configuration_threshold_before": LOWEST_THRESHOLD,
        "tokens_before": [],
    }


def _looked_at(console: "Console", inputs: BridgeContractInputs, known: Props) -> Props:
    """Return how the contract was when it was taken over; a removal restores that."""
    from eth_utils.address import to_checksum_address

    from components.chain.contracts.takeover import read_existing
    from components.chain.contracts.transfer_fees import registered_tokens

    address = to_checksum_address(str(inputs.adopt))
    state = read_existing(console, address, mode_mint_burn=inputs.mode_mint_burn)
    _require_counterpart(console, address, inputs)
    return {
        "address": address,
        "operators_before": known.get("operators_before", list(state.operators)),
        "threshold_before": known.get("threshold_before", state.threshold),
        "configuration_threshold_before": known.get("configuration_threshold_before", state.configuration_threshold),
        "tokens_before": known.get("tokens_before", []) if known else list(registered_tokens(console, address)),
    }


def _require_counterpart(console: "Console", address: str, inputs: BridgeContractInputs) -> None:
    from components.chain.contracts.deployment import bridge_at
    from components.chain.contracts.pairing import ContractPlace, require_counterparts
    from components.chain.rpc.console import connect

    if inputs.other_bridge is None or inputs.other_endpoints is None or inputs.other_chain_id is None:
        return
    with connect(inputs.other_endpoints, inputs.other_chain_id) as other:
        if bridge_at(other, inputs.other_bridge) is None:
            return  # the resource of that contract reports what is wrong
        mine = ContractPlace(console, address, _side(inputs))
        theirs = ContractPlace(other, inputs.other_bridge, "parent" if mine.side == "child" else "child")
        child, parent = (mine, theirs) if mine.side == "child" else (theirs, mine)
        require_counterparts(
            child,
            parent,
            "write the addresses of two contracts that serve each other as bridge.childBridge and bridge.parentBridge, "
            "or take both away to have a new pair deployed",
        )


class BridgeContract(ChainResource, module="servicechain", name="BridgeContract"):
    """The bridge contract of one chain."""

    address: pulumi.Output[str]
    owner: pulumi.Output[str]
    operators_before: pulumi.Output[list[str]]
    """Operators of an existing contract when it was taken over."""
    threshold_before: pulumi.Output[int]
    """Its threshold then; for one that we deployed, that of the constructor."""
    configuration_threshold_before: pulumi.Output[int]
    """The same for configuration votes."""
    tokens_before: pulumi.Output[list[str]]
    """Its registered tokens then."""

    def __init__(self, name: str, props: Props, opts: pulumi.ResourceOptions | None = None) -> None:
        before = ("operators_before", "threshold_before", "configuration_threshold_before", "tokens_before")
        outputs = dict.fromkeys(("address", "owner", *before))
        super().__init__(BridgeContractProvider(), name, {**outputs, **props}, opts)
