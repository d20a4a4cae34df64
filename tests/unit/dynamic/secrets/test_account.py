"""The account of a node: kept once it is there, and refused before that if the node must not be made."""

import pytest

from components.domain.problems.packages import PAST_FORK_UNKNOWN
from components.dynamic.base import Props
from components.dynamic.secrets.account import REFUSED, AccountProvider

NEW: Props = {"private_key": "2c" * 32}
REASON = str(PAST_FORK_UNKNOWN("alpha-en: ken v2.2.2 does not know the fork Permissionless"))


def made() -> Props:
    """Return the inputs of an account that is in the state."""
    return dict(AccountProvider().check({}, NEW).inputs)


def test_a_new_account_that_is_refused_fails_its_check() -> None:
    (failure,) = AccountProvider().check({}, {**NEW, REFUSED: REASON}).failures or []
    assert failure.reason == REASON


def test_an_account_that_is_there_is_kept_as_it_is() -> None:
    provider, known = AccountProvider(), made()
    checked = provider.check(known, {**NEW, REFUSED: REASON})
    assert checked.failures == []
    assert checked.inputs == known
    assert provider.diff("", known, checked.inputs).changes is False


@pytest.mark.parametrize("refusal", [{}, {REFUSED: None}, {REFUSED: ""}])
def test_a_new_account_that_is_not_refused_is_made_and_the_state_has_no_word_of_it(refusal: Props) -> None:
    checked = AccountProvider().check({}, {**NEW, **refusal})
    assert checked.failures == []
    assert checked.inputs == made()
    assert set(checked.inputs) == {"private_key", "address", "public_key"}
