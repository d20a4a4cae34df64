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


def test_a_message_that_is_extended_still_ends_with_its_code() -> None:
    assert SILENT("scn-1 is silent").extended(" (waited 5 s)") == "scn-1 is silent (waited 5 s) [SCH-320]"
    assert SILENT("scn-1 is silent").extended(":\n  why") == "scn-1 is silent: [SCH-320]\n  why"
    assert SILENT("it is silent:\n  why").extended("; go") == "it is silent: [SCH-320]\n  why; go"
    twice = Message("en-1 waits: [SCH-1] is no code, scn-1 is silent [SCH-320]")
    assert twice.extended("; go") == "en-1 waits: [SCH-1] is no code, scn-1 is silent; go [SCH-320]"
    assert Message("a [SCH-320] [SCH-321]").extended("; go") == "a; go [SCH-320] [SCH-321]"
    assert Message("no code").extended("; go") == "no code; go"


def test_the_words_of_a_message_have_no_code() -> None:
    assert SILENT("scn-1 is silent:\n  why").words == "scn-1 is silent:\n  why"
    assert Message("scn-1 is silent [SCH-1]").words == "scn-1 is silent [SCH-1]"


def test_an_error_has_its_message() -> None:
    assert str(CodedError(SILENT("scn-1 is silent"))) == "scn-1 is silent [SCH-320]"
