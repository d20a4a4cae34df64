"""Development tokens: deployed once, found again, and what the bridge calls is in them."""

import json
from pathlib import Path

import pytest

from components.chain.accounts.signer import KeySigner
from components.chain.tokens.token_contract import ensure_development_token
from components.chain.tx import sender
from components.settings.sections.tokens import artifact_of
from tests.stack import ROOT
from tests.unit.fake_token import CREATION, FakeToken
from tests.unit.fakes import FakeChain, console

OWNER = KeySigner(private_key="46" * 32)
BRIDGE = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
BOTH = {"isMinter", "transferFrom", "burn", "requestValueTransfer", "balanceOf", "kind", "name", "bridge"}


@pytest.fixture
def chain() -> FakeChain:
    sender.forget()
    return FakeChain()


def deploy(chain: FakeChain, folder: Path, name: str, kind: str = "erc20") -> str:
    artifact = folder / "token.json"
    artifact.write_text(json.dumps({"bytecode": f"0x{CREATION}"}))
    return ensure_development_token(console(chain), OWNER, artifact, kind, name, BRIDGE, 7)


def test_a_development_token_is_deployed_once(chain: FakeChain, tmp_path: Path) -> None:
    first = deploy(chain, tmp_path, "gold")
    assert chain.tokens[first] == FakeToken(BRIDGE, "erc20", "gold", BRIDGE, 7)
    second = deploy(chain, tmp_path, "tin")
    assert len({first, second, deploy(chain, tmp_path, "art", "erc721")}) == 3
    assert (deploy(chain, tmp_path, "gold"), deploy(chain, tmp_path, "tin")) == (first, second)
    assert len(chain.sent) == 3


def test_one_that_another_made_or_for_another_bridge_is_not_taken_for_ours(chain: FakeChain, tmp_path: Path) -> None:
    first = deploy(chain, tmp_path, "gold")
    chain.tokens[first].bridge = "0x" + "11" * 20
    assert deploy(chain, tmp_path, "gold") != first


@pytest.mark.parametrize(
    ("kind", "own"), [("erc20", {"mint", "transfer"}), ("erc721", {"mintWithTokenURI", "tokenURI", "ownerOf"})]
)
def test_what_make_setup_compiled_has_all_that_a_bridge_calls(kind: str, own: set[str]) -> None:
    artifact = json.loads((ROOT / artifact_of(kind)).read_text())
    assert BOTH | own <= {entry.get("name") for entry in artifact["abi"]}
    assert len(bytes.fromhex(artifact["bytecode"][2:])) < 24_576, "the limit of a contract (EIP-170)"
