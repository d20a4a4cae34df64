"""The bridge contract: calls as the node's own Go binding encodes them, artifacts, and its state."""

import json
from pathlib import Path
from typing import Any

import pytest
from eth_utils.crypto import keccak

from components.chain.contracts.artifact import Artifact
from components.chain.contracts.contract import _CODEC, read_state, require_state, transaction
from components.chain.contracts.plan import BridgeState, Step
from components.chain.errors import ChainError
from components.domain.problems.bridge import ARTIFACT_UNUSABLE, CONTRACT_MISSING
from tests.unit.fake_contract import Contract
from tests.unit.fakes import FakeChain, console

BRIDGE = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
OPERATOR = "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359"
OTHER = "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB"
PADDED = "000000000000000000000000fb6916095ca1df60bb79ce92ce3ea74c37c5d359"


def word(number: int) -> str:
    return f"{number:064x}"


# The selectors are those of BridgeFuncSigs in contracts/contracts/service_chain/bridge/Bridge.go of kaia v1.0.3.
@pytest.mark.parametrize(
    ("signature", "selector", "arguments", "encoded"),
    [
        ("registerOperator(address)", "3682a450", (OPERATOR,), PADDED),
        ("deregisterOperator(address)", "d8cf98ca", (OPERATOR,), PADDED),
        ("setOperatorThreshold(uint8,uint8)", "ee2aec65", (0, 12), word(0) + word(12)),
        ("chargeWithoutEvent()", "dd9222d6", (), ""),
        (
            "requestKLAYTransfer(address,uint256,bytes)",
            "75ebdc09",
            (OPERATOR, 10**18, b""),
            PADDED + word(0xDE0B6B3A7640000) + word(0x60) + word(0),
        ),
        ("owner()", "8da5cb5b", (), ""),
        ("modeMintBurn()", "6e176ec2", (), ""),
        ("getOperatorList()", "b2c01030", (), ""),
        ("operatorThresholds(uint8)", "5526f76b", (0,), word(0)),
        ("requestNonce()", "7c1a0302", (), ""),
        ("lowerHandleNonce()", "4b40b826", (), ""),
    ],
)
def test_calls_are_encoded_as_the_contract_has_them(
    signature: str, selector: str, arguments: tuple[Any, ...], encoded: str
) -> None:
    assert keccak(text=signature)[:4].hex() == selector
    assert _CODEC.encode_abi(signature.split("(")[0], args=arguments) == f"0x{selector}{encoded}"


def test_a_step_becomes_a_transaction_to_the_bridge() -> None:
    made = transaction(BRIDGE.lower(), Step("chargeWithoutEvent", (), "add liquidity", value=7))
    assert (made.annotation, made.to, made.data, made.value, made.gas) == (
        "add liquidity",
        BRIDGE,
        "0xdd9222d6",
        7,
        None,
    )
    assert transaction(BRIDGE, Step("chargeWithoutEvent", (), "x"), simulate=False).gas == 200_000


@pytest.mark.parametrize("content", [{"bytecode": "0x6001"}, {"bytecode": "6001"}, {"bytecode": {"object": "0x6001"}}])
@pytest.mark.parametrize("mode", [1, 0])
def test_creation_code_of_any_compiler_is_followed_by_the_mode(tmp_path: Path, content: object, mode: int) -> None:
    path = tmp_path / "Bridge.json"
    path.write_text(json.dumps(content))
    assert Artifact.load(path).creation(mode_mint_burn=bool(mode)) == "0x6001" + word(mode)


@pytest.mark.parametrize(
    "content", [None, "", "{", "[]", "7", "null", "{}", '{"bytecode": {}}', '{"bytecode": {"Object": "0x"}}']
)
def test_what_is_no_artifact_is_refused(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "Bridge.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(ChainError, match=ARTIFACT_UNUSABLE.code) as caught:
        Artifact.load(path)
    assert "Bridge.json" in str(caught.value)


@pytest.mark.parametrize("code", [None, 7, [], "", "0x", "0xzz", "0x600", "__$placeholder$__"])
def test_code_that_is_no_code_is_refused(tmp_path: Path, code: object) -> None:
    path = tmp_path / "Bridge.json"
    path.write_text(json.dumps({"bytecode": code}))
    with pytest.raises(ChainError, match=ARTIFACT_UNUSABLE.code):
        Artifact.load(path)


def test_the_state_of_a_contract_is_read() -> None:
    chain = FakeChain()
    chain.contracts[BRIDGE] = Contract(OTHER, True, [OPERATOR, OTHER], {0: 2, 1: 1}, 7, 5)  # noqa: FBT003
    assert read_state(console(chain), BRIDGE.lower()) == BridgeState(
        owner=OTHER,
        operators=(OPERATOR, OTHER),
        threshold=2,
        mode_mint_burn=True,
        request_nonce=7,
        lower_handle_nonce=5,
    )


def test_where_no_contract_is_there_is_no_state() -> None:
    chain = FakeChain(1001)
    assert read_state(console(chain), BRIDGE) is None
    with pytest.raises(ChainError, match=CONTRACT_MISSING.code) as caught:
        require_state(console(chain), BRIDGE)
    assert "chain 1001" in str(caught.value)
    assert BRIDGE in str(caught.value)
