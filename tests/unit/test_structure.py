"""The structure of components/: where modules are, how large they are, and what they import inside functions."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COMPONENTS = ROOT / "components"
MODULES = sorted(COMPONENTS.rglob("*.py"))
PACKAGES = sorted({module.parent for module in MODULES})

MOST_LINES = 300
MOST_MODULES = 12
PROVIDERS = "components/dynamic/"
"""Providers import what needs web3 inside their verbs: a preview starts without it."""
LATE_IMPORTS = {
    ("components/chain/accounts/signer.py", "components.chain.accounts.aws_kms"): "boto3 takes long to load",
    ("components/chain/accounts/signer.py", "components.chain.accounts.keys"): "eth_account takes long to load",
    ("components/chain/accounts/signer.py", "components.chain.accounts.keystore"): "it imports accounts.keys",
    ("components/ssh/files.py", "components.ssh"): "asyncssh takes half a second to load",
    ("components/stack/hosts.py", "components.hosts.aws.hosts"): "pulumi_aws takes 0.3 s to load",
    ("components/stack/preflight.py", "components.hosts.aws.account.account"): "boto3 takes long to load",
    ("components/stack/preflight.py", "components.hosts.aws.account.limits"): "boto3 takes long to load",
    ("components/stack/preflight.py", "components.hosts.aws.account.preflight"): "boto3 takes long to load",
}
"""Other imports of this program inside a function, and why each is there."""


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def test_the_top_level_has_packages_only() -> None:
    assert [module.name for module in COMPONENTS.glob("*.py")] == ["__init__.py"]


@pytest.mark.parametrize("package", PACKAGES, ids=named)
def test_a_package_is_described_and_not_too_large(package: Path) -> None:
    docstring = ast.get_docstring(parsed(package / "__init__.py")) or ""
    assert "import" in docstring.lower(), "say what is inside, who uses it, and what it may import"
    assert len([module for module in package.glob("*.py") if module.name != "__init__.py"]) <= MOST_MODULES


@pytest.mark.parametrize("module", MODULES, ids=named)
def test_a_module_is_not_too_long(module: Path) -> None:
    assert len(module.read_text().splitlines()) <= MOST_LINES


def test_no_class_name_is_defined_twice() -> None:
    found: dict[str, list[str]] = defaultdict(list)
    for module in MODULES:
        for node in ast.walk(parsed(module)):
            if isinstance(node, ast.ClassDef):
                found[node.name].append(named(module))
    assert {name: where for name, where in found.items() if len(where) > 1} == {}


def test_imports_inside_functions_are_known() -> None:
    late = {
        (named(module), imported)
        for module in MODULES
        if not named(module).startswith(PROVIDERS)
        for imported in _inside_functions(parsed(module))
    }
    assert late == set(LATE_IMPORTS)


def _inside_functions(tree: ast.Module) -> Iterator[str]:
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.ImportFrom) and str(node.module).startswith("components"):
                    yield str(node.module)
                if isinstance(node, ast.Import):
                    yield from (one.name for one in node.names if one.name.startswith("components"))
