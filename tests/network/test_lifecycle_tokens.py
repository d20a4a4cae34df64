"""The life of tokens on a chain, with real contracts. One chain stands for both: its two bridge contracts differ."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from eth_abi.abi import encode
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from components.chain.contracts.contract import read_token
from components.chain.contracts.deployment import ensure_deployed
from components.chain.errors import ChainError
from components.chain.tokens.token_contract import ensure_development_token, ensure_minter, is_minter
from components.chain.tx.batch import Transaction, execute
from components.domain.problems.accounts import SIMULATION_FAILED
from components.domain.problems.bridge import ADOPTED_CONTRACT_WRONG
from components.domain.problems.transfers import NOTHING_REQUESTED, TOKEN_MODE
from components.dynamic.base import Props
from components.dynamic.contracts.bridge_contract import BridgeContractProvider
from components.dynamic.proofs.token_proof import TokenProof, TokenProofProvider
from components.dynamic.tokens.development_token import DevelopmentToken, DevelopmentTokenProvider
from components.dynamic.tokens.token_registration import TokenRegistration, TokenRegistrationProvider
from components.settings.sections.tokens import artifact_of
from tests.lifecycle import Behind, Edit, Life, lifecycle
from tests.network.lone_chain import ARTIFACT, CHAIN_ID, LoneChain
from tests.network.test_lifecycle_chain import NOWHERE, further
from tests.run import lines
from tests.stack import ROOT

MADE = str(ROOT / artifact_of("erc20"))


@pytest.fixture(scope="module")
def bridges(chain: LoneChain) -> Iterator[tuple[str, str]]:
    """Yield the contract that holds tokens and the one that mints them."""
    with chain.console() as console:
        owner = chain.signer("operator-11")
        yield (
            ensure_deployed(console, owner, Path(ARTIFACT), None, mode_mint_burn=False),
            ensure_deployed(console, owner, Path(ARTIFACT), None, mode_mint_burn=True),
        )


def token(chain: LoneChain, name: str, bridge: str) -> str:
    with chain.console() as console:
        return ensure_development_token(console, chain.signer("operator-11"), Path(MADE), "erc20", name, bridge, 7)


@pytest.fixture
def secrets(chain: LoneChain) -> list[str]:
    """Return what nobody may see."""
    return [chain.signer("operator-11").private_key, chain.endpoint["private_key"].splitlines()[3]]


def test_an_account_that_is_named_mints_a_development_token(chain: LoneChain, bridges: tuple[str, str]) -> None:
    first, second = (chain.signer(name).account().address for name in ("operator-1", "operator-2"))
    owner, code = chain.signer("operator-11"), Path(ROOT / artifact_of("erc721"))
    with chain.console() as console:
        address = ensure_development_token(console, owner, code, "erc721", "minted", bridges[1], 1)
        for minter, before in ((first, None), (first, first), (second, first)):
            ensure_minter(console, owner, address, minter, before)
        assert [is_minter(console, address, one) for one in (first, second, bridges[1])] == [False, True, True]
        mint = keccak(text="mintWithTokenURI(address,uint256,string)")[:4] + encode(
            ["address", "uint256", "string"], [second, 77, "urn:x"]
        )
        execute(
            console, chain.signer("operator-2"), [Transaction("mint", to_checksum_address(address), "0x" + mint.hex())]
        )
        with pytest.raises(ChainError) as refused:
            execute(
                console,
                chain.signer("operator-1"),
                [Transaction("mint", to_checksum_address(address), "0x" + mint.hex())],
            )
        assert lines(
            str(refused.value), SIMULATION_FAILED, to_checksum_address(address), "only the bridge and its minters mint"
        ), "the reason is the contract's own"
        ensure_minter(console, owner, address, None, second)
        assert not is_minter(console, address, second)


def test_a_development_token(chain: LoneChain, bridges: tuple[str, str], secrets: list[str]) -> None:
    program = chain.props(
        "operator-11",
        bridge=bridges[0],
        kind="erc20",
        token_name="play",
        supply="7",
        artifact=MADE,
        address=None,
    )
    life = Life(DevelopmentTokenProvider(), DevelopmentToken)

    def lose() -> None:
        life.outs["address"] = NOWHERE

    edits = [
        *further(chain),
        Edit({"artifact": "elsewhere.json", "supply": "8"}, "same"),
        Edit({"artifact": MADE}, "same"),
        Edit({"bridge": bridges[1]}, "replace"),
    ]
    with chain.console() as console:
        owner = chain.signer("operator-11").account().address
        before = console.web3.eth.get_transaction_count(owner)
        lifecycle(life, program, edits, disappear=Behind(lose), secrets=secrets, lasting=True)
        assert console.web3.eth.get_transaction_count(owner) == before + 2, "one for each bridge, and found again"


def registration(chain: LoneChain, bridges: tuple[str, str], held: str, minted: str) -> Props:
    """Return the inputs of a token in the first contract, with its counterpart in the second."""
    return chain.props(
        "operator-11",
        bridge=bridges[0],
        kind="erc20",
        token=held,
        counterpart=minted,
        other_chain_id=float(CHAIN_ID),
        other_endpoints=[chain.endpoint],
        other_bridge=bridges[1],
    )


def test_a_registered_token(chain: LoneChain, bridges: tuple[str, str], secrets: list[str]) -> None:
    held, minted = token(chain, "gold", bridges[0]), token(chain, "gold", bridges[1])
    other = token(chain, "other", bridges[1])
    program = registration(chain, bridges, held, minted)

    def call(function: str) -> None:
        with chain.console() as console:
            data = (keccak(text=f"{function}(address)")[:4] + encode(["address"], [held])).hex()
            step = Transaction(f"{function} behind the program's back", to_checksum_address(bridges[0]), "0x" + data)
            execute(console, chain.signer("operator-11"), [step])

    second = {**chain.endpoint, "node": "second"}
    edits = [
        *further(chain),
        Edit({"token": held.lower()}, "same"),
        Edit({"token": held}, "same"),
        Edit({"other_endpoints": [chain.endpoint, second]}, "same"),
        Edit({"other_endpoints": [second]}),
        Edit({"other_endpoints": [chain.endpoint]}),
        Edit({"counterpart": other}, "replace"),
        Edit({"counterpart": minted}, "replace"),
    ]
    lifecycle(
        Life(TokenRegistrationProvider(), TokenRegistration),
        program,
        edits,
        disappear=Behind(lambda: call("deregisterToken")),
        drifts=[(Behind(lambda: call("lockToken"), before_mending=lambda: call("unlockToken")), ["drift"])],
        secrets=secrets,
    )


def test_a_token_that_was_registered_before_stays_registered(chain: LoneChain, bridges: tuple[str, str]) -> None:
    held, minted = token(chain, "silver", bridges[0]), token(chain, "silver", bridges[1])
    program = registration(chain, bridges, held, minted)
    Life(TokenRegistrationProvider(), TokenRegistration).up(program)  # by whoever had the contract before
    ours = Life(TokenRegistrationProvider(), TokenRegistration)
    ours.up({**program, "before": [held]})
    ours.delete()
    with chain.console() as console:
        state = read_token(console, bridges[0], held)
    assert state is not None
    assert (state.counterpart, state.locked) == (minted, False)


def test_contracts_that_both_mint_are_taken_over_and_the_preview_says_what_that_means(
    chain: LoneChain, bridges: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """As the known deploy scripts leave them."""
    provider = BridgeContractProvider()
    asked = chain.props("operator-11", mode_mint_burn=False, artifact=ARTIFACT, adopt=bridges[1])
    assert not provider.check({}, asked).failures
    assert lines(capsys.readouterr().err, TOKEN_MODE, f"parent bridge {bridges[1]} ", "modeMintBurn true")
    made = provider.create(asked).outs
    assert made is not None
    assert made["address"] == bridges[1]
    (failure,) = provider.check({}, {**asked, "adopt": NOWHERE}).failures or []
    assert lines(failure.reason, ADOPTED_CONTRACT_WRONG, f"no contract at {NOWHERE}", "bridge.parentBridge")


def test_a_proof_by_a_token(chain: LoneChain, bridges: tuple[str, str], secrets: list[str]) -> None:
    """Which looks where coins prove nothing; here nobody has registered the token, so none of it is requested."""
    play, other = token(chain, "proving", bridges[0]), token(chain, "proving too", bridges[0])
    program: Props = chain.props(
        "operator-11",
        direction="from here to there",
        source_bridge=bridges[0],
        target_chain_id=float(CHAIN_ID),
        target_endpoints=[chain.endpoint],
        target_bridge=bridges[1],
        amount="1",
        covers=[chain.address("operator-1"), "1"],
        source="parent",
        voters=[chain.address("operator-1")],
        serves=["scn-1/en-1"],
        token=play,
        recipient=chain.address("nobody"),
        coins=f"0x{1:064x}",
        proof=None,
        request=None,
    )
    edits = [
        Edit({"coins": f"0x{2:064x}"}, "same"),
        Edit({"recipient": chain.address("operator-2")}, "same"),
        Edit({"coins": ""}),
        Edit({"covers": [chain.address("operator-1"), "2"]}),
        Edit({"token": other}, "replace"),
    ]
    life = Life(TokenProofProvider(), TokenProof)
    with chain.console() as console:
        owner = chain.signer("operator-11").account().address
        before = console.web3.eth.get_transaction_count(owner)
        lifecycle(life, program, edits, secrets=secrets, lasting=True)
        assert lines(life.outs["proof"], NOTHING_REQUESTED, f"token {other} is not registered")
        assert console.web3.eth.get_transaction_count(owner) == before
