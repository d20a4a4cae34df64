"""A message has the code of its problem once, where a reader and a program find it."""

from components.domain.problems.problem import CodedError, Message, Problem

SILENT = Problem(320, "The console of a node does not answer", "It is down.", "Run `make up`.")


def test_a_message_ends_with_its_code() -> None:
    assert SILENT("scn-1: its console does not answer") == "scn-1: its console does not answer [SCH-320]"


def test_the_code_of_a_message_of_several_lines_is_in_the_first() -> None:
    assert SILENT("scn-1 is silent:\n  because\n  of this") == "scn-1 is silent: [SCH-320]\n  because\n  of this"


def test_a_message_has_its_code_once() -> None:
    once = SILENT("scn-1 is silent:\n  because")
    assert SILENT(once) == once
    assert isinstance(SILENT(once), Message)


def test_a_message_inside_another_keeps_its_code() -> None:
    other = Problem(321, "A node is not restarted", "Another one is down.", "Repair that one.")
    assert other(f"scn-2 is not restarted: {SILENT('scn-1 is silent')}") == (
        "scn-2 is not restarted: scn-1 is silent [SCH-320] [SCH-321]"
    )


def test_an_error_has_its_message() -> None:
    assert str(CodedError(SILENT("scn-1 is silent"))) == "scn-1 is silent [SCH-320]"
