"""Replies to the engine that take more than one line."""

from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

import grpc
from google.protobuf import any_pb2, struct_pb2
from pulumi.runtime.proto import provider_pb2, status_pb2

__all__ = ["abort", "abort_half_made", "difference", "failures"]


def failures(problems: Iterable[tuple[str, str]]) -> list[Any]:
    """Return what is wrong with inputs: names and ends of sentences."""
    return [provider_pb2.CheckFailure(property=name, reason=f"{name} {sentence}") for name, sentence in problems]


def difference(changed: Sequence[str], replacing: Sequence[str]) -> Any:
    """Return the answer to Diff: the changed inputs, and those of them that need a new resource."""
    kinds = provider_pb2.PropertyDiff
    return provider_pb2.DiffResponse(
        changes=provider_pb2.DiffResponse.DIFF_SOME if changed else provider_pb2.DiffResponse.DIFF_NONE,
        diffs=changed,
        replaces=replacing,
        hasDetailedDiff=True,
        detailedDiff={
            name: kinds(kind=kinds.UPDATE_REPLACE if name in replacing else kinds.UPDATE, inputDiff=True)
            for name in changed
        },
    )


def abort(context: Any, sentence: str) -> NoReturn:
    """End a call with an error that the user reads."""
    context.abort(grpc.StatusCode.UNKNOWN, sentence)
    raise AssertionError(sentence)  # not reached: abort raises, which its types do not tell


def abort_half_made(context: Any, identity: str, inputs: struct_pb2.Struct, sentence: str) -> NoReturn:
    """End a Create which has made a resource and not finished it: it goes into the state, to be mended or removed."""
    half = any_pb2.Any()
    half.Pack(provider_pb2.ErrorResourceInitFailed(id=identity, properties=inputs, inputs=inputs, reasons=[sentence]))
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=sentence, details=[half])
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    abort(context, sentence)
