"""Tokens: asked for, sent both ways, deregistered behind our back, given another counterpart, removed."""

from typing import Any

import pytest

from components.chain.accounts.signer import KeySigner
from components.chain.contracts.contract import transaction
from components.chain.contracts.plan import Step as Call
from components.chain.tokens.token_contract import ensure_development_token
from components.chain.tx.batch import execute
from components.settings.sections.tokens import artifact_of
from tests.network.contracts.token import Token, TokenTransfers, fresh_accounts
from tests.network.network import CHAINS, OTHER, Network
from tests.network.running import SETTINGS
from tests.stack import ROOT, Step

TOKENS: list[dict[str, Any]] = [
    {"name": "gold", "kind": "erc20", "development": True},
    {"name": "art", "kind": "erc721", "development": True},
]
OF_TOKENS = {"DevelopmentToken", "NodeToken", "TokenProof", "TokenRegistration", "Tokens"}
"""Types of resources."""


def made(name: str) -> set[Step]:
    """Return the steps which make a development token."""
    return {
        *(Step("create", "DevelopmentToken", f"{name}-on-{chain}") for chain in CHAINS),
        *(Step("create", "NodeToken", f"{name}/{pair}") for pair in ("alpha", "beta")),
        *(Step("create", "TokenRegistration", f"{name}-{chain}-registration") for chain in CHAINS),
    }


def configure(network: Network, *tokens: dict[str, Any]) -> None:
    network.stack.configure({**SETTINGS, "tokens": list(tokens)})


@pytest.fixture(scope="module")
def tokens(network: Network) -> dict[str, Token]:
    configure(network, *TOKENS)
    preview = network.stack.preview()
    proofs = [Step("create", "TokenProof", f"gold-{one}-to-{OTHER[one]}-proof") for one in CHAINS]
    assert set(preview.steps) == {*made("gold"), *made("art"), *proofs, Step("create", "Tokens", "tokens")}
    run = network.stack.up()
    assert run.changes == {"create": 15}
    return {token["name"]: Token.named(network, token["name"]) for token in TOKENS}


@pytest.mark.parametrize("name", ["gold", "art"])
def test_a_token_is_registered_on_both_chains(network: Network, tokens: dict[str, Token], name: str) -> None:
    token = tokens[name]
    for chain, other in (CHAINS, CHAINS[::-1]):
        state = token.registered(chain)
        assert (state.counterpart, state.locked) == (token.addresses[other], False)
        assert token.view(chain, "isMinter", network.bridges[chain])


def test_again_does_nothing(network: Network, tokens: dict[str, Token]) -> None:  # noqa: ARG001
    assert network.stack.refresh(expect_no_changes=True).changes == {}


def test_erc20_tokens_arrive_both_ways(network: Network, tokens: dict[str, Token]) -> None:
    gold, user = tokens["gold"], network.user.account().address
    amounts = fresh_accounts(*range(1001, 1020)) | {user: 10**6}
    gold.send("parent", network.owners["parent"], amounts).wait()
    sent = sum(amounts.values())
    assert gold.view("child", "totalSupply") == sent, "minted"
    assert gold.view("parent", "balanceOf", network.bridges["parent"]) == sent, "held"
    back = fresh_accounts(*range(2001, 2021))
    gold.send("child", network.user, back).wait()
    left = sent - sum(back.values())
    assert gold.view("child", "totalSupply") == left, "burned"
    assert gold.view("parent", "balanceOf", network.bridges["parent"]) == left, "released"


def test_erc721_tokens_arrive_both_ways_with_their_uri(network: Network, tokens: dict[str, Token]) -> None:
    art, users = tokens["art"], [KeySigner(private_key=f"{n:064x}") for n in range(1, 5)]
    art.send("parent", network.owners["parent"], {u.account().address: n for n, u in enumerate(users, 1)}).wait()
    assert [art.view("child", "tokenURI", n) for n in (1, 4)] == ["urn:development:1", "urn:development:4"]
    assert art.view("parent", "ownerOf", 1) == network.bridges["parent"]
    back = fresh_accounts(1, 2, 3, 4)
    for (to, number), user in zip(back.items(), users, strict=True):
        art.send("child", user, {to: number})
    TokenTransfers(art, "parent", back).wait()


@pytest.mark.nightly
def test_a_token_that_its_owner_deregisters_is_missed_and_registered_again(
    network: Network, tokens: dict[str, Token]
) -> None:
    gold, owner = tokens["gold"], network.owners["child"]
    step = Call("deregisterToken", (gold.addresses["child"],), "deregister behind the program's back")
    execute(network.on("child"), owner, [transaction(network.bridges["child"], step)])
    assert network.stack.refresh().changes == {"delete": 1}
    run = network.stack.up()
    assert run.steps == [Step("create", "TokenRegistration", "gold-child-registration")]
    assert gold.registered("child").counterpart == gold.addresses["parent"]
    gold.send("child", network.user, fresh_accounts(5)).wait()


@pytest.mark.nightly
def test_a_token_with_another_counterpart_is_never_paid_out_in_the_former_one(
    network: Network, tokens: dict[str, Token]
) -> None:
    gold = tokens["gold"]
    other = ensure_development_token(
        network.on("child"),
        network.owners["child"],
        ROOT / artifact_of("erc20"),
        "erc20",
        "second",
        network.bridges["child"],
        0,
    )
    before = gold.view("child", "totalSupply")
    addresses = {**gold.addresses, "child": other}
    configure(network, {"name": "gold", "kind": "erc20", **addresses}, TOKENS[1])
    run = network.stack.up()
    only_ours = ("DevelopmentToken", "TokenProof")
    deleted = [step.type for step in run.steps if "delete" in step.verb and step.type not in only_ours]
    assert deleted == ["TokenRegistration"] * 2 + ["NodeToken"] * 2, "none is forgotten while it is registered"
    second = Token(network, "erc20", addresses)
    second.send("parent", network.owners["parent"], fresh_accounts(*range(1, 21))).wait()
    assert gold.view("child", "totalSupply") == before
    assert network.stack.preview(expect_no_changes=True).steps == []


def test_a_removal_waits_for_what_is_on_its_way_and_undoes_all(network: Network, tokens: dict[str, Token]) -> None:
    second = Token.named(network, "gold")
    transfers = second.send("parent", network.owners["parent"], fresh_accounts(*range(101, 121)))
    network.stack.configure(SETTINGS)
    run = network.stack.up()
    assert run.changes.keys() == {"delete"}
    assert not {str(one["type"]).rpartition(":")[2] for one in network.stack.resources()} & OF_TOKENS
    print(f"arrived when the removal was done: {transfers.arrived()} of {len(transfers.amounts)}")
    assert transfers.arrived() == len(transfers.amounts)
    for token in (second, tokens["art"]):
        for chain in CHAINS:
            state = token.registered(chain)
            assert (state.counterpart, state.locked) == (None, False)
    assert "tokens" not in network.stack.outputs
    assert network.stack.preview(expect_no_changes=True).steps == []
    for source in CHAINS:
        network.send(source, 3).wait()
