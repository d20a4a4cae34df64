"""The command plugin that Pulumi would start: the official one, or the offline one of toolchain/command.

It is asked what the engine asks it in a preview, without the engine and without any machine.
"""

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import json_format
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

FOLDER = "resource-command-v1.2.1"
"""Of the version that the Python SDK asks for (`requirements.txt`)."""
NO_ENGINE = "127.0.0.1:1"
"""The plugin would log there."""
OFFLINE = "Offline subset"
"""The first words with which the plugin of this repository describes itself."""


class CommandPlugin:
    """A running plugin. Values have their secrets marked, as `tests.state.deployment.secret` does it."""

    def __init__(self, channel: grpc.Channel) -> None:
        self._stub = provider_pb2_grpc.ResourceProviderStub(channel)
        asked = provider_pb2.ConfigureRequest(acceptSecrets=True, sends_old_inputs=True)
        self._stub.Configure(asked)

    @property
    def is_offline(self) -> bool:
        """Tell whether it is the plugin of this repository."""
        schema = self._stub.GetSchema(provider_pb2.GetSchemaRequest()).schema
        return OFFLINE in schema

    def checked(self, urn: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """Return the inputs as a state keeps them. Asserts that none is refused."""
        answer = self._stub.Check(provider_pb2.CheckRequest(urn=urn, news=_struct(inputs)))
        assert not answer.failures, [(one.property, one.reason) for one in answer.failures]
        return dict(json_format.MessageToDict(answer.inputs))

    def changes(self, urn: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
        """Return which inputs an `up` would find changed: those in the state are `old`, and the checked ones `new`."""
        held = _struct(old)
        answer = self._stub.Diff(
            provider_pb2.DiffRequest(id="x", urn=urn, olds=held, old_inputs=held, news=_struct(new))
        )
        assert (answer.changes == provider_pb2.DiffResponse.DIFF_SOME) == bool(answer.detailedDiff)
        return sorted(answer.detailedDiff)


@contextmanager
def command_plugin() -> Iterator[CommandPlugin]:
    """Run the plugin that is installed."""
    home = Path(os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi")
    program = home / "plugins" / FOLDER / "pulumi-resource-command"
    with subprocess.Popen([program, NO_ENGINE], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            port = int(process.stdout.readline())
            with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
                yield CommandPlugin(channel)
        finally:
            process.kill()


def _struct(values: Mapping[str, Any]) -> Struct:
    found = Struct()
    found.update(values)
    return found
