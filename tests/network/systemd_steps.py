"""The steps that Node takes on a host, in their order, as Pulumi would send them there.

Run as a program it makes a Node with Pulumi's mocks, in a process of its own because those are global, and prints the
steps.
"""

import json
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Literal

import pulumi

from components.hosts.host import Host, Ssh
from components.kaia import conf, genesis
from components.kaia.layout import Layout, json_list
from components.kaia.package import package
from components.stack.nodes.node import File, PreparedNode

CHAIN_ID = 3000
SUB_BRIDGE = conf.SubBridge(parent_chain_id=2020, anchoring=True, anchoring_period=10, recovery_interval=5)
"""Of an SCN; nobody is at the other end."""
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Wanted:
    """A node alone on its chain."""

    program: str
    key: str
    address: str
    """Of the key: the chain's only validator."""
    file: str | None
    url: str | None
    sha256: str
    metrics: bool = False
    service: Literal["daemon", "systemd"] = "systemd"
    public: bool = False
    """An EN of Kairos instead, which nobody else can be reached from."""
    instance: str = "machine-1"


@dataclass(frozen=True)
class Step:
    """One resource: a command, or the copy of a file."""

    name: str
    command: str
    stdin: str
    source: str
    target: str


def steps(wanted: Wanted) -> list[Step]:
    """Return the steps that make this node run."""
    done = subprocess.run(
        [sys.executable, "-m", __name__, json.dumps(asdict(wanted))],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [Step(**step) for step in json.loads(done.stdout)]


class _Recorder(pulumi.runtime.Mocks):
    def __init__(self) -> None:
        self.steps: list[Step] = []

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        given = args.inputs
        if args.typ.startswith("command:remote:"):
            source = given.get("source")
            path = source.path if isinstance(source, pulumi.FileAsset) else ""
            command, stdin = _plain(given.get("create", "")), _plain(given.get("stdin", ""))
            self.steps.append(Step(args.name, command, stdin, str(path), str(given.get("remotePath", ""))))
        return f"{args.name}-id", {**given, "stdout": "", "stderr": "", "tokens": {}}

    def call(self, args: pulumi.runtime.MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        raise NotImplementedError(args)


def _plain(value: Any) -> str:
    """Take a secret out of its wrapping."""
    return str(value["value"] if isinstance(value, dict) else value)


def _launch(wanted: Wanted) -> pulumi.Output[object]:
    secret = pulumi.Output.secret
    ssh = Ssh("127.0.0.1", "root", secret("key"), "host key")
    host = Host(f"{wanted.program}-1", "127.0.0.1", ssh, "/srv", wanted.instance, service=wanted.service)
    archive = SimpleNamespace(file=wanted.file, url=wanted.url, sha256=wanted.sha256, version="v1.0.3")
    found = package(wanted.program, archive)
    layout = Layout("/srv", found)
    exposure = conf.Exposure(metrics=wanted.metrics)
    if wanted.public:
        values = conf.public_endpoint_node("kairos", layout.data, exposure)
    elif wanted.program == "kscn":
        values = conf.service_chain_node(CHAIN_ID, layout.data, SUB_BRIDGE, exposure)
    else:
        values = conf.endpoint_node(CHAIN_ID, layout.data, exposure)
    files = [
        File("nodekey", layout.node_key, secret(wanted.key), "0600", restarts=True),
        File("static-nodes.json", layout.static_nodes, json_list([])),
    ]
    text = None if wanted.public else genesis.service_chain(CHAIN_ID, [wanted.address], {})
    return pulumi.Output.from_input(PreparedNode(host, found, values, files, text).launch().running.id)


def main() -> None:
    """Print the steps of the node that the argument describes."""
    recorder = _Recorder()
    pulumi.runtime.set_mocks(recorder, preview=False)
    wanted = Wanted(**json.loads(sys.argv[1]))
    pulumi.runtime.test(lambda: _launch(wanted))()  # type: ignore[no-untyped-call]
    print(json.dumps([asdict(step) for step in recorder.steps]))


if __name__ == "__main__":
    main()
