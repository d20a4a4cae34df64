"""What a bridge survives is looked at again until all pairs can vote, and the contracts are as at the last look."""

import pytest

from components.domain.problems.bridge import PAIR_UNABLE, VOTES_CHANGED
from components.dynamic.base import Props
from components.dynamic.proofs import resilience
from components.dynamic.proofs.resilience import Resilience, ResilienceProvider
from tests.life import Life

SIDE: Props = {"chain_id": 3000.0, "endpoints": [], "bridge": "0x1"}
ASKED: Props = {"voters": [], "parent": SIDE, "child": SIDE, "covers": ["a"]}


class Bridge:
    """What is found when somebody looks."""

    def __init__(self) -> None:
        self.unable: dict[str, str] = {}
        self.threshold = 1.0


@pytest.fixture
def bridge(monkeypatch: pytest.MonkeyPatch) -> Bridge:
    bridge = Bridge()
    monkeypatch.setattr("components.chain.voters.voters.unable_now", lambda _roster: bridge.unable)
    monkeypatch.setattr(resilience, "_read", lambda *_: {"parent": {"threshold": bridge.threshold}})
    monkeypatch.setattr(resilience, "LOOKS", 1)
    return bridge


def test_a_pair_that_cannot_vote_is_drift_until_it_can(bridge: Bridge, capsys: pytest.CaptureFixture[str]) -> None:
    life = Life(ResilienceProvider(), Resilience)
    life.up(ASKED)
    bridge.unable = {"beta": "beta-en: it is down"}
    words = f"pair beta cannot vote now: beta-en: it is down [{PAIR_UNABLE.code}]"
    said = f"drift: {words}\n"
    assert life.refresh()
    assert capsys.readouterr().err == said
    assert life.inputs["drift"] == {"pair beta": words}
    assert life.up(ASKED) == "update"
    assert capsys.readouterr().err == said, "an up reports it too"
    assert life.outs["unable"] == ["beta"]
    assert life.up(ASKED) == "update", "what an up cannot repair is looked at again"
    bridge.unable = {}
    assert life.up(ASKED) == "update"
    assert life.up(ASKED) == "same"


def test_a_contract_that_changed_is_looked_at_again(bridge: Bridge, capsys: pytest.CaptureFixture[str]) -> None:
    life = Life(ResilienceProvider(), Resilience)
    life.up(ASKED)
    bridge.threshold = 2.0
    assert life.refresh()
    said = capsys.readouterr().err
    assert said.startswith("drift: a contract ")
    assert VOTES_CHANGED.code in said
    assert life.up(ASKED) == "update"
    assert life.outs["contracts"]["parent"]["threshold"] == 2
    assert life.up(ASKED) == "same"
