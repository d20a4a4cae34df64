"""Words that reach a user without a code, found in the source: in exceptions, on standard error, in Pulumi's log."""

import ast
import builtins
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]
CATALOG = ROOT / "components/domain/problems"
VARIABLE = "problem"
"""Name of a variable, or of an attribute of an exception, that is a problem."""
HOLE = "…"
"""In place of each value in an f-string."""

_BUILT_IN = {name for name, one in vars(builtins).items() if isinstance(one, type) and issubclass(one, BaseException)}
_PREFIX = re.compile(r"^((error|warning|drift): )?(chain …(, bridge …)?: )?")
"""What stands in front of a message."""
_Function = ast.FunctionDef | ast.AsyncFunctionDef
_Text = ast.Constant | ast.JoinedStr | ast.BinOp


@dataclass(frozen=True, order=True)
class Bare:
    """Words without a code."""

    path: str
    line: int
    raised: str
    """The class of the exception; empty for a printed or logged line."""
    words: str

    def __str__(self) -> str:
        """Return the line for a reader of the test."""
        return f"{self.path}:{self.line}: {self.raised or 'printed'}: {self.words}"


def sources() -> list[Path]:
    """Return the modules that have messages."""
    found = [file for folder in ("components", "policy", "toolchain") for file in (ROOT / folder).rglob("*.py")]
    return sorted(file for file in (ROOT / "__main__.py", *found) if not file.is_relative_to(CATALOG))


@cache
def parsed(file: Path) -> ast.Module:
    """Return the tree of a module."""
    return ast.parse(file.read_text())


def used(tree: ast.Module) -> set[tuple[str, str]]:
    """Return the problems that a module uses, besides importing them, as the module of the catalog and the name."""
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    of_modules = {
        (node.value.id, node.attr)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }
    found: set[tuple[str, str]] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("components.domain.problems"):
            module = str(node.module).removeprefix("components.domain.problems.")
            for one in node.names:
                found |= {(module, one.name)} if (one.asname or one.name) in names else set()
                found |= {(one.name, attr) for local, attr in of_modules if local == (one.asname or one.name)}
    return found


def quoted(trees: Iterable[ast.Module]) -> set[str]:
    """Return the names of the exceptions whose docstring says that another message quotes them."""
    return {
        node.name
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        and "part of another message" in " ".join((ast.get_docstring(node) or "").split())
    }


def with_their_problem(trees: Iterable[ast.Module], problems: Collection[str]) -> set[str]:
    """Return the names of the exceptions that make their message by a problem of their own, from the words they get.

    They have an attribute `problem`, their own or inherited, or an `__init__` that calls a problem.
    """
    classes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    found: set[str] = set()
    while more := {one.name for one in classes if one.name not in found and _has_its_problem(one, problems, found)}:
        found |= more
    return found


def _has_its_problem(one: ast.ClassDef, problems: Collection[str], others: Collection[str]) -> bool:
    if any(ast.unparse(base).rpartition(".")[2] in others for base in one.bases):
        return True
    for node in one.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                if name == VARIABLE:
                    return True
            case ast.FunctionDef(name="__init__"):
                calls = (call.func for call in ast.walk(node) if isinstance(call, ast.Call))
                if any(ast.unparse(func).rpartition(".")[2] in problems for func in calls):
                    return True
    return False


def exceptions(trees: Iterable[ast.Module]) -> set[str]:
    """Return the names of all classes that are exceptions, those of Python included."""
    bases = {
        node.name: [ast.unparse(base).rpartition(".")[2] for base in node.bases]
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    found = set(_BUILT_IN)
    while more := {name for name, parents in bases.items() if name not in found and found.intersection(parents)}:
        found |= more
    return found


def bare(path: str, tree: ast.Module, problems: Collection[str], raised: Collection[str]) -> set[Bare]:
    """Return all words in a module that reach a user outside of a call of a problem.

    `problems` are the names in the catalog, `raised` those of exceptions.
    """
    return set(_Module(path, tree, problems, raised).search())


def without_a_code_in_script(text: str) -> list[tuple[int, str]]:
    """Return the lines of a script that call `fail` or `wrong` without a code, with their numbers."""
    call = re.compile(r"(?:^|[|&;)]|\b(?:then|else|do))\s*(?:fail|wrong) (?!SCH-\d{3} )(.*)")
    return [(number, found[1]) for number, line in enumerate(text.splitlines(), 1) if (found := call.search(line))]


class _Module:
    def __init__(self, path: str, tree: ast.Module, problems: Collection[str], raised: Collection[str]) -> None:
        self._path, self._tree, self._raised = path, tree, raised
        self._ends = {*problems, VARIABLE, *raised}
        """Calls whose arguments are words with a code, or are found where an exception is made."""
        self._constants = _assigned(tree.body)

    def search(self) -> Iterator[Bare]:
        yield from self._in(self._tree, self._constants, "")

    def _in(self, node: ast.AST, values: Mapping[str, list[ast.expr]], of: str) -> Iterator[Bare]:
        """Search a node. `values`: what its names may be; `of`: the exception whose class it is in."""
        if isinstance(node, _Function):
            values = {**values, **_assigned([node])}
        if isinstance(node, ast.ClassDef):
            of = node.name if node.name in self._raised else ""
        for kind, argument in self._told(node, of):
            for line, words in self._words(argument, values, frozenset()):
                if _is_sentence(words):
                    yield Bare(self._path, line, kind, " ".join(words.split()))
        for child in ast.iter_child_nodes(node):
            yield from self._in(child, values, of)

    def _told(self, node: ast.AST, of: str) -> Iterator[tuple[str, ast.expr]]:
        """Return what a node tells a user, and the exception that it makes for that."""
        match node:
            case ast.Raise(exc=ast.Name(id=name) as variable):
                yield name, variable
            case ast.Call(func=func, args=args, keywords=keywords):
                name = ast.unparse(func)
                given = [*args, *(one.value for one in keywords)]
                if (made := name.rpartition(".")[2]) in self._raised:
                    yield from ((made, one) for one in given)
                elif of and name == "super().__init__":
                    yield from ((of, one) for one in given)
                elif _is_output(name, node):
                    yield from (("", one) for one in args)

    def _words(
        self, node: ast.expr, values: Mapping[str, list[ast.expr]], seen: frozenset[str]
    ) -> Iterator[tuple[int, str]]:
        """Return the texts in an expression, those of its variables included, with their lines."""
        match node:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in self._ends:
                return
            case ast.Call(func=ast.Attribute(value=inside, attr="extended")):
                yield from self._words(inside, values, seen)
                return
            case ast.Constant(value=str(text)):
                yield node.lineno, text
                return
            case ast.Name(id=name) if name in values and name not in seen:
                for value in values[name]:
                    yield from self._words(value, values, seen | {name})
                return
            case ast.JoinedStr(values=parts):
                whole = "".join(str(one.value) if isinstance(one, ast.Constant) else HOLE for one in parts)
                yield node.lineno, whole
                # What stands in the holes of a sentence is a part of it.
                inner: Iterable[ast.AST] = (
                    [one.value for one in parts if isinstance(one, ast.FormattedValue)]
                    if not _is_sentence(whole)
                    else []
                )
            case _:
                inner = ast.iter_child_nodes(node)
        for child in inner:
            if isinstance(child, ast.expr):
                yield from self._words(child, values, seen)
            elif isinstance(child, ast.keyword):
                yield from self._words(child.value, values, seen)


def _is_output(name: str, call: ast.Call) -> bool:
    """Tell whether a call prints to standard error, or writes a warning or an error into Pulumi's log."""
    if name == "print":
        return any(one.arg == "file" and ast.unparse(one.value) == "sys.stderr" for one in call.keywords)
    return name in {"pulumi.log.warn", "pulumi.log.error", "log.warn", "log.error", "sys.exit", "sys.stderr.write"}


def _is_sentence(words: str) -> bool:
    """Tell a sentence from a name, a separator, or a value with a prefix."""
    return " " in words and len(re.findall(r"[A-Za-z]{2,}", _PREFIX.sub("", words))) > 1


def _assigned(nodes: Iterable[ast.stmt]) -> dict[str, list[ast.expr]]:
    """Return what is assigned to each variable: everywhere in a function, and the texts on the level of a module."""
    found: dict[str, list[ast.expr]] = defaultdict(list)
    for outer in nodes:
        if isinstance(outer, _Function):
            inside: Iterable[ast.AST] = ast.walk(outer)
        elif isinstance(outer, ast.Assign | ast.AnnAssign) and isinstance(outer.value, _Text):
            inside = [outer]
        else:
            inside = []
        for node in inside:
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    found[name].append(value)
                case (
                    ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
                    | ast.AugAssign(target=ast.Name(id=name), value=value)
                    | ast.NamedExpr(target=ast.Name(id=name), value=value)
                    | ast.For(target=ast.Name(id=name), iter=ast.List() | ast.Tuple() as value)
                ):
                    found[name].append(value)
    return dict(found)
