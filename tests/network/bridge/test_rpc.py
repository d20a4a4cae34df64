"""make rpc: a tunnel to the HTTP RPC of a node, which listens on its host's loopback."""

import json
import subprocess
import sys
import urllib.request

from components.domain.problems.operations.machines import UNKNOWN_NODE
from tests.network.network import Network
from tests.run import lines
from tests.stack import ROOT


def test_a_tunnel_leads_to_the_rpc_of_a_node(network: Network) -> None:
    export = json.dumps({"deployment": {"resources": network.stack.resources()}})
    command = [sys.executable, "-m", "toolchain.ops.rpc"]
    with subprocess.Popen([*command, "scn-3"], cwd=ROOT, stdin=-1, stdout=-1, text=True) as rpc:
        try:
            assert rpc.stdin
            assert rpc.stdout
            rpc.stdin.write(export)
            rpc.stdin.close()
            line = rpc.stdout.readline()
            assert line.startswith("scn-3, chain 3000: http://127.0.0.1:")
            body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "eth_chainId", "params": []}).encode()
            url = line.split()[3]
            request = urllib.request.Request(url, body, {"Content-Type": "application/json"})  # noqa: S310 - as it is
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
                assert json.load(answer)["result"] == hex(3000)
        finally:
            rpc.terminate()
    other = subprocess.run([*command, "scn-9"], cwd=ROOT, input=export, capture_output=True, text=True, check=False)
    assert (other.returncode, other.stdout) == (1, "")
    assert lines(other.stderr, UNKNOWN_NODE, "error: ", "'scn-9'", "alpha-en, beta-en, parent, scn-1, ")
