"""genesis.json of both chains, compared with RLP encoded by hand and fields with which real nodes start."""

import json
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.kaia.genesis import extra_data, forks_of, parent_chain, service_chain, with_forks

# The validators of the Istanbul tests of go-ethereum's descendants (core/types/istanbul_test.go).
VALIDATORS = (
    "0x44add0ec310f115a0e603b2d7db9f067778eaf8a",
    "0x294fc7e8f22b3bcdcf955dd7ff3ba2ed833f8212",
    "0x6beaaed781d2d2ab6350f5c4566a2c6eaac407a6",
    "0x8be76812f765c24641ec63dc2852b378aba2b440",
)
EXTRA_DATA = "".join(
    [
        "0x",
        "00" * 32,  # vanity
        "f89a",  # a list of 154 bytes: 86 + 67 + 1
        "f854",  # a list of 84 bytes: 4 addresses of 1 + 20
        "94294fc7e8f22b3bcdcf955dd7ff3ba2ed833f8212",
        "9444add0ec310f115a0e603b2d7db9f067778eaf8a",
        "946beaaed781d2d2ab6350f5c4566a2c6eaac407a6",
        "948be76812f765c24641ec63dc2852b378aba2b440",
        "b841" + "00" * 65,  # a string of 65 bytes: no seal yet
        "c0",  # an empty list: no committed seals
    ]
)
ONE_VALIDATOR = "0x" + "00" * 32 + "f85a" + "d594" + "11" * 20 + "b841" + "00" * 65 + "c0"


def config(text: str) -> dict[str, Any]:
    return dict(json.loads(text)["config"])


def test_extra_data_is_vanity_and_rlp_of_validators_and_no_seals() -> None:
    assert extra_data(VALIDATORS) == EXTRA_DATA
    assert extra_data(["0x" + "11" * 20]) == ONE_VALIDATOR


def test_validators_are_sorted_whatever_their_order_and_case() -> None:
    checksummed = ["0x44ADD0ec310f115a0e603b2D7dB9F067778eAF8a", *VALIDATORS[1:]]
    assert {extra_data(order) for order in permutations(checksummed)} == {EXTRA_DATA}


def rlp_list(payload: bytes) -> bytes:
    """Encode a list as in appendix B of the Ethereum yellow paper."""
    if len(payload) < 56:
        return bytes([0xC0 + len(payload)]) + payload
    size = len(payload).to_bytes((len(payload).bit_length() + 7) // 8, "big")
    return bytes([0xF7 + len(size)]) + size + payload


@given(st.lists(st.binary(min_size=20, max_size=20), unique=True, min_size=1, max_size=12))
def test_any_number_of_validators_is_encoded(addresses: list[bytes]) -> None:
    validators = rlp_list(b"".join(b"\x94" + address for address in sorted(addresses)))
    expected = bytes(32) + rlp_list(validators + b"\xb8\x41" + bytes(65) + b"\xc0")
    assert extra_data([address.hex() for address in addresses]) == "0x" + expected.hex()


def test_a_service_chain_is_as_real_nodes_start_it() -> None:
    genesis = json.loads(service_chain(3000, VALIDATORS, {}))
    assert genesis["config"] == {
        "chainId": 3000,
        "istanbulCompatibleBlock": 0,
        "londonCompatibleBlock": 0,
        "ethTxTypeCompatibleBlock": 0,
        "magmaCompatibleBlock": 0,
        "koreCompatibleBlock": 0,
        "shanghaiCompatibleBlock": 0,
        "cancunCompatibleBlock": 0,
        "istanbul": {"epoch": 3600, "policy": 0, "sub": 22},
        "unitPrice": 0,
        "deriveShaImpl": 2,
        "governance": {
            "governanceMode": "none",
            "kip71": {
                "lowerboundbasefee": 0,
                "upperboundbasefee": 0,
                "gastarget": 30000000,
                "maxblockgasusedforbasefee": 60000000,
                "basefeedenominator": 20,
            },
        },
    }
    del genesis["config"]
    assert genesis == {
        "timestamp": "0x0",
        "extraData": EXTRA_DATA,
        "governanceData": None,
        "blockScore": "0x1",
        "alloc": {},
        "number": "0x0",
        "gasUsed": "0x0",
        "parentHash": "0x" + "0" * 64,
    }


def test_a_parent_chain_has_a_gas_price_and_a_plain_trie() -> None:
    found = config(parent_chain(2020, VALIDATORS[:1], {}, 25 * 10**9))
    assert found["chainId"] == 2020
    assert found["unitPrice"] == 25_000_000_000
    assert found["deriveShaImpl"] == 0
    assert found["governance"] is None


def test_gas_is_free_on_a_parent_chain_with_no_price_too() -> None:
    found = config(parent_chain(2020, VALIDATORS[:1], {}, 0))
    assert found["governance"]["kip71"]["lowerboundbasefee"] == 0
    assert found["governance"]["kip71"]["upperboundbasefee"] == 0


def test_balances_are_hex_by_lower_case_address() -> None:
    accounts = {"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed": 10**27, "0x" + "11" * 20: 0}
    assert json.loads(service_chain(3000, VALIDATORS, accounts))["alloc"] == {
        "1111111111111111111111111111111111111111": {"balance": "0x0"},
        "5aaeb6053f3e94c9b9a09f33669435e7ef1beaed": {"balance": "0x33b2e3c9fd0803ce8000000"},
    }


@pytest.mark.parametrize("chain", ["service", "parent"])
def test_the_text_does_not_depend_on_any_order(chain: str) -> None:
    accounts = {f"0x{digit * 40}": 10 for digit in "3a1"}

    def text(validators: tuple[str, ...], balances: dict[str, int]) -> str:
        if chain == "service":
            return service_chain(3000, validators, balances)
        return parent_chain(2020, validators, balances, 25)

    first = text(VALIDATORS, accounts)
    assert first.endswith("}\n")
    assert text(VALIDATORS[::-1], dict(reversed(accounts.items()))) == first


def test_the_forks_of_a_file_can_change_and_nothing_else() -> None:
    made = service_chain(3000, VALIDATORS, {VALIDATORS[0]: 7})
    later = with_forks(made, {"kaia": 900})
    assert config(later) == {**config(made), "kaiaCompatibleBlock": 900}
    assert {**json.loads(later), "config": None} == {**json.loads(made), "config": None}
    assert later == service_chain(3000, VALIDATORS, {VALIDATORS[0]: 7}, {"kaia": 900})
    assert with_forks(later, {}, former={"kaia"}) == made


def test_forks_that_the_settings_never_named_stay_as_they_were() -> None:
    old = service_chain(3000, VALIDATORS, {}, {"cancun": 5})
    assert forks_of(with_forks(old, {"kaia": 9})) == {**forks_of(old), "kaia": 9}
    assert forks_of(with_forks(old, {}, former={"cancun"})) == forks_of(service_chain(3000, VALIDATORS, {}))
