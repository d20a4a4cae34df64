"""The side of the plugin that speaks with Pulumi's engine. It knows no AWS."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from concurrent import futures
from dataclasses import dataclass
from typing import Any, TypeVar

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from tests.aws.plugin.kind import UNHEARD, Function, Gone, Kind, Refused, differing
from tests.aws.plugin.replies import abort, abort_half_made, difference, failures
from tests.aws.plugin.values import Properties, decode, encode, is_known

__all__ = ["Plugin", "serve"]

_T = TypeVar("_T")
_LARGE = 400 * 1024 * 1024
_GRACE = 10.0


@dataclass(frozen=True)
class Plugin:
    """What the engine is offered."""

    name: str
    version: str
    settings: frozenset[str]
    """Inputs of the provider resource."""
    replaced_by: frozenset[str]
    """Those with which all resources of the provider are other ones."""
    connect: Callable[[Properties], tuple[Mapping[str, Kind], Mapping[str, Function]]]
    """From settings to kinds of resources and to functions, by their tokens."""


class _Servicer(provider_pb2_grpc.ResourceProviderServicer):
    """Pulumi's protocol. One operation at a time: a test wants the same addresses in every run."""

    def __init__(self, plugin: Plugin) -> None:
        self._plugin = plugin
        self._kinds: Mapping[str, Kind] = {}
        self._functions: Mapping[str, Function] = {}
        self._lock = threading.Lock()

    # -- the plugin ----------------------------------------------------------------------------------------

    def Handshake(self, request: Any, context: Any) -> Any:  # noqa: N802, ARG002 # names and signatures are Pulumi's
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True)

    def GetPluginInfo(self, request: Any, context: Any) -> Any:  # noqa: N802, ARG002
        return plugin_pb2.PluginInfo(version=self._plugin.version)

    def GetSchema(self, request: Any, context: Any) -> Any:  # noqa: N802, ARG002 # only other languages ask for it
        return provider_pb2.GetSchemaResponse(schema=f'{{"name": "{self._plugin.name}"}}')

    def CheckConfig(self, request: Any, context: Any) -> Any:  # noqa: N802, ARG002
        settings, _ = decode(request.news)
        unknown = [(name, UNHEARD) for name in sorted(settings.keys() - self._plugin.settings)]
        return provider_pb2.CheckResponse(inputs=request.news, failures=failures(unknown))

    def DiffConfig(self, request: Any, context: Any) -> Any:  # noqa: N802, ARG002
        (old, _), (new, _) = decode(request.old_inputs), decode(request.news)
        changed = differing(old, new)
        return difference(changed, [name for name in changed if name in self._plugin.replaced_by])

    def Configure(self, request: Any, context: Any) -> Any:  # noqa: N802
        settings, _ = decode(request.args)
        if is_known(settings):
            self._kinds, self._functions = self._try(context, lambda: self._plugin.connect(settings))
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True)

    def Cancel(self, request: Any, context: Any) -> Any:  # noqa: N802, ARG002 # what runs is short: it may end
        return empty_pb2.Empty()

    def Invoke(self, request: Any, context: Any) -> Any:  # noqa: N802
        arguments, secret = decode(request.args)
        function = self._functions.get(request.tok)
        if function is None:
            abort(context, f"{request.tok} is no function that this test plugin knows")
        try:
            with self._lock:
                found = function(arguments)
        except Refused as refused:
            abort(context, str(refused))
        return provider_pb2.InvokeResponse(**{"return": encode(found, found.keys() if secret else ())})

    # -- resources -----------------------------------------------------------------------------------------

    def Check(self, request: Any, context: Any) -> Any:  # noqa: N802
        (old, _), (new, secret) = decode(request.olds), decode(request.news)
        kind = self._kind(request, context)
        checked = kind.with_defaults(request.name, request.randomSeed or request.urn.encode(), new, old)
        return provider_pb2.CheckResponse(inputs=encode(checked, secret), failures=failures(kind.problems(new)))

    def Diff(self, request: Any, context: Any) -> Any:  # noqa: N802
        (old, _), (new, _) = decode(request.old_inputs), decode(request.news)
        kind = self._kind(request, context)
        changed = differing(old, new)
        return difference(changed, kind.replacing(changed, old, new))

    def Create(self, request: Any, context: Any) -> Any:  # noqa: N802
        inputs, secret = decode(request.properties)
        kind = self._kind(request, context)
        if request.preview:
            return provider_pb2.CreateResponse(properties=encode(kind.planned(inputs), secret))
        with self._lock:
            identity = self._try(context, lambda: kind.create(inputs))
            try:
                kind.complete(identity, inputs)
            except Refused as refused:
                abort_half_made(context, identity, encode(inputs, secret), str(refused))
            state = self._state(context, kind, identity, inputs)
        return provider_pb2.CreateResponse(id=identity, properties=encode(state, secret))

    def Read(self, request: Any, context: Any) -> Any:  # noqa: N802
        inputs, secret = decode(request.inputs)
        kind = self._kind(request, context)
        with self._lock:
            try:
                live = kind.read(request.id, inputs)
            except Gone:
                live = None
            except Refused as refused:
                abort(context, str(refused))
        if live is None:  # to the engine, no id means that it is gone
            return provider_pb2.ReadResponse()
        found, state = kind.found(live, inputs)
        return provider_pb2.ReadResponse(id=request.id, inputs=encode(found, secret), properties=encode(state, secret))

    def Update(self, request: Any, context: Any) -> Any:  # noqa: N802
        (old, _), (new, secret) = decode(request.old_inputs), decode(request.news)
        kind = self._kind(request, context)
        if request.preview:
            planned = kind.planned(new, decode(request.olds)[0])
            return provider_pb2.UpdateResponse(properties=encode(planned, secret))
        with self._lock:
            self._try(context, lambda: kind.update(request.id, old, new))
            state = self._state(context, kind, request.id, new)
        return provider_pb2.UpdateResponse(properties=encode(state, secret))

    def Delete(self, request: Any, context: Any) -> Any:  # noqa: N802
        inputs, _ = decode(request.old_inputs)
        kind = self._kind(request, context)
        with self._lock:
            try:
                kind.delete(request.id, inputs)
            except Gone:
                pass
            except Refused as refused:
                abort(context, str(refused))
        return empty_pb2.Empty()

    # -- helpers -------------------------------------------------------------------------------------------

    def _kind(self, request: Any, context: Any) -> Kind:
        token = request.type or request.urn.split("::")[2].rpartition("$")[2]
        kind = self._kinds.get(token)
        if kind is None:
            abort(context, f"{token} is no resource that this test plugin knows, or its provider is not known yet")
        return kind

    def _state(self, context: Any, kind: Kind, identity: str, inputs: Properties) -> Properties:
        live = self._try(context, lambda: kind.read(identity, inputs))
        if live is None:
            abort(context, f"{identity} is gone")
        return kind.found(live, inputs)[1]

    @staticmethod
    def _try(context: Any, action: Callable[[], _T]) -> _T:
        try:
            return action()
        except Refused as refused:
            abort(context, str(refused))


def serve(plugin: Plugin) -> None:
    """Serve the engine that started this process until it ends it, or until it is no more itself."""
    engine = os.getppid()
    server = grpc.server(
        futures.ThreadPoolExecutor(max_workers=32),
        options=[("grpc.max_receive_message_length", _LARGE), ("grpc.max_send_message_length", _LARGE)],
    )
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(_Servicer(plugin), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: server.stop(_GRACE))
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    # True means that the time was up. An engine that was killed cannot end its plugins: they see that they are orphans.
    while server.wait_for_termination(timeout=1) and os.getppid() == engine:
        pass
    server.stop(0)
