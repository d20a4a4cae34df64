"""A reference RPC, against one that answers over HTTP on this machine."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from components.chain.errors import Unreachable
from components.chain.rpc.reference_rpc import OtherChain, ReferenceRpc
from components.domain.problems.chains import REFERENCE_OF_OTHER_CHAIN, REFERENCE_SILENT

KEY = "a-key-that-nobody-may-see"


@contextmanager
def rpc(answers: dict[str, Any] | bytes) -> Iterator[str]:
    """Serve an RPC; yield its address, with a key in it."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            body = (
                answers
                if isinstance(answers, bytes)
                else json.dumps({"jsonrpc": "2.0", "id": asked["id"], "result": _answer(answers, asked)}).encode()
            )
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/{KEY}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _answer(answers: dict[str, Any], asked: dict[str, Any]) -> Any:
    """Return the answer to a method, or that to a block by its number."""
    found = answers[asked["method"]]
    if asked["method"] == "eth_getBlockByNumber":
        number, whole = asked["params"]
        assert whole is False
        return found.get(number)
    return found


def test_it_reports_how_far_the_chain_is() -> None:
    with rpc({"eth_chainId": "0x7e4", "eth_blockNumber": "0x3e8"}) as url:
        assert ReferenceRpc(url, 2020).height() == 1000


def test_one_of_another_chain_is_refused() -> None:
    with rpc({"eth_chainId": "0x1", "eth_blockNumber": "0x3e8"}) as url, pytest.raises(OtherChain) as caught:
        ReferenceRpc(url, 2020).height()
    for part in ("127.0.0.1", " 1,", "2020", "parentChain.referenceRpc", REFERENCE_OF_OTHER_CHAIN.code):
        assert part in str(caught.value)
    assert KEY not in str(caught.value)


@pytest.mark.parametrize(
    "answer", [b"", b"<html>", b"[]", b'{"jsonrpc": "2.0", "id": 0, "error": {"code": -1, "message": "m"}}']
)
def test_one_that_does_not_answer_is_reported_without_its_address(answer: bytes) -> None:
    with rpc(answer) as url, pytest.raises(Unreachable) as caught:
        ReferenceRpc(url, 2020).height()
    for part in ("127.0.0.1", "parentChain.referenceRpc", REFERENCE_SILENT.code):
        assert part in str(caught.value)
    assert KEY not in str(caught.value)


def test_one_that_is_not_there_is_reported_without_its_address() -> None:
    with rpc(b"") as url:
        pass
    with pytest.raises(Unreachable, match=REFERENCE_SILENT.code) as caught:
        ReferenceRpc(url, 2020).height()
    assert KEY not in str(caught.value)
    assert caught.value.__suppress_context__


def test_it_gives_the_hash_of_a_block_that_it_has() -> None:
    block = {"hash": "0x" + "AB" * 32, "transactions": ["0x" + "cd" * 32] * 5000}
    with rpc({"eth_getBlockByNumber": {"0x3e8": block}}) as url:
        assert ReferenceRpc(url, 2020).block_hash(1000) == "0x" + "ab" * 32
        assert ReferenceRpc(url, 2020).block_hash(1001) is None


def test_one_that_does_not_give_blocks_says_nothing_of_them() -> None:
    with rpc(b'{"jsonrpc": "2.0", "id": 1, "error": {"code": -32601, "message": "the method is not allowed"}}') as url:
        assert ReferenceRpc(url, 2020).block_hash(1000) is None


@pytest.mark.parametrize(
    "answer", [b"", b"<html>", b"7", b'{"jsonrpc": "2.0", "id": 1, "result": {"number": "0x3e8"}}']
)
def test_a_block_that_makes_no_sense_is_no_answer(answer: bytes) -> None:
    with rpc(answer) as url, pytest.raises(Unreachable, match=REFERENCE_SILENT.code) as caught:
        ReferenceRpc(url, 2020).block_hash(1000)
    assert KEY not in str(caught.value)
