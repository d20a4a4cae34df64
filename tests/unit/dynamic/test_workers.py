"""Resources that wait hold up no other one: in the very server of the SDK, which has four threads of its own.

It fails where the SDK serves them in another way, so that components/dynamic/process.py does nothing any more.
"""

import base64
import hashlib
import os
import pickle
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import dill
import grpc
import pytest
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from components.domain.problems.operations.networks import STATE_OF_OTHER_VERSION
from components.dynamic import providers
from components.dynamic.base import PROVIDER_KEY, Inputs, Props, Provider

ROOT = Path(__file__).resolve().parents[3]
WAITS = 12
SECONDS = 20.0


class WaitInputs(Inputs):
    """A folder in which all meet."""

    folder: str
    opens: bool = False


class WaitProvider(Provider[WaitInputs]):
    """Waits until the one that opens has come, as others wait for a chain or for coins."""

    inputs_type = WaitInputs

    def __reduce__(self) -> Any:
        """Be known by the class: a provider of this file alone has no stable name."""
        return WaitProvider, ()

    def identify(self, inputs: WaitInputs) -> str:
        """Return the folder."""
        return inputs.folder

    def converge(self, inputs: WaitInputs, known: Props) -> Props:  # noqa: ARG002
        """Wait for the file, or make it."""
        opened = Path(inputs.folder, "open")
        if inputs.opens:
            opened.touch()
        deadline = time.monotonic() + SECONDS
        while not opened.exists():
            if time.monotonic() > deadline:
                msg = "the one that opens did not get through"
                raise TimeoutError(msg)
            Path(inputs.folder, f"waits-{time.monotonic_ns()}").touch()
            time.sleep(1)
        return {}


@pytest.fixture
def server() -> Iterator[provider_pb2_grpc.ResourceProviderStub]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "pulumi.dynamic"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment
    ) as process:
        assert process.stdout
        assert process.stdin
        with grpc.insecure_channel(f"127.0.0.1:{int(process.stdout.readline())}") as channel:
            yield provider_pb2_grpc.ResourceProviderStub(channel)
        process.kill()


def test_a_provider_is_found_by_the_name_that_the_state_holds(server: provider_pb2_grpc.ResourceProviderStub) -> None:
    def create(name: str) -> str:
        made = provider_pb2.CreateRequest()
        pickled = base64.b64encode(pickle.dumps(ByName(name))).decode()
        made.properties.update({PROVIDER_KEY: pickled, "text": "first"})
        return str(server.Create(made, timeout=SECONDS).id)

    assert create("Genesis") == hashlib.sha256(b"first").hexdigest()[:16]
    with pytest.raises(grpc.RpcError, match=f"'Gone'.*{STATE_OF_OTHER_VERSION.code}"):
        create("Gone")


class ByName:
    """What the state holds of a provider of this name."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __reduce__(self) -> tuple[Callable[[str], Any], tuple[str]]:
        """Be found by the name."""
        return providers.provider, (self.name,)


def request(folder: Path, *, opens: bool) -> provider_pb2.CreateRequest:
    made = provider_pb2.CreateRequest()
    pickled = base64.b64encode(dill.dumps(WaitProvider())).decode()
    made.properties.update({PROVIDER_KEY: pickled, "folder": str(folder), "opens": opens})
    return made


def test_one_gets_through_while_twelve_wait(server: provider_pb2_grpc.ResourceProviderStub, tmp_path: Path) -> None:
    with ThreadPoolExecutor(WAITS) as callers:
        waiting = [callers.submit(server.Create, request(tmp_path, opens=False)) for _ in range(WAITS)]
        time.sleep(3)
        began = time.monotonic()
        server.Create(request(tmp_path, opens=True), timeout=SECONDS + 30)
        assert time.monotonic() - began < SECONDS / 2
        assert [one.result().id for one in waiting] == [str(tmp_path)] * WAITS
