"""Providers by stable name: the only thing about a provider that the state of a stack holds.

For every dynamic resource the state holds how to make its provider: the function `provider` of this module, and a name.
A refresh or destroy of any existing stack calls it. So this module and this function never move, and no name is changed
or removed. The classes may move freely; their entries here are updated then.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from components.domain.problems.operations.networks import STATE_OF_OTHER_VERSION
from components.domain.problems.problem import Message

CLASSES: Mapping[str, str] = {
    "Account": "secrets.account:AccountProvider",
    "AdoptedIdentity": "nodes.adopted_identity:AdoptedIdentityProvider",
    "AdoptedNode": "nodes.adopted_node:AdoptedNodeProvider",
    "Boot": "machines.boot:BootProvider",
    "BridgeContract": "contracts.bridge_contract:BridgeContractProvider",
    "BridgeOperator": "contracts.bridge_operator:BridgeOperatorProvider",
    "BridgeRegistration": "nodes.bridge_registration:BridgeRegistrationProvider",
    "BridgeSlot": "nodes.bridge_slot:BridgeSlotProvider",
    "ChainData": "nodes.chaindata:ChainDataProvider",
    "ChildCouncil": "validators.child_council:ChildCouncilProvider",
    "ChildSeat": "validators.child_seat:ChildSeatProvider",
    "ChildValidator": "validators.child_validator:ChildValidatorProvider",
    "ConfigurationThreshold": "contracts.operator_threshold:ConfigurationThresholdProvider",
    "DevelopmentToken": "tokens.development_token:DevelopmentTokenProvider",
    "ExistingHost": "machines.existing_host:ExistingHostProvider",
    "FirstLogin": "machines.first_login:FirstLoginProvider",
    "Funding": "contracts.balance:FundingProvider",
    "Genesis": "nodes.genesis:GenesisProvider",
    "HostPreflight": "machines.host_preflight:HostPreflightProvider",
    "Liquidity": "contracts.balance:LiquidityProvider",
    "LocalHost": "machines.local_host:LocalHostProvider",
    "LocalNetwork": "machines.local_network:LocalNetworkProvider",
    "MonitoringProcess": "monitoring.monitoring_process:MonitoringProcessProvider",
    "NodeFiles": "nodes.node_files:NodeFilesProvider",
    "NodeToken": "nodes.node_token:NodeTokenProvider",
    "OperatorThreshold": "contracts.operator_threshold:OperatorThresholdProvider",
    "OtherOperators": "contracts.other_operators:OtherOperatorsProvider",
    "OwnerFunds": "contracts.owner_funds:OwnerFundsProvider",
    "Placement": "machines.placement:PlacementProvider",
    "Resilience": "proofs.resilience:ResilienceProvider",
    "RunningNode": "nodes.running_node:RunningNodeProvider",
    "SshKey": "secrets.ssh_key:SshKeyProvider",
    "SyncedNode": "nodes.synced_node:SyncedNodeProvider",
    "TokenProof": "proofs.token_proof:TokenProofProvider",
    "TokenRegistration": "tokens.token_registration:TokenRegistrationProvider",
    "TransferFees": "contracts.transfer_fees:TransferFeesProvider",
    "TransferProof": "proofs.transfer_proof:TransferProofProvider",
    "UpdatedNode": "nodes.updated_node:UpdatedNodeProvider",
    "Voters": "proofs.voters:VotersProvider",
}
"""Stable name -> module below components.dynamic, and class. The name is that of the resource type."""

_PACKAGE = "components.dynamic."


class UnknownProvider(LookupError):
    """The state names a provider that does not exist. The message has the next step."""

    def __init__(self, message: Message) -> None:
        """`message`: made by a Problem, so that it has a code."""
        super().__init__(message)


def provider(name: str) -> Any:
    """Return a provider by its stable name; its module is imported only now. Raises UnknownProvider."""
    if name not in CLASSES:
        msg = (
            f"the state of the stack asks for the provider {name!r}, which this version of the program does not have; "
            "use the version that wrote the state, or a later one"
        )
        raise UnknownProvider(STATE_OF_OTHER_VERSION(msg))
    module, _, class_ = CLASSES[name].partition(":")
    return getattr(import_module(_PACKAGE + module), class_)()


def name_of(class_: type) -> str:
    """Return the stable name of a provider's class. Raises LookupError for one that has none."""
    place = f"{class_.__module__.removeprefix(_PACKAGE)}:{class_.__qualname__}"
    for name, known in CLASSES.items():
        if known == place:
            return name
    msg = f"{class_.__module__}.{class_.__qualname__} has no stable name; add one to {__name__}.CLASSES"
    raise LookupError(msg)
