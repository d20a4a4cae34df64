"""No dynamic resource is without a test of its life."""

import importlib
import pkgutil
import re
from pathlib import Path

from pulumi.dynamic import Resource

from components import dynamic

TESTS = Path(__file__).resolve().parents[2]


def resources() -> set[str]:
    """Return the names of all resources in components/dynamic."""
    modules = [
        importlib.import_module(one.name) for one in pkgutil.walk_packages(dynamic.__path__, f"{dynamic.__name__}.")
    ]
    return {
        name
        for module in modules
        for name, value in vars(module).items()
        if isinstance(value, type) and issubclass(value, Resource) and value.__module__ == module.__name__
    }


def test_every_resource_has_a_test_of_its_life() -> None:
    base = {"ChainResource"}
    texts = [path.read_text() for path in TESTS.rglob("test_*lifecycle*.py")]
    led = {name for text in texts for name in re.findall(r"Life\(\w+\(\), (\w+)[,)]", text)}
    assert resources() - base == led
