"""The on-chain phase: all calls for a new bridge on a running network, by Pulumi and serially."""

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pulumi
from pulumi import automation

from components.chain.accounts.signer import Signer
from components.chain.contracts.artifact import Artifact
from components.chain.contracts.contract import require_state, transaction
from components.chain.contracts.plan import deregister_deployer, register_operator
from components.chain.nodes.registration import register
from components.chain.tx.batch import Transaction, execute
from components.chain.voters import calls
from components.settings.model import BridgeSettings
from tests.bench.timeline import PHASES, Timeline
from tests.network.network import COIN, Network
from tests.stack import ROOT

ARTIFACT = str(ROOT / BridgeSettings().artifact)
CHAINS = ("parent", "child")
LIQUIDITY = 10 * COIN


def by_pulumi(
    network: Network, folder: Path, owners: Mapping[str, Signer], operators: Mapping[str, Sequence[str]]
) -> float:
    """Return the seconds from the first to the last resource of an up that makes a bridge with these operators."""
    folder.mkdir()
    stack = automation.create_stack(
        "phase",
        project_name="phase",
        program=_program(network, owners, operators),
        opts=automation.LocalWorkspaceOptions(
            work_dir=str(folder),
            project_settings=automation.ProjectSettings("phase", "python"),
            env_vars={"PULUMI_CONFIG_PASSPHRASE": "bench", "PULUMI_BACKEND_URL": folder.as_uri()},
        ),
    )
    timeline = Timeline()
    stack.up(on_event=timeline.note)
    begin, end = timeline.of(PHASES["bridge"])
    return end - begin


def _program(
    network: Network, owners: Mapping[str, Signer], operators: Mapping[str, Sequence[str]]
) -> Callable[[], None]:
    def run() -> None:
        from components.dynamic.contracts.balance import Liquidity
        from components.dynamic.contracts.bridge_contract import BridgeContract
        from components.dynamic.contracts.bridge_operator import BridgeOperator
        from components.dynamic.contracts.operator_threshold import OperatorThreshold
        from components.dynamic.nodes.bridge_registration import BridgeRegistration
        from components.dynamic.nodes.running_node import RunningNode

        # As in an up of the whole program, where the nodes come first: the provider has imported what it needs.
        warm = RunningNode(
            "warm",
            {
                "node": pulumi.Output.secret(network.on("parent").endpoint.model_dump()),
                "role": "validator",
                "chain_id": network.on("parent").web3.eth.chain_id,
                "started": "before",
                "start": "false",
                "runs": "",
            },
        )
        registrations = network.stack.of_type("BridgeRegistration")
        contracts = {}
        for chain in CHAINS:
            props = {
                "chain_id": network.on(chain).web3.eth.chain_id,
                "endpoints": pulumi.Output.secret([network.on(chain).endpoint.model_dump()]),
                "signer": pulumi.Output.secret(owners[chain].model_dump()),
            }
            contract = BridgeContract(
                chain,
                {**props, "mode_mint_burn": chain == "child", "artifact": ARTIFACT},
                pulumi.ResourceOptions(depends_on=[warm]),
            )
            contracts[chain] = contract.address
            levels = {"minimum": str(LIQUIDITY), "target": str(LIQUIDITY)}
            Liquidity(f"{chain}-liquidity", {**props, "account": contract.address, **levels})
            votes = [
                BridgeOperator(
                    f"{chain}-{index}",
                    {**props, "bridge": contract.address, "operator": operator, "cohort": operators[chain]},
                )
                for index, operator in enumerate(operators[chain])
            ]
            OperatorThreshold(
                f"{chain}-threshold",
                {**props, "bridge": contract.address, "threshold": 1},
                pulumi.ResourceOptions(depends_on=votes),
            )
        for name, pair in network.pairs.items():
            props = {
                "node": pulumi.Output.secret(network.endpoints[pair["scn"]["name"]].model_dump()),
                "en": pulumi.Output.secret(network.endpoints[pair["en"]["name"]].model_dump()),
                "child_bridge": contracts["child"],
                "parent_bridge": contracts["parent"],
                "restart": registrations[f"{pair['scn']['name']}-registration"]["restart"],
                "started": "before",
                "en_started": "before",
            }
            BridgeRegistration(name, props)

    return run


def serially(network: Network, owners: Mapping[str, Signer], operators: Mapping[str, Sequence[str]]) -> float:
    """Return the seconds for the same calls, each sent alone and waited for, one chain after the other."""
    begin = time.monotonic()
    bridges = {}
    for chain in CHAINS:
        console, owner = network.on(chain), owners[chain]
        creation = Artifact.load(Path(ARTIFACT)).creation(mode_mint_burn=chain == "child")
        (receipt,) = execute(console, owner, [Transaction("deploy", data=creation)])
        bridge = str(receipt["contractAddress"])
        for step in deregister_deployer(require_state(console, bridge).operators, owner.account().address):
            execute(console, owner, [transaction(bridge, step)])
        for operator in operators[chain]:
            for step in register_operator(require_state(console, bridge), operator):
                execute(console, owner, [transaction(bridge, step)])
        calls.fill_bridge(console, owner, bridge, LIQUIDITY, LIQUIDITY)
        bridges[chain] = bridge
    for pair in network.pairs.values():
        scn, en = network.console(pair["scn"]["name"]), network.console(pair["en"]["name"])
        restart = str(network.stack.program_of("BridgeRegistration", f"{pair['scn']['name']}-registration")["restart"])
        register(scn, en, bridges["child"], bridges["parent"], restart)
    return time.monotonic() - begin
