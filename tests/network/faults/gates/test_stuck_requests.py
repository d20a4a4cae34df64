"""Requests that nobody can pay: anybody can make one for 1 peb, and nothing else may wait for it."""

import re

import pytest

from components.chain.rpc.waiting import wait_for
from components.chain.transfers.requests import open_nonces
from components.chain.voters.calls import fill_account
from components.domain.problems.transfers import RECIPIENT_REFUSES, TOKEN_NOT_PAYABLE, TOKEN_STAYS
from tests.network.bridge_calls import deploy_refusing
from tests.network.contracts.token import Token, fresh_accounts
from tests.network.faults.gates.conftest import GOLD, SETTINGS
from tests.network.network import CHAINS, COIN, OTHER, Network

pytestmark = pytest.mark.nightly

NOBODY = "0x" + "00" * 20
"""To whom a token of the parent chain cannot be transferred."""


def request(network: Network, source: str, recipient: str) -> int:
    """Request a transfer of 1 peb to an account; return the nonce of the request."""
    nonce = network.bridge(source).request_nonce
    network.request(source, {recipient: 1})
    return nonce


def refused(text: str) -> set[str]:
    """Return the requests of which a refresh says that their recipients take no coins; it says so more than once."""
    return set(re.findall(rf"request (\d+ \(1 peb for 0x\w+).*\[{RECIPIENT_REFUSES.code}\]", text))


def test_nothing_waits_for_requests_that_cannot_be_paid_and_a_refresh_names_them(network: Network) -> None:
    stack, user = network.stack, network.user.account().address
    stuck: dict[str, list[int]] = {}
    for source, target in OTHER.items():
        fill_account(network.on(source), network.owners[source], user, 10 * COIN, 100 * COIN)
        refuses = deploy_refusing(network.on(target), network.owners[target])
        stuck[source] = [request(network, source, refuses), request(network, source, network.bridges[target])]
    for source in CHAINS:
        network.send(source, 2).wait()
        assert open_nonces(network.direction(source)) == stuck[source], "and the later ones have arrived"

    run = stack.refresh()
    for source in CHAINS:
        for nonce in stuck[source]:
            assert run.lines(RECIPIENT_REFUSES, f"request {nonce} (1 peb for 0x")
    four = refused(run.text)
    assert len(four) == 4

    token = Token.named(network, "gold")
    moving = token.send("parent", network.owners["parent"], fresh_accounts(*range(1, 6)))
    # Other confs restart the SCNs of both pairs, another threshold asks for new proofs, and the token goes.
    stack.configure({**SETTINGS, "tokens": [], "anchoring": {"period": 7}, "bridge": {"threshold": 2}})
    run = stack.up()
    print(run.changes)
    assert "scn-1: restarting it, because what it reads at its start has changed" in run.text
    assert moving.arrived() == len(moving.amounts)
    assert {chain: token.registered(chain).counterpart for chain in CHAINS} == dict.fromkeys(CHAINS)

    # With a threshold of 2 a vote alone pays nothing, and what cannot be paid is reported all the same.
    assert refused(stack.refresh().text) == four
    for source in CHAINS:
        network.send(source, 2).wait()
    stack.configure({**SETTINGS, "tokens": [GOLD]})
    stack.up()


def test_a_token_stays_locked_for_a_request_that_cannot_be_paid_and_the_bridge_goes_on(network: Network) -> None:
    stack, token, user = network.stack, Token.named(network, "gold"), network.user
    token.send("parent", network.owners["parent"], {user.account().address: 50}).wait()
    token.send("child", user, {NOBODY: 7})
    wait_for(lambda: len(open_nonces(network.direction("child"))) == 3 or "the request is not there", 30)
    nonce = open_nonces(network.direction("child"))[-1]
    named = f"request {nonce} (7 of token {token.addresses['child']} for {NOBODY}"
    assert stack.refresh().lines(TOKEN_NOT_PAYABLE, named)
    stack.configure({**SETTINGS, "tokens": []})
    assert stack.up().lines(TOKEN_STAYS, f"token {token.addresses['child']} ", named)
    state = token.registered("child")
    assert (state.counterpart, state.locked) == (token.addresses["parent"], True)
    assert token.registered("parent").counterpart is None
    for source in CHAINS:
        network.send(source, 2).wait()
