"""The guard of a user's input: which words it passes on, and what it says of an error that nobody thought of."""

from collections.abc import Iterator

from components.domain.problems.packages import PACKAGE_UNUSABLE
from components.domain.problems.problem import Message
from components.domain.problems.settings import CONTRACT_FILE, UNREADABLE_FILE
from components.kaia.package import PackageError
from components.user_input import guard


def test_what_is_found_and_what_is_known_is_passed_on_in_printable_words() -> None:
    def found() -> Iterator[Message]:
        yield CONTRACT_FILE("a file \udcff is missing")

    def raised() -> None:
        raise PackageError(PACKAGE_UNUSABLE("node package \udcff: it is empty"))

    assert guard.problems("bridge.artifact", found) == [rf"a file \udcff is missing [{CONTRACT_FILE.code}]"]
    assert guard.problems("packages.ken", raised) == [rf"node package \udcff: it is empty [{PACKAGE_UNUSABLE.code}]"]
    assert guard.problems("packages.ken", lambda: None) == []


def test_an_error_that_nobody_thought_of_names_the_setting_and_shows_nothing_that_was_read() -> None:
    def read() -> None:
        raise ZeroDivisionError("4646" * 16)

    (told,) = guard.problems("bridge.parentOwner", read)
    assert told.startswith("bridge.parentOwner: ")
    assert "ZeroDivisionError" in told
    assert told.endswith(f" [{UNREADABLE_FILE.code}]")
    assert "4646" not in told
