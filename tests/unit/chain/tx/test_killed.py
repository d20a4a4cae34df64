"""A run that is killed at any of its calls to a node: the next one finishes the job, and nothing is there twice."""

import re
from pathlib import Path
from typing import Any

import pytest
from web3.types import RPCEndpoint, RPCResponse

from components.chain.contracts.deployment import ensure_deployed
from components.chain.tx import sender
from components.chain.voters import calls
from tests.stack import ROOT
from tests.unit.fake_node import Clock
from tests.unit.fake_pool import KEY, SENDER, SIGNER, PoolChain, only
from tests.unit.fakes import console

OPERATORS = ["0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359", "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB"]
PAYEE = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"


class Killed(BaseException):
    """The end of a run."""


class Mortal(PoolChain):
    """A chain whose user is killed before one of the calls, which is after the answer to the one before."""

    lives = -1
    """Calls until then; never when negative."""

    def make_request(self, method: RPCEndpoint, params: Any) -> RPCResponse:
        """Answer, unless it is time."""
        self.lives -= 1
        if self.lives == 0:
            raise Killed
        return super().make_request(method, params)


@pytest.fixture
def artifact(tmp_path: Path) -> Path:
    path = tmp_path / "Bridge.json"
    path.write_text('{"bytecode": "0x6001"}')
    return path


def everything(chain: PoolChain, artifact: Path) -> str:
    it = console(chain)
    bridge = ensure_deployed(it, SIGNER, artifact, None, mode_mint_burn=False)
    calls.register_operators(it, SIGNER, bridge, OPERATORS)
    calls.set_threshold(it, SIGNER, bridge, 2)
    calls.fill_account(it, SIGNER, PAYEE, 50, 100)
    return bridge


def test_nothing_is_sent_that_was_planned_before_earlier_transactions_had_settled() -> None:
    """`carry_out` is the only one who sends: it plans when all before is mined."""
    others = [path for path in (ROOT / "components").rglob("*.py") if path.name != "batch.py"]
    assert len(others) > 100
    assert [path.name for path in others if re.search(r"(?<![\w.])execute\(", path.read_text())] == []


def rich(clock: Clock) -> Mortal:
    chain = Mortal(clock)
    chain.balances[SENDER] = 10**6
    return chain


@pytest.mark.parametrize("stride", [pytest.param(1, marks=pytest.mark.nightly), 5])
def test_a_run_that_is_killed_at_any_call_is_finished_by_the_next(artifact: Path, stride: int) -> None:
    for call in range(1, 1000, stride):
        clock = Clock()
        with only(clock):
            chain = rich(clock)
            chain.lives = call
            try:
                everything(chain, artifact)
                break
            except Killed:
                chain.lives = -1
            sender.forget()
            bridge = everything(chain, artifact)
        (contract,) = chain.contracts.values()
        assert list(chain.contracts) == [bridge]
        assert contract.operators == OPERATORS
        assert contract.thresholds[0] == 2
        assert chain.balances[PAYEE] == 100
        assert all(receipt["status"] == "0x1" for receipt in chain._receipts.values())
        assert len(chain.sent) == 6
    print(f"killed at one of {stride} of {call - 1} calls")
    assert call > 50


def test_a_deployment_whose_nonce_is_taken_meanwhile_loses_its_phantom_vote_all_the_same(
    pool: PoolChain, artifact: Path
) -> None:
    """As when another resource pays for something with the same key at that moment."""
    begun: list[int] = []

    def take() -> None:
        if not begun:
            begun.append(0)
            pool.use_elsewhere(KEY, 0)

    pool.before_send = take
    bridge = ensure_deployed(console(pool), SIGNER, artifact, None, mode_mint_burn=True)
    assert list(pool.contracts) == [bridge]
    assert pool.contracts[bridge].operators == []
    assert [(tx.nonce, tx.to) for tx in pool.sent[1:]] == [(1, None), (2, bridge)]
