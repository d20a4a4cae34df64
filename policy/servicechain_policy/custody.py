"""Policies of secrets: the passphrase is not where the state is, and the state has no key that owns a contract."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from urllib.parse import unquote

from components.domain.networks import CHAIN_IDS, KAIROS, MAINNET
from components.domain.problems.policies import OWNER_KEY_IN_STATE, PASSPHRASE_BESIDE_STATE

from .resources import Resource, Violation, by_chain, of

BACKEND, FILE, VALUE = "PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE_FILE", "PULUMI_CONFIG_PASSPHRASE"
"""Variables of Pulumi: where states are, and the passphrase, of which the value takes precedence."""


def passphrase_is_elsewhere(resources: Sequence[Resource], environment: Mapping[str, str]) -> Iterator[Violation]:
    """Refuse a bridge to mainnet whose passphrase is in a file beside its state: who has one has both."""
    contracts = by_chain(resources, "BridgeContract").get(CHAIN_IDS[MAINNET], ())
    for contract in contracts:
        file = _beside(environment)
        if file and _uses_a_passphrase(_state(contract.urn, environment)):
            sentence = (
                f"the passphrase of the stack is in {file}, in the folder of its state, and it opens every key of a "
                "bridge to mainnet; run make rekey SECRETS_PROVIDER=awskms://…, or keep the file elsewhere and set "
                f"{FILE}"
            )
            yield Violation(contract, PASSPHRASE_BESIDE_STATE(sentence))


def mainnet_owners_are_elsewhere(resources: Sequence[Resource]) -> Iterator[Violation]:
    """Refuse a bridge to mainnet whose owner keys are in the stack: who has its state can take both contracts."""
    yield from _owners_in_the_stack(resources, MAINNET)


def kairos_owners_are_elsewhere(resources: Sequence[Resource]) -> Iterator[Violation]:
    """Advise against owner keys in the stack of a bridge to Kairos: it is the rehearsal for mainnet."""
    yield from _owners_in_the_stack(resources, KAIROS)


def _owners_in_the_stack(resources: Sequence[Resource], network: str) -> Iterator[Violation]:
    """Yield a violation for each contract whose owner signs with a key of the stack: derived from the seed, or secret.

    Where the operator of an SCN owns a contract, the policy of owners and operators has its say.
    """
    if CHAIN_IDS[network] not in by_chain(resources, "BridgeContract"):
        return
    for contract in of(resources, "BridgeContract"):
        signer = contract.within("signer")
        if signer.get("kind") == "key" and "owner_node" not in contract.props:
            setting = f"bridge.{signer.get('chain') or contract.name.removesuffix('-bridge')}Owner"
            sentence = (
                f"the key that owns {contract.name}, a contract of a bridge to {network}, is in the state of the stack "
                f"with all other keys; set {setting}: {{kms: …}}, or name another place where that key is kept"
            )
            yield Violation(contract, OWNER_KEY_IN_STATE(sentence))


def _beside(environment: Mapping[str, str]) -> str | None:
    """Return the file of the passphrase if it is used, and is within the folder of the states or next to it."""
    folder, file = _backend(environment), environment.get(FILE)
    if folder is None or not file or VALUE in environment:
        return None
    found = Path(file).resolve()
    return file if found.is_relative_to(folder) or found.parent == folder.parent else None


def _backend(environment: Mapping[str, str]) -> Path | None:
    url = environment.get(BACKEND, "")
    return Path(unquote(url.removeprefix("file://").partition("?")[0])).resolve() if url.startswith("file://") else None


def _state(urn: str, environment: Mapping[str, str]) -> Path:
    stack, _, rest = urn.removeprefix("urn:pulumi:").partition("::")
    project = rest.partition("::")[0]
    return (_backend(environment) or Path()) / f".pulumi/stacks/{project}/{stack}.json"


def _uses_a_passphrase(state: Path) -> bool:
    """Tell whether a passphrase keeps the secrets: Pulumi's default in a folder, also before there is a state."""
    try:
        told = json.loads(state.read_text())["checkpoint"]["latest"]["secrets_providers"]["type"]
    except (OSError, ValueError, KeyError, TypeError):
        return True
    return bool(told == "passphrase")
