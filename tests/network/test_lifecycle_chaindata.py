"""Chain data from an archive, on a real host over real SSH, and a real EN that goes on from them."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from components.chain.rpc.console import Console
from components.chain.rpc.endpoint import Endpoint
from components.domain.problems.packages import CHAIN_DATA_FAILED
from components.dynamic.base import Props
from components.dynamic.nodes.chaindata import ChainData, ChainDataError, ChainDataProvider
from components.kaia import conf
from tests.lifecycle import Edit, Life, lifecycle
from tests.network.lone_chain import CHAIN_ID, LoneChain, console_at, start_node
from tests.network.test_lifecycle_synced import LAYOUT, PACKAGE
from tests.run import lines

SERVER, EN = "beta-en", "gamma-scn"
PORT = 8000
MARK = "0x2e"
"""Of the first block of the archive, so that it is known again."""


@pytest.fixture(scope="module")
def archive(chain: LoneChain) -> Iterator[Props]:
    """Make chain data on one host and serve them there; yield what another one is told of them."""
    network = chain.network
    first_block = {**json.loads(chain.first_block), "timestamp": MARK}
    values = conf.endpoint_node(CHAIN_ID, LAYOUT.data)
    start_node(network, SERVER, PACKAGE, values, network.seed("served-key"), json.dumps(first_block))
    network.run(SERVER, f"{LAYOUT.current.daemon} stop")
    network.run(SERVER, f"tar -czf /srv/chaindata.tar.gz -C {LAYOUT.data} klay/chaindata")
    network.run(SERVER, f"cd /srv; setsid python3 -m http.server {PORT} >/dev/null 2>&1 </dev/null &")
    disk: Path = network.folder / SERVER / "srv/chaindata.tar.gz"
    yield {
        "source": f"http://{network.address(SERVER)}:{PORT}/chaindata.tar.gz",
        "sha256": hashlib.sha256(disk.read_bytes()).hexdigest(),
    }
    network.down(SERVER)


@pytest.fixture
def host(chain: LoneChain) -> Iterator[Props]:
    """Yield how a host without anything is logged in to."""
    chain.network.up(EN)
    yield {key: value for key, value in console_at(chain.network, EN, PACKAGE).items() if key not in ("node", "ipc")}
    chain.network.down(EN)


def program(host: Props, archive: Props) -> Props:
    own = {"node": EN, "login": host, "root": "/srv", "instance": "1", "owner": "root:root", "hours": 1.0}
    return {**own, **archive}


def test_the_life_of_chain_data_and_a_node_that_goes_on_from_them(
    chain: LoneChain, host: Props, archive: Props
) -> None:
    lifecycle(
        Life(ChainDataProvider(), ChainData),
        program(host, archive),
        [
            Edit({"sha256": "ab" * 32}, "same"),
            Edit({"source": "http://elsewhere.test/x.tar.gz"}, "same"),
            Edit({"hours": 3.0}, "same"),
            Edit({"instance": "2"}),  # another machine with the same disk: the data are there
        ],
        secrets=[host["private_key"].splitlines()[3]],
        lasting=True,
    )
    values = conf.endpoint_node(CHAIN_ID, LAYOUT.data)
    start_node(chain.network, EN, PACKAGE, values, chain.network.seed("restored-key"), chain.first_block)
    with closing(Console(Endpoint.model_validate(console_at(chain.network, EN, PACKAGE)))) as console:
        block = console.call("eth_getBlockByNumber", "0x0", False)  # noqa: FBT003 - the node's own argument
    assert block["timestamp"] == MARK, "it began with the archive's first block, and not with its genesis file"
    assert chain.network.run(EN, "ls /srv | grep chaindata || true") == ""


def test_another_archive_is_refused_by_name(host: Props, archive: Props) -> None:
    with pytest.raises(ChainDataError) as caught:
        ChainDataProvider().create({**program(host, archive), "sha256": "ab" * 32})
    print(caught.value)
    assert lines(str(caught.value), CHAIN_DATA_FAILED, f"{EN}: ", f"{archive['sha256']}, not {'ab' * 32}")
