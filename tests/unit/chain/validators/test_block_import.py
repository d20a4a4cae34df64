"""A node is given the blocks of its chain in batches, until it has all but those that are made meanwhile."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from components.chain.errors import NotReady
from components.chain.rpc import waiting
from components.chain.rpc.console import Console
from components.chain.validators.block_import import BATCH, ENOUGH, import_blocks
from components.domain.problems.chains import BLOCK_REFUSED


class Node:
    """Has blocks by their numbers, and imports those that follow its own."""

    def __init__(self, name: str, head: int, *, takes: bool = True) -> None:
        self.name, self.head, self.takes = name, head, takes
        self.batches: list[int] = []

    @property
    def console(self) -> Console:
        """Return a console of it."""
        node = self

        class Eth:
            @property
            def block_number(self) -> int:
                return node.head

        it = SimpleNamespace(node=self.name, call=self.call, web3=SimpleNamespace(eth=Eth()))
        return cast("Console", it)

    def call(self, method: str, text: str, timeout: float = 30) -> Any:  # noqa: ARG002
        """Give a block, or take some."""
        if method == "debug_getBlockRlp":
            assert int(text, 16) <= self.head
            return f"{int(text, 16):08x}"
        assert method == "admin_importChainFromString"
        numbers = [int(text[2:][i : i + 8], 16) for i in range(0, len(text) - 2, 8)]
        self.batches.append(len(numbers))
        if self.takes:
            assert numbers == list(range(self.head + 1, self.head + 1 + len(numbers)))
            self.head = numbers[-1]
        return self.takes


@pytest.mark.parametrize("length", [0, 1, ENOUGH, BATCH, 3 * BATCH + 7])
def test_an_empty_node_gets_all_that_there_is(length: int) -> None:
    source, target = Node("scn-1", length), Node("scn-5", 0)
    assert import_blocks(source.console, target.console) >= length - ENOUGH
    assert all(size <= BATCH for size in target.batches)


def test_one_that_lacks_what_was_just_made_is_left_to_its_peers() -> None:
    target = Node("scn-5", 100)
    import_blocks(Node("scn-1", 100 + ENOUGH).console, target.console)
    import_blocks(Node("scn-1", 90).console, target.console)
    assert target.batches == []


def test_one_that_does_not_take_a_block_is_reported_and_not_asked_forever() -> None:
    target = Node("scn-5", 0, takes=False)
    with pytest.raises(NotReady, match=f"scn-5: .* block 1 of scn-1, .*{BLOCK_REFUSED.code}"):
        import_blocks(Node("scn-1", 50).console, target.console)
    assert len(target.batches) == 1


def test_a_long_import_reports_how_far_it_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    seconds = iter(range(0, 10_000, 20))
    monkeypatch.setattr(waiting, "time", SimpleNamespace(monotonic=lambda: next(seconds)))
    import_blocks(Node("scn-1", 1000).console, Node("scn-5", 0).console)
    assert "scn-5: has block 250 of 1000 of scn-1, about" in capsys.readouterr().err
