"""The newest requests on a chain: found once, remembered, and found again after a rollback."""

import json
from collections.abc import Iterable

import pytest
from hexbytes import HexBytes
from web3.types import LogReceipt

from components.chain.transfers import requests as project
from components.watch.metrics import exporter_requests
from components.watch.metrics.exporter_requests import EVENTS, FIRST_STRIDE, LOOKBACK, RECENT, SEARCHES, STRIDE
from tests.metrics_file import Values
from tests.unit.watch.metrics.conftest import Watched
from tests.unit.watch.metrics.fake_ipc import START, Made
from tests.unit.watch.samples import COIN, TOKENS


def set_chain(scn: Watched, head: int, made: Iterable[Made]) -> None:
    scn.ipc.chain.head, scn.ipc.chain.made = head, list(made)
    scn.ipc.reach.contracts["child"].request_nonce = len(scn.ipc.chain.made)


def slots(values: Values, name: str = "nonce") -> list[int]:
    """Return the values of the slots, from back 0 on, which have no gap."""
    found = {key: value for key, value in values.items() if key.startswith(f"recent_request_{name}{{")}
    assert list(found) == [f'recent_request_{name}{{back="{back}"}}' for back in range(len(found))]
    return [int(value) for value in found.values()]


def searched(scn: Watched) -> list[tuple[int, int]]:
    """Return the ranges of blocks that were searched since the last call."""
    ranges = list(scn.ipc.chain.ranges)
    scn.ipc.chain.ranges.clear()
    return ranges


def test_the_newest_are_found_with_their_times(scn: Watched) -> None:
    set_chain(scn, 5000, [Made(nonce, 4000 + nonce) for nonce in range(40)])
    found = scn.values()
    assert slots(found) == list(range(39, 23, -1))
    assert slots(found, "timestamp_seconds") == [START + 4000 + nonce for nonce in range(39, 23, -1)]
    assert found["exporter_unanswered_questions"] == 0


def test_only_new_blocks_are_searched_by_the_next_run(scn: Watched) -> None:
    set_chain(scn, 5000, [Made(nonce, 4900 + nonce) for nonce in range(40)])
    scn.values()
    searched(scn)
    set_chain(scn, 5010, [Made(nonce, 4900 + nonce) for nonce in range(40)] + [Made(40, 5003), Made(41, 5009)])
    found = scn.values()
    assert slots(found) == list(range(41, 25, -1))
    assert slots(found, "timestamp_seconds")[:3] == [START + 5009, START + 5003, START + 4939]
    assert searched(scn) == [(5001, 5010)]
    assert slots(scn.values()) == slots(found)
    assert searched(scn) == []


def test_the_time_of_a_request_is_asked_once(scn: Watched) -> None:
    set_chain(scn, 5000, [Made(nonce, 4990 + nonce) for nonce in range(5)])
    scn.values()
    blocks = scn.ipc.asked.count("eth_getBlockByNumber")
    scn.ipc.asked.clear()
    scn.values()
    # Once more only: newest and checkpoint, the last that was searched, and that of this search.
    assert (blocks, scn.ipc.asked.count("eth_getBlockByNumber")) == (3 + 5, 4)


def test_a_request_where_one_search_ends_and_the_next_begins_is_found_once(
    scn: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporter_requests, "SEARCHES", 1)
    set_chain(scn, 5000, [Made(0, 10), Made(1, 4984), Made(2, 4985)])
    assert slots(scn.values()) == [2]
    assert slots(scn.values()) == [2, 1]


def test_many_requests_at_once_replace_all(scn: Watched) -> None:
    set_chain(scn, 5000, [Made(nonce, 4990) for nonce in range(20)])
    scn.values()
    searched(scn)
    set_chain(scn, 6000, [Made(nonce, 5000 + nonce * 10) for nonce in range(100)])
    assert slots(scn.values()) == list(range(99, 83, -1))
    assert min(first for first, _ in searched(scn)) > 5001


def test_few_and_no_requests(scn: Watched) -> None:
    set_chain(scn, 5000, [])
    assert slots(scn.values()) == []
    assert searched(scn) == []
    set_chain(scn, 5001, [Made(0, 5001)])
    assert slots(scn.values()) == [0]
    assert len(searched(scn)) == 1
    set_chain(scn, 5002, [Made(0, 5001), Made(1, 5002)])
    assert slots(scn.values()) == [1, 0]
    assert searched(scn) == [(5002, 5002)]


@pytest.mark.parametrize("head", [4990, 5000, 5020])
def test_after_a_rollback_the_search_begins_anew(scn: Watched, head: int) -> None:
    set_chain(scn, 5000, [Made(nonce, 4980 + nonce) for nonce in range(20)])
    assert slots(scn.values())[0] == 19
    searched(scn)
    scn.ipc.chain.salt = 0xCD
    set_chain(scn, head, [Made(nonce, 4970 + nonce) for nonce in range(18)])
    found = scn.values()
    assert slots(found) == list(range(17, 1, -1))
    assert slots(found, "timestamp_seconds")[0] == START + 4987
    assert searched(scn)[0][1] == head


def test_a_node_that_was_rewound_tells_what_it_has(scn: Watched) -> None:
    made = [Made(nonce, 4900 + nonce * 5) for nonce in range(20)]
    set_chain(scn, 5000, made)
    assert slots(scn.values())[0] == 19
    set_chain(scn, 4950, made[:11])
    assert slots(scn.values()) == list(range(10, -1, -1))
    set_chain(scn, 5001, made)
    assert slots(scn.values())[0] == 19


@pytest.mark.parametrize(
    "text",
    ["", "7", "[]", "{}", "null", '{"contract": "CONTRACT", "chain": 3000}', "GOOD-requests", "GOOD-tip", "GOOD-hash"],
)
def test_what_cannot_be_remembered_is_searched_again(scn: Watched, text: str) -> None:
    set_chain(scn, 5000, [Made(nonce, 4980 + nonce) for nonce in range(20)])
    wanted = slots(scn.values())
    good = json.loads(scn.cache.read_text())
    broken = {
        "GOOD-requests": json.dumps({**good, "requests": [["x", 1]]}),
        "GOOD-tip": json.dumps({**good, "tip": -5}),
        "GOOD-hash": json.dumps({**good, "hash": None}),
    }
    searched(scn)
    scn.cache.write_text(broken.get(text, text.replace("CONTRACT", good["contract"])))
    assert slots(scn.values()) == wanted
    assert searched(scn)[0][1] == 5000
    assert json.loads(scn.cache.read_text()) == good


@pytest.mark.parametrize(("key", "value"), [("contract", "0x" + "c9" * 20), ("chain", 3001)])
def test_what_is_remembered_of_another_contract_or_chain_is_not_used(scn: Watched, key: str, value: object) -> None:
    set_chain(scn, 5000, [Made(nonce, 4980 + nonce) for nonce in range(20)])
    scn.values()
    searched(scn)
    scn.cache.write_text(json.dumps({**json.loads(scn.cache.read_text()), key: value}))
    scn.values()
    assert searched(scn)[0][1] == 5000


def test_an_old_request_is_found_over_several_runs_each_bounded(scn: Watched) -> None:
    made = [Made(0, 10), *(Made(nonce, 60_000) for nonce in (1, 2))]
    set_chain(scn, 60_010, made)
    looked = []
    for run in range(6):
        found = slots(scn.values())
        ranges = searched(scn)
        looked.append(len(ranges))
        assert all(last - first < STRIDE for first, last in ranges)
        assert found[:2] == [2, 1], run
    assert looked[0] == SEARCHES
    assert max(looked) <= SEARCHES
    assert looked[-1] == 0
    assert found == [2, 1, 0]


def test_the_search_goes_back_so_far_and_no_further(scn: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporter_requests, "LOOKBACK", 3000)
    set_chain(scn, 60_000, [Made(0, 10), Made(1, 59_990)])
    assert slots(scn.values()) == [1]
    assert 60_000 - 3000 - STRIDE < min(first for first, _ in searched(scn)) <= 60_000 - 3000
    assert slots(scn.values()) == [1]
    assert searched(scn) == []
    assert LOOKBACK > 3000


def test_more_events_than_a_node_gives_at_once(scn: Watched) -> None:
    made = [Made(nonce, 4000 + nonce // 20) for nonce in range(400)]
    set_chain(scn, 4500, made)
    assert slots(scn.values()) == list(range(399, 383, -1))
    set_chain(scn, 4501, [*made, *(Made(nonce, 4501) for nonce in range(400, 441))])
    found = scn.values()
    assert slots(found) == []
    assert found["exporter_unanswered_questions"] == 1


def test_each_kind_has_its_asset_and_both_events_are_read(scn: Watched) -> None:
    unknown = "0x" + "d9" * 20
    set_chain(
        scn,
        300,
        [
            Made(0, 200, kind=2, amount=77, token=unknown, encoded=True),
            Made(1, 201, kind=1, amount=2**200, token=TOKENS["child"], encoded=True),
            Made(2, 202, amount=3 * COIN // 2),
            Made(3, 202, kind=1, amount=12, token=unknown),
        ],
    )
    found = {key: value for key, value in scn.values().items() if "request_amount" in key}
    assert found == {
        f'recent_request_amount{{back="0",asset="{unknown}"}}': 12,
        'recent_request_amount{back="1",asset="coins"}': 1.5,
        'recent_request_amount{back="2",asset="play"}': 2.0**200,
        f'recent_request_amount{{back="3",asset="{unknown}"}}': 1,
    }


@pytest.mark.parametrize("encoded", [False, True])
def test_events_are_read_as_the_project_reads_them(*, encoded: bool) -> None:
    log = Made(41, 7, kind=1, amount=99, token=TOKENS["child"], encoded=encoded).log()
    event = project._EVENTS[int(encoded)]
    receipt = {**log, "topics": [HexBytes(topic) for topic in log["topics"]], "data": HexBytes(log["data"])}
    receipt |= {key: HexBytes(log[key]) for key in ("blockHash", "transactionHash")}
    receipt |= {key: int(log[key], 16) for key in ("blockNumber", "transactionIndex", "logIndex")}
    wanted = project._request(event.process_log(LogReceipt(**receipt)))  # type: ignore[typeddict-item]
    found = exporter_requests.requested(log)
    assert (found.nonce, found.block, found.amount) == (wanted.nonce, wanted.block, wanted.amount) == (41, 7, 99)
    assert project.KINDS[found.kind] == wanted.kind
    assert found.token == wanted.token.lower()


def test_the_events_are_those_of_the_project() -> None:
    assert tuple(event.topic for event in project._EVENTS) == EVENTS
    assert (RECENT, FIRST_STRIDE) == (16, 16)
