"""Words without a code are found where they reach a user, and nowhere else."""

import ast

import pytest

from tests.unit.domain.problems.messages import (
    bare,
    exceptions,
    quoted,
    used,
    with_their_problem,
    without_a_code_in_script,
)

HEAD = '''
class Refused(Exception):
    """The message says why."""

class Inner(Refused):
    """Its text is part
    of another message."""

class Plain:
    """No exception."""

LEAVE = "leave it alone"
'''


def found(code: str) -> list[tuple[str, str]]:
    tree = ast.parse(HEAD + code)
    return sorted((one.raised, one.words) for one in bare("a.py", tree, {"SILENT"}, exceptions([tree])))


@pytest.mark.parametrize(
    ("code", "raised", "words"),
    [
        ('def f(n):\n    msg = f"{n} does not answer"\n    raise Refused(msg)', "Refused", "… does not answer"),
        ('def f(n):\n    raise ValueError("too " "small")', "ValueError", "too small"),
        ('def f(n):\n    error = Refused("no answer")\n    raise error from n', "Refused", "no answer"),
        ('def f(n):\n    return Inner(n, what="no answer")', "Inner", "no answer"),
        ('def f(n):\n    raise Refused(SILENT("no answer") + " at all, ever")', "Refused", " at all, ever"),
        ('def f(n):\n    raise Refused(", ".join(f"{one} is lost" for one in n))', "Refused", "… is lost"),
        ("def f(n):\n    raise Refused(LEAVE)", "Refused", "leave it alone"),
        ('def f(n):\n    raise Refused(f"{n}; {LEAVE}")', "Refused", "leave it alone"),
        ('def f(n):\n    for words in ("no answer", n):\n        raise Refused(words)', "Refused", "no answer"),
        (
            'class Mine(Refused):\n    def __init__(self, n):\n        super().__init__(f"no {n} there")',
            "Mine",
            "no … there",
        ),
        ('print(f"error: it is {1}\\n lost", file=sys.stderr)', "", "error: it is … lost"),
        ('pulumi.log.warn("no answer")', "", "no answer"),
    ],
)
def test_words_without_a_code(code: str, raised: str, words: str) -> None:
    assert (raised, words.strip()) in [(kind, text.strip()) for kind, text in found(code)]


@pytest.mark.parametrize(
    "code",
    [
        'def f(n):\n    raise Refused(SILENT(f"{n} does not answer"))',
        'def f(n):\n    raise Refused(nodes.SILENT(f"{n} does not answer"))',
        'def f(n):\n    words = "no answer"\n    msg = SILENT(words)\n    raise Refused(msg)',
        'def f(n):\n    print(f"error: {n}", file=sys.stderr)',
        'def f(n):\n    print("all is well")',
        'def f(n):\n    pulumi.log.info("all is well")',
        'def f(n):\n    words = "no answer"\n    return Plain(words)',
        'def f(n):\n    raise KeyError("name")',
        'def f(n):\n    raise Refused(self.problem("no answer"))',
        'def f(n):\n    raise Refused(SILENT(n).extended(" in this minute"))',
        'def f(n):\n    print(f"drift: chain {n}, bridge {n}: {SILENT(n)}", file=sys.stderr)',
        'def f(n):\n    for one in n.all("no answer"):\n        raise Refused(one)',
        'def f(n):\n    raise Refused("; ".join(n))',
    ],
)
def test_words_that_need_none(code: str) -> None:
    assert found(code) == []


def test_an_exception_that_others_quote_says_so() -> None:
    assert quoted([ast.parse(HEAD)]) == {"Inner"}


def test_an_exception_may_have_its_problem() -> None:
    code = """
class Lost(Exception):
    problem: ClassVar[Problem]
class Late(Lost):
    problem = SLOW
class Unreadable(Refused):
    def __init__(self, chain):
        super().__init__(SILENT(f"no node of {chain} answers"))
class Own(Refused):
    def __init__(self, chain):
        super().__init__(f"no node of {chain} answers")
"""
    assert with_their_problem([ast.parse(HEAD + code)], {"SILENT"}) == {"Lost", "Late", "Unreadable"}


def test_a_script_fails_with_a_code() -> None:
    wrong = [
        'fail "no answer"',
        'f || fail "$x"',
        'if f; then fail "no"; fi',
        '*) fail SCH-8 "no" ;;',
        '    wrong "no answer"',
    ]
    right = ['fail SCH-801 "no answer"', 'f || fail SCH-801 "$x"', "fail() {", "# fail CODE WORDS...", "setup-fail x"]
    assert [number for number, _ in without_a_code_in_script("\n".join([*right, *wrong]))] == [6, 7, 8, 9, 10]


def test_a_problem_that_is_only_imported_is_not_used() -> None:
    head = "from components.domain.problems.nodes import SILENT, LOST\nfrom components.domain.problems import chains\n"
    names = used(ast.parse(f"{head}SILENT(1)\nchains.FORKED(2)\nOTHER(3)\nelsewhere.LOST(4)"))
    assert {one for one in names if one[1].isupper()} == {("nodes", "SILENT"), ("chains", "FORKED")}
