"""The life of what needs running pairs: nodes, registrations and proofs, on the network that all bridge tests share."""

from contextlib import closing

from components.chain.nodes.journal import read_registration
from components.chain.nodes.registration import deregister
from components.chain.peers.seats import council
from components.chain.rpc.console import Console
from components.chain.rpc.endpoint import Endpoint
from components.chain.transfers.requests import requested
from components.chain.validators.validator_votes import vote_out
from components.domain.problems.nodes import NOT_REGISTERED
from components.dynamic.base import Props
from components.dynamic.nodes.bridge_registration import BridgeRegistration, BridgeRegistrationProvider
from components.dynamic.nodes.node_token import NodeToken, NodeTokenInputs, NodeTokenProvider
from components.dynamic.nodes.running_node import RunningNode, RunningNodeProvider
from components.dynamic.nodes.updated_node import UpdatedNode, UpdatedNodeProvider
from components.dynamic.proofs.transfer_proof import TransferProof, TransferProofProvider
from components.dynamic.validators.child_validator import ChildValidator, ChildValidatorProvider
from tests.lifecycle import Behind, Edit, Life, lifecycle
from tests.network.network import CHAINS, Network

PAIR, EN, SCN, UNPAIRED, VALIDATOR = "alpha", "alpha-en", "scn-1", "scn-3", "scn-4"


def secret_of(endpoint: Props) -> str:
    return str(endpoint["private_key"].splitlines()[3])


def test_a_running_node(network: Network) -> None:
    program = network.stack.program_of("RunningNode", EN, "version", "began_with")
    stopped = (Behind(lambda: network.stop(EN)), ["drift"])
    edits = [
        Edit({"started": "again"}),
        Edit({"static_nodes": []}, "same"),
        Edit({"static_nodes": program["static_nodes"]}, "same"),
    ]
    secrets = [secret_of(program["node"])]
    life = Life(RunningNodeProvider(), RunningNode)
    try:
        lifecycle(life, program, edits, drifts=[stopped], secrets=secrets, lasting=True)
    finally:
        network.start(EN)


def test_an_updated_node(network: Network) -> None:
    program = network.stack.program_of("UpdatedNode", UNPAIRED, "version", "due")
    before = network.processes()[UNPAIRED]
    edits = [
        Edit({"static_nodes": []}, "same"),
        Edit({"static_nodes": program["static_nodes"]}, "same"),
        Edit({"runs": "something else", "began_with": ""}),
        Edit({"runs": program["runs"], "began_with": program["runs"]}),  # as if its RunningNode had started it
    ]
    secrets = [secret_of(program["node"])]
    lifecycle(Life(UpdatedNodeProvider(), UpdatedNode), program, edits, secrets=secrets, lasting=True)
    assert network.processes()[UNPAIRED] != before


def test_a_seat_of_a_validator(network: Network) -> None:
    program = network.stack.program_of("ChildValidator", f"{VALIDATOR}-validator")
    others = [Endpoint.model_validate(one) for one in program["endpoints"]]

    def unseat() -> None:
        vote_out(others, int(program["chain_id"]), program["address"])

    edits = [
        Edit({"static_nodes": []}, "same"),
        Edit({"endpoints": program["endpoints"][1:]}),
        Edit({"endpoints": program["endpoints"]}, "same"),
        Edit({"static_nodes": program["static_nodes"]}, "same"),
    ]
    life = Life(ChildValidatorProvider(), ChildValidator)
    secrets = [secret_of(program["node"])]
    try:
        lifecycle(life, program, edits, disappear=Behind(unseat), secrets=secrets)
    finally:
        ChildValidatorProvider().create(program)
    assert program["address"].lower() in council(network.on("child"))


def test_a_registration(network: Network) -> None:
    program = network.stack.program_of("BridgeRegistration", f"{SCN}-registration")

    def let_go() -> None:
        with closing(Console(Endpoint.model_validate(program["node"]))) as scn:
            deregister(scn, program["child_bridge"], program["parent_bridge"])

    life = Life(BridgeRegistrationProvider(), BridgeRegistration)
    edits = [
        Edit({"restart": "false"}),  # which the removal uses
        Edit({"restart": program["restart"]}),
        Edit({"en": {**program["en"], "node": "renamed"}}),
        Edit({"en": program["en"]}),
    ]
    secrets = [secret_of(program["node"])]
    try:
        lifecycle(life, program, edits, drifts=[(Behind(let_go), ["drift"])], secrets=secrets, lasting=True)
    finally:
        BridgeRegistrationProvider().create(program)
    for source in ("parent", "child"):
        network.send(source, 1).wait()


def test_an_scn_that_left_its_pair_has_nothing_to_deregister(network: Network) -> None:
    known = network.stack.program_of("BridgeRegistration", f"{SCN}-registration")
    left: Props = {**known, "node": network.stack.program_of("RunningNode", UNPAIRED)["node"]}
    provider = BridgeRegistrationProvider()
    assert NOT_REGISTERED.code in str((provider.read("id", left).outs or {}).get("drift"))
    provider.delete("id", left)


def test_a_token_on_a_node(network: Network) -> None:
    known = network.stack.program_of("BridgeRegistration", f"{SCN}-registration")
    parent, child = (network.owners[chain].account().address for chain in CHAINS)  # any address: nothing asks it
    on_node = {name: value for name, value in known.items() if name in NodeTokenInputs.model_fields}
    program: Props = {**on_node, "parent_token": parent, "child_token": child}
    edits = [
        Edit({"child_token": child.lower()}, "same"),
        Edit({"child_token": parent}, "replace"),
    ]
    secrets = [secret_of(program["node"])]
    lifecycle(Life(NodeTokenProvider(), NodeToken), program, edits, secrets=secrets, lasting=True)


def test_a_proof(network: Network) -> None:
    program = network.stack.program_of("TransferProof", "child-to-parent-proof", "proven_requests", "proof", "request")
    direction = network.direction("child")
    before = requested(direction)
    edits = [
        Edit({"amount": "2"}, "same"),
        Edit({"serves": [*program["serves"][:-1], "made again"]}),
        Edit({"target_endpoints": program["target_endpoints"][:1]}),
        Edit({"target_endpoints": program["target_endpoints"]}, "same"),
    ]
    secrets = [secret_of(program["endpoints"][0]), program["signer"]["private_key"]]
    life = Life(TransferProofProvider(), TransferProof)
    lifecycle(life, program, edits, secrets=secrets, lasting=True)
    assert requested(direction) == before + 2, "one for the create and one for a node that was made again"


def test_the_registrations_are_as_before(network: Network) -> None:
    found = read_registration(network.console(SCN), network.bridges["child"], network.bridges["parent"])
    assert found.live
