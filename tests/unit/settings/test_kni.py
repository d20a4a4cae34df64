"""KNIs as nodes and homi print them."""

import re

import pytest
from pydantic import TypeAdapter, ValidationError

from components.domain.kni import place
from components.domain.problems.settings import WRONG_KNI
from components.settings.values.kni import Kni

KEY = "5c" * 64
NOWHERE = ".".join("0000")
GOOD = f"kni://{KEY}@10.99.0.7:32323?discport=0&ntype=cn"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (GOOD, GOOD),
        (GOOD.replace("&", "\\u0026"), GOOD),  # homi prints JSON, in which YAML reads this as it stands
        (GOOD.replace(KEY, KEY.upper()), GOOD),
        (f"kni://{KEY}@en.example.org:50505", f"kni://{KEY}@en.example.org:50505"),
    ],
)
def test_what_is_valid_is_taken(written: str, read: str) -> None:
    assert TypeAdapter(Kni).validate_python(written) == read
    assert place(read)[0] in ("10.99.0.7", "en.example.org")


@pytest.mark.parametrize(
    ("written", "named"),
    [
        (GOOD.replace("10.99.0.7", "0.0.0.0"), "'0.0.0.0:32323' .* listens"),  # noqa: S104
        (GOOD.replace("10.99.0.7", "[::]"), r"'\[::\]:32323' .* listens"),
        (GOOD.replace("10.99.0.7", "[2001:db8::7]"), r"\[2001:db8::7\] .*IPv6"),
        (GOOD.replace("10.99.0.7", "10.99.0.700"), r"'10\.99\.0\.700:32323' .*address and port"),
        (GOOD.replace(":32323", ""), r"'10\.99\.0\.7' .*address and port"),
        (GOOD.replace("5c", "5", 1), ".*127 characters"),
        (GOOD.replace("kni:", "enode:"), ".*enode://"),
        (f"{GOOD}\n", ".*question mark"),
    ],
)
def test_what_is_wrong_is_told(written: str, named: str) -> None:
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(Kni).validate_python(written)
    told = str(refused.value.errors()[0]["msg"])
    assert re.search(rf"\({named}.*{WRONG_KNI.code}", told), told
