"""Owners whose keys are kept outside the stack, on a real chain: they deploy, vote in and vote out, and destroy."""

import json
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from eth_account import Account as Accounts

from components.chain.accounts.signer import EnvironmentSigner, KeyReference, KeySigner, KeystoreSigner, KmsSigner
from components.chain.contracts.contract import require_state
from components.chain.errors import ChainError
from components.chain.tx.batch import Transaction, execute
from components.domain.problems.accounts import OTHER_ACCOUNTS_KEY
from components.domain.problems.bridge import FOREIGN_OWNER
from components.dynamic.base import Props
from components.dynamic.contracts.bridge_contract import BridgeContract, BridgeContractProvider
from components.dynamic.contracts.bridge_operator import BridgeOperator, BridgeOperatorProvider
from tests.aws.moto import moto
from tests.life import Life
from tests.network.lone_chain import ARTIFACT, COIN, LoneChain
from tests.run import lines

PASSWORD = "correct horse battery staple"


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> str:
    """Return a new key, which is in the environment too."""
    made = secrets.token_hex(32)
    monkeypatch.setenv("OWNER", made)
    return made


@pytest.fixture
def kms_key(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Yield the ARN of a new key in a KMS."""
    with moto("eu-central-1") as cloud:
        for name, value in cloud.environment.items():
            if name.startswith("AWS_"):
                monkeypatch.setenv(name, value)
        client = cloud.client("kms")
        yield str(client.create_key(KeySpec="ECC_SECG_P256K1", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["Arn"])
        client.close()


def inputs(chain: LoneChain, by: KeySigner | KeyReference, **more: object) -> Props:
    held = by.model_dump(exclude_none=True)
    return {**chain.props(), **more, "signer": {**held, "chain": "parent"}}


def fund(chain: LoneChain, address: str) -> None:
    with chain.console() as console:
        execute(
            console, chain.signer("owner"), [Transaction("pay", console.web3.to_checksum_address(address), value=COIN)]
        )


def sent(chain: LoneChain, address: str) -> int:
    with chain.console() as console:
        return console.web3.eth.get_transaction_count(console.web3.to_checksum_address(address))


def operators(chain: LoneChain, bridge: str) -> tuple[str, ...]:
    with chain.console() as console:
        return tuple(require_state(console, bridge).operators)


def deployed(chain: LoneChain, signer: KeySigner | KeyReference) -> Life:
    """Return a contract that the signer has deployed; that it forgets the contract needs no signature."""
    life = Life(BridgeContractProvider(), BridgeContract)
    life.up(inputs(chain, signer, mode_mint_burn=False, artifact=ARTIFACT))
    return life


def lead(chain: LoneChain, reference: KeyReference) -> list[Life]:
    """Lead an owner through a life with one operator, and return what states held of it."""
    located = reference.located()
    address = str(located.address)
    fund(chain, address)
    contract = deployed(chain, located)
    assert contract.outs["owner"] == address
    bridge, one = str(contract.outs["address"]), chain.address("operator-1")
    vote = Life(BridgeOperatorProvider(), BridgeOperator)
    vote.up(inputs(chain, located, bridge=bridge, operator=one, cohort=[one]))
    assert operators(chain, bridge) == (one,)
    assert vote.refresh()
    vote.delete()
    assert operators(chain, bridge) == ()
    assert sent(chain, address) == 4  # the contract and its deployer's vote, and a vote given and taken
    return [contract, vote]


def test_a_key_in_the_environment(chain: LoneChain, key: str) -> None:
    for life in lead(chain, EnvironmentSigner(name="OWNER")):
        assert key not in json.dumps([life.inputs, life.outs])


def test_a_key_in_a_keystore(chain: LoneChain, key: str, tmp_path: Path) -> None:
    path, password = tmp_path / "owner.json", tmp_path / "password"
    path.write_text(json.dumps(Accounts.encrypt(bytes.fromhex(key), PASSWORD, kdf="scrypt", iterations=4096)))
    password.write_text(PASSWORD)
    for life in lead(chain, KeystoreSigner(path=str(path), password_file=str(password))):
        held = json.dumps([life.inputs, life.outs])
        assert key not in held
        assert PASSWORD not in held


def test_a_key_in_kms(chain: LoneChain, kms_key: str) -> None:
    lead(chain, KmsSigner(key_id=kms_key))


def test_a_key_leaves_the_stack_and_nothing_is_sent(chain: LoneChain, key: str) -> None:
    before, after = KeySigner(private_key=key), EnvironmentSigner(name="OWNER").located()
    address = str(before.account().address)
    fund(chain, address)
    contract = deployed(chain, before)
    bridge, one = str(contract.outs["address"]), chain.address("operator-1")
    vote = Life(BridgeOperatorProvider(), BridgeOperator)
    vote.up(inputs(chain, before, bridge=bridge, operator=one, cohort=[one]))
    nonce = sent(chain, address)
    for life in (contract, vote):
        kept = {name: value for name, value in life.inputs.items() if name != "signer"}
        program = {**kept, "signer": inputs(chain, after)["signer"]}
        assert (life.up(program), life.up(program)) == ("update", "same")
        assert key not in json.dumps([life.inputs, life.outs])
    assert str(contract.outs["address"]) == bridge
    assert sent(chain, address) == nonce
    vote.delete()
    assert operators(chain, bridge) == ()


def test_a_key_of_another_account_changes_nothing(chain: LoneChain, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = EnvironmentSigner(name="OWNER").located()
    fund(chain, str(owner.address))
    bridge, one = str(deployed(chain, owner).outs["address"]), chain.address("operator-1")
    vote = Life(BridgeOperatorProvider(), BridgeOperator)
    vote.up(inputs(chain, owner, bridge=bridge, operator=one, cohort=[one]))

    monkeypatch.setenv("OWNER", secrets.token_hex(32))
    with pytest.raises(ChainError) as other:
        vote.delete()
    assert lines(str(other.value), OTHER_ACCOUNTS_KEY, "bridge.parentOwner", f"{owner.address} has to sign")
    stranger = EnvironmentSigner(name="OWNER").located()
    assert vote.up({**vote.inputs, "signer": inputs(chain, stranger)["signer"]}) == "update"
    with pytest.raises(ChainError) as refused:
        vote.delete()
    named = (f"{bridge} is {owner.address},", f"that of {stranger.address};", "bridge.parentOwner")
    assert lines(str(refused.value), FOREIGN_OWNER, *named)
    assert operators(chain, bridge) == (one,)
    assert key
