"""The policy of secrets: the passphrase of a bridge to mainnet is not where its state is."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from urllib.parse import unquote

from components.domain.networks import CHAIN_IDS, MAINNET
from components.domain.problems.policies import PASSPHRASE_BESIDE_STATE

from .resources import Resource, Violation, by_chain

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
