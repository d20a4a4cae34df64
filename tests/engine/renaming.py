"""A resource that stands for a line of a file, whatever its name; its provider writes down what it does there."""

# ruff: noqa: D101, D102

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
from pulumi.dynamic import Resource

from components.dynamic.base import Inputs, Props, Provider
from components.dynamic.renamed import Thing


class LineInputs(Inputs):
    file: str
    line: str


class LineProvider(Provider[LineInputs]):
    inputs_type = LineInputs
    replaced_by = frozenset({"line"})

    def __reduce__(self) -> tuple[Callable[[], Any], tuple[()]]:  # type: ignore[override]
        return LineProvider, ()

    def identify(self, inputs: LineInputs) -> str:
        return inputs.line

    def thing(self, inputs: LineInputs) -> Thing:
        return (inputs.file, inputs.line)

    def converge(self, inputs: LineInputs, known: Props) -> Props:  # noqa: ARG002
        _write(inputs.file, f"+{inputs.line}")
        return {}

    def remove(self, inputs: LineInputs, known: Props) -> None:  # noqa: ARG002
        _write(inputs.file, f"-{inputs.line}")


def _write(file: str, what: str) -> None:
    with Path(file).open("a", encoding="utf-8") as to:
        to.write(f"{os.getpid()} {what}\n")


class Line(Resource, module="test", name="Line"):
    def __init__(self, name: str, props: Props, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(LineProvider(), name, props, opts)
