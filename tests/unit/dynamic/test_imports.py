"""Resources that begin at once, in threads of one new process: what they import has circles, and breaks in halves."""

import json
import subprocess
import sys

import pytest

from tests.stack import ROOT

BEGIN = """
import json, sys, threading
from components.dynamic.contracts import balance, bridge_contract, bridge_operator
from components.dynamic.proofs import transfer_proof

sys.setswitchinterval(1e-6)
account = "0x" + "11" * 20
chain = {"chain_id": 1, "endpoints": [], "signer": {"kind": "key", "private_key": "46" * 32}}
proof = {"direction": "", "source_bridge": account, "target_bridge": account, "target_chain_id": 2, "covers": []}
proof |= {"source": "child", "voters": [account], "serves": []}
resources = [
    (bridge_contract.BridgeContractProvider(), {"mode_mint_burn": False, "artifact": "nowhere"}),
    (balance.FundingProvider(), {"account": account, "minimum": "1", "target": "2"}),
    (bridge_operator.BridgeOperatorProvider(), {"bridge": account, "operator": account, "cohort": [account]}),
    (transfer_proof.TransferProofProvider(), {**proof, "target_endpoints": [], "amount": "1"}),
]
said = []

def create(provider, inputs):
    try:
        provider.create({**chain, **inputs})
    except Exception as error:
        said.append(f"{type(error).__name__}: {error}")

threads = [threading.Thread(target=create, args=resource) for resource in resources]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(json.dumps(said))
"""


@pytest.mark.parametrize("_attempt", range(2))
def test_resources_that_begin_at_once_import_what_they_need(_attempt: int) -> None:
    """Without Provider.needs more than every second attempt fails."""
    done = subprocess.run([sys.executable, "-c", BEGIN], cwd=ROOT, capture_output=True, text=True, check=True)
    assert {one.partition(":")[0] for one in json.loads(done.stdout)} == {"ChainUnreadable"}, done.stdout
