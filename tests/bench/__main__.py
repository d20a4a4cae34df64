"""Measure, print a table, and write bench.json: `make bench`. Some three minutes, as root, on an idle machine."""

import json
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from pulumi import automation

from components.chain.accounts.signer import KeySigner
from components.chain.voters.calls import fill_account
from tests.bench import chain_phase
from tests.bench.floor import start_by_hand
from tests.bench.timeline import PHASES, Timeline
from tests.network.network import COIN, Network
from tests.stack import ROOT, Stack, settings

RUNS = 3
"""Of a preview; the median counts."""


def main() -> None:
    """Run everything; whatever fails, the stack is destroyed."""
    with tempfile.TemporaryDirectory(prefix="servicechain-ha-bench-") as name:
        folder = Path(name)
        (folder / "stack").mkdir()
        stack = Stack(folder / "stack", settings(), environment={"PULUMI_SKIP_CHECKPOINTS": "false"})
        try:
            results = measure(stack, folder)
        finally:
            say("destroy")
            stack.destroy()
    show(results)
    (ROOT / "bench.json").write_text(json.dumps(results, indent=2) + "\n")


def measure(stack: Stack, folder: Path) -> dict[str, float]:
    """Return all measurements, in seconds."""
    say("up from nothing")
    timeline = Timeline()
    stack.automation.up(on_event=timeline.note)
    results = {"up": time.monotonic() - timeline.start}
    results |= {f"up: {phase} ends at": timeline.of(types)[1] for phase, types in PHASES.items()}
    network = Network(stack)
    say("previews")
    empty = _empty(folder / "empty")
    results["no-op preview"] = _median(lambda: stack.automation.preview(expect_no_changes=True))
    results["preview of an empty program"] = _median(empty.preview)
    for count in (2, 12):
        say(f"on-chain phase, {count} operators")
        results[f"on-chain phase, {count} operators"] = chain_phase.by_pulumi(
            network, folder / str(count), _owners(network), _operators(network, count)
        )
    say("on-chain phase, serially")
    results["on-chain phase, serially"] = chain_phase.serially(network, _owners(network), _operators(network, 2))
    say("floor: the same nodes by hand")
    results["floor: nodes by hand to the first child block"] = start_by_hand(network)
    return results


def show(results: Mapping[str, float]) -> None:
    """Print the measurements, and the ratios that there are aims for."""
    print()
    for name, seconds in results.items():
        print(f"{name:<48}{seconds:8.2f} s")
    floor, up = results["floor: nodes by hand to the first child block"], results["up"]
    two, twelve = (results[f"on-chain phase, {count} operators"] for count in (2, 12))
    rows = [
        ("up / (2 x floor + 10 s)", up / (2 * floor + 10), "at most 1"),
        ("serial / on-chain phase, 2 operators", results["on-chain phase, serially"] / two, "at least 4"),
        ("on-chain phase, 12 / 2 operators", twelve / two, "at most 2"),
        (
            "no-op preview / empty program",
            results["no-op preview"] / results["preview of an empty program"],
            "at most 2.5",
        ),
    ]
    print()
    for name, ratio, aim in rows:
        print(f"{name:<48}{ratio:8.2f}    aim: {aim}")


def say(step: str) -> None:
    """Tell what is going on."""
    print(f"bench: {step}", file=sys.stderr, flush=True)


def _owners(network: Network) -> dict[str, KeySigner]:
    """Return a new account on each chain, with coins: one account on both would get contracts of one address."""
    owners = {chain: KeySigner(private_key=secrets.token_hex(32)) for chain in network.owners}
    for chain, owner in owners.items():
        account = owner.account().address
        fill_account(network.on(chain), network.owners[chain], account, 1000 * COIN, 1000 * COIN)
    return owners


def _operators(network: Network, count: int) -> dict[str, list[str]]:
    """Return the operators of each contract: those of the pairs, and accounts of nobody."""
    return {
        chain: [
            *(pair[f"{chain}Operator"] for pair in network.pairs.values()),
            *(
                KeySigner(private_key=secrets.token_hex(32)).account().address
                for _ in range(count - len(network.pairs))
            ),
        ]
        for chain in chain_phase.CHAINS
    }


def _empty(folder: Path) -> automation.Stack:
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text((ROOT / "Pulumi.yaml").read_text().replace(".build", f"{ROOT}/.build"))
    (folder / "__main__.py").write_text("import pulumi\n")
    variables = {"PULUMI_CONFIG_PASSPHRASE": "bench", "PULUMI_BACKEND_URL": folder.as_uri()}
    stack = automation.create_stack(
        "empty", work_dir=str(folder), opts=automation.LocalWorkspaceOptions(env_vars=variables)
    )
    stack.up()
    return stack


def _median(run: Callable[[], object]) -> float:
    times = []
    for _ in range(RUNS):
        begin = time.monotonic()
        run()
        times.append(time.monotonic() - begin)
    return statistics.median(times)


if __name__ == "__main__":
    main()
