"""Genesis of a private parent chain and of a ServiceChain: Istanbul BFT, round robin, one block a second.

The fields are those that the node's own set-up tool writes for a service chain, plus the forks up to Cancun, so that
Ethereum-typed transactions and current EVM code work.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType

import rlp

from components.domain import forks
from components.domain.forks import Blocks
from components.domain.problems.packages import GENESIS_OF_OTHER_CHAIN, GENESIS_UNUSABLE
from components.domain.problems.problem import CodedError
from components.user_input import user_file
from components.user_input.user_file import UnusableFile

VANITY = bytes(32)
SEAL = bytes(65)
_SERVICE_CHAIN_SHA = 2
"""deriveShaImpl of a ServiceChain; a parent chain has 0, the plain Merkle trie."""
_FREE = {
    # The Magma fork sets a gas price of 25 to 750 gkei unless both bounds are 0; the rest are its defaults.
    "governanceMode": "none",
    "kip71": {
        "lowerboundbasefee": 0,
        "upperboundbasefee": 0,
        "gastarget": 30_000_000,
        "maxblockgasusedforbasefee": 60_000_000,
        "basefeedenominator": 20,
    },
}


class GenesisError(CodedError):
    """The genesis file of an existing chain cannot be used. The message says why, and what to do."""


def read(path: str, chain_id: int, section: str = "parentChain") -> str:
    """Return the genesis.json of an existing chain. Raises GenesisError if it belongs to another chain.

    `section`: the section of the settings, for the message.
    """
    name = user_file.shown(path)
    try:
        text = user_file.text(path, user_file.JSON_BYTES)
        genesis = user_file.parsed_text(text)
    except UnusableFile as error:
        msg = f"{section}.genesis: {name} cannot be read ({error}); write the path of the chain's genesis.json"
        raise GenesisError(GENESIS_UNUSABLE(msg)) from error
    config = genesis.get("config") if isinstance(genesis, dict) else None
    found = config.get("chainId") if isinstance(config, dict) else None
    if isinstance(found, bool) or not isinstance(found, int):
        msg = f"{section}.genesis: {name} is not a genesis.json with a config.chainId; use the one of its nodes"
        raise GenesisError(GENESIS_UNUSABLE(msg))
    if found != chain_id:
        msg = f"{section}.genesis: {name} is of the chain {found}, and {section}.chainId is {chain_id}; correct one"
        raise GenesisError(GENESIS_OF_OTHER_CHAIN(msg))
    return text


def service_chain(
    chain_id: int, validators: Sequence[str], balances: Mapping[str, int], own: Blocks = MappingProxyType({})
) -> str:
    """Return genesis.json of a ServiceChain, where gas is free. Balances are in peb. `own`: forks in the settings."""
    return _genesis(chain_id, validators, balances, own, unit_price=0, sha=_SERVICE_CHAIN_SHA)


def parent_chain(
    chain_id: int,
    validators: Sequence[str],
    balances: Mapping[str, int],
    unit_price: int,
    own: Blocks = MappingProxyType({}),
) -> str:
    """Return genesis.json of a private parent chain with a gas price of `unit_price` peb. Balances are in peb."""
    return _genesis(chain_id, validators, balances, own, unit_price=unit_price, sha=0)


def forks_of(text: str) -> dict[str, int]:
    """Return the forks of a genesis.json that this program made."""
    return forks.in_config(json.loads(text)["config"])


def with_forks(text: str, own: Blocks, former: Collection[str] = ()) -> str:
    """Return a genesis.json that this program made, with other forks in the settings. `former`: those named so far.

    The hash of the first block does not cover the forks that a running chain may change.
    """
    genesis = json.loads(text)
    kept = {name: block for name, block in forks_of(text).items() if name not in former}
    usual = {name: block for name, block in forks.of_own_chain({}).items() if name in former}
    blocks = {f"{name}{forks.BLOCK_KEY}": block for name, block in forks.in_order({**usual, **kept, **own}).items()}
    kept = {key: value for key, value in genesis["config"].items() if not key.endswith(forks.BLOCK_KEY)}
    chain_id = {"chainId": kept.pop("chainId")}
    return _written({**genesis, "config": {**chain_id, **blocks, **kept}})


def extra_data(validators: Sequence[str]) -> str:
    """Return the Istanbul extra data: 32 bytes of vanity, then the RLP of validators, an empty seal and no seals."""
    addresses = sorted(bytes.fromhex(address.removeprefix("0x")) for address in validators)
    encoded: bytes = rlp.encode([addresses, SEAL, []])
    return "0x" + (VANITY + encoded).hex()


def _genesis(
    chain_id: int, validators: Sequence[str], balances: Mapping[str, int], own: Blocks, *, unit_price: int, sha: int
) -> str:
    config = {
        "chainId": chain_id,
        **{f"{fork}{forks.BLOCK_KEY}": block for fork, block in forks.of_own_chain(own).items()},
        "istanbul": {"epoch": 3600, "policy": 0, "sub": 22},
        "unitPrice": unit_price,
        "deriveShaImpl": sha,
        "governance": _FREE if unit_price == 0 else None,
    }
    return _written(
        {
            "config": config,
            "timestamp": "0x0",
            "extraData": extra_data(validators),
            "governanceData": None,
            "blockScore": "0x1",
            "alloc": {
                address.removeprefix("0x").lower(): {"balance": hex(amount)}
                for address, amount in sorted(balances.items())
            },
            "number": "0x0",
            "gasUsed": "0x0",
            "parentHash": "0x" + "00" * 32,
        }
    )


def _written(genesis: Mapping[str, object]) -> str:
    return json.dumps(genesis, indent=2) + "\n"
