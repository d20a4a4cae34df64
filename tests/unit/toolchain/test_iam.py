"""The policies in docs/aws: current, well-formed, made from what was recorded, and no wider than that."""

import json
import re
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field

from components.hosts.aws.tags import STACK
from tests.unit.test_workflows import WORKFLOWS
from toolchain.docs.iam import provider_calls, scopes
from toolchain.docs.iam.calls import VERBS, Calls
from toolchain.docs.iam.policies import policies, policy
from toolchain.docs.iam.trust import ENVIRONMENTS
from toolchain.docs.iam.write import FOLDER, documents, render

MOST_CHARACTERS = 6144
"""Of a managed policy of IAM, without white space."""

AnAction = Annotated[str, Field(pattern=r"^[a-z0-9]+:[A-Z][A-Za-z0-9]+$")]
_OF_THE_STACK = "arn:aws:iam::123456789012:role/servicechain-ha/STACK/*"
_PROFILES = "arn:aws:iam::123456789012:instance-profile/servicechain-ha/STACK/*"
_LOG_GROUPS = "arn:aws:logs:REGION:123456789012:log-group:/servicechain-ha/STACK/*"
_TYPE_OF_RESOURCE = r"arn:aws:[a-z0-9-]+:REGION:(123456789012)?:[*a-z-]+[:/][*A-Za-z-]+"
AResource = Annotated[
    str,
    Field(
        pattern=rf"^(\*|{_TYPE_OF_RESOURCE}|{re.escape(_OF_THE_STACK)}|{re.escape(_PROFILES)}|{re.escape(_LOG_GROUPS)})$"
    ),
]
Conditions = dict[Literal["StringEquals", "ArnEquals", "ArnLike", "Bool", "Null"], dict[str, str | list[str]]]


class AStatement(BaseModel):
    """A statement with nothing but what is known here: no Not…, no Deny."""

    model_config = ConfigDict(extra="forbid", strict=True)
    Sid: Annotated[str, Field(pattern=r"^[A-Za-z0-9]+$")]
    Effect: Literal["Allow"]
    Principal: dict[Literal["AWS", "Federated"], list[str] | str] | None = None
    Action: Annotated[list[AnAction], Field(min_length=1)]
    Resource: Annotated[list[AResource], Field(min_length=1)] | None = None
    Condition: Conditions | None = None


class Document(BaseModel):
    """A policy."""

    model_config = ConfigDict(extra="forbid", strict=True)
    Version: Literal["2012-10-17"]
    Statement: Annotated[list[AStatement], Field(min_length=1)]


def written() -> dict[str, Document]:
    found = {path.stem: json.loads(path.read_text()) for path in FOLDER.glob("*.json")}
    return {name: Document.model_validate(document) for name, document in found.items()}


def allowed(name: str) -> set[str]:
    return {action for statement in written()[name].Statement for action in statement.Action}


def test_they_are_current() -> None:
    expected = {f"{name}.json": render(document) for name, document in documents().items()}
    assert {path.name: path.read_text() for path in FOLDER.iterdir()} == expected, "run `make docs`"


@pytest.mark.parametrize("name", documents())
def test_each_is_well_formed_and_small_enough(name: str) -> None:
    document = written()[name]
    sids = [statement.Sid for statement in document.Statement]
    assert len(sids) == len(set(sids))
    assert len(re.sub(r"\s", "", (FOLDER / f"{name}.json").read_text())) <= MOST_CHARACTERS
    of_a_key, of_a_role = name.startswith("key-"), name.startswith("trust-")
    for statement in document.Statement:
        assert (statement.Principal is not None) == (of_a_key or of_a_role)
        assert (statement.Resource is None) == of_a_role
        reading = all(map(scopes.reads, statement.Action))
        assert of_a_key or statement.Resource != ["*"] or reading or _makes_with_the_tag(statement)


def _makes_with_the_tag(statement: AStatement) -> bool:
    asked = (statement.Condition or {}).get("StringEquals", {})
    return asked == {f"aws:RequestTag/{STACK}": "STACK"} and all(":Create" in one for one in statement.Action)


def test_malformed_ones_are_found() -> None:
    good: dict[str, Any] = {"Sid": "A", "Effect": "Allow", "Action": ["ec2:RunInstances"], "Resource": ["*"]}
    assert Document.model_validate({"Version": "2012-10-17", "Statement": [good]})
    bad: list[dict[str, Any]] = [
        {"Action": ["*"]},
        {"Action": ["ec2:*"]},
        {"NotAction": ["ec2:RunInstances"]},
        {"Resource": []},
        {"Effect": "Deny"},
    ]
    for change in bad:
        with pytest.raises(ValueError, match="validation error"):
            Document.model_validate({"Version": "2012-10-17", "Statement": [{**good, **change}]})
    with pytest.raises(ValueError, match="Version"):
        Document.model_validate({"Version": "2008-10-17", "Statement": [good]})


def test_what_was_recorded_is_allowed_and_nothing_else() -> None:
    calls = Calls.recorded()
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", calls.date)
    assert all(calls.of(verb) for verb in VERBS)
    known = provider_calls.reads() | provider_calls.changes() | calls.of(*VERBS)
    more = {action for name in scopes.OPTIONS for action in allowed(name)}
    for role, verbs in (("preview", ["preview", "refresh"]), ("up", VERBS), ("teardown", ["refresh", "destroy"])):
        also = allowed("options-preview") if role == "preview" else more
        assert calls.of(*verbs) - scopes.FREE_OF_PERMISSION <= allowed(role) | also
        assert allowed(role) | also <= known
        assert not (allowed(role) & also) - {"ec2:CreateTags"}
    assert all(map(scopes.reads, allowed("preview") | allowed("options-preview")))
    removal = {action for action in allowed("teardown") if not scopes.reads(action)}
    removed = {action for action in calls.of("destroy") - more if not scopes.reads(action)}
    assert removal == removed | {"ec2:CreateTags"}
    creating = {one for one in removal if one.partition(":")[2].startswith(("Create", "Run", "Allocate"))}
    assert creating == {"ec2:CreateSnapshot", "ec2:CreateTags"}
    (tags,) = (one for one in written()["teardown"].Statement if "ec2:CreateTags" in one.Action)
    assert tags.Condition
    assert tags.Condition["StringEquals"]["ec2:CreateAction"] == ["CreateSnapshot"]


def test_what_only_the_official_provider_reads_is_marked() -> None:
    recorded = Calls.recorded().of("preview", "refresh")
    for role in ("preview", "up", "teardown"):
        by_sid = {statement.Sid: set(statement.Action) for statement in written()[role].Statement}
        assert by_sid["ReadsOfTheOfficialProvider"] == provider_calls.reads() - recorded
        assert by_sid["Reads"] <= Calls.recorded().of(*VERBS)
    assert all(map(scopes.reads, provider_calls.reads()))
    assert not any(map(scopes.reads, provider_calls.changes()))


def test_every_change_is_bound_to_the_stack_or_has_no_tags() -> None:
    own = {f"aws:{kind}Tag/{STACK}" for kind in ("Request", "Resource")}
    for role in ("up", "teardown"):
        for statement in written()[role].Statement:
            if all(map(scopes.reads, statement.Action)):
                assert statement.Condition == {"StringEquals": {"aws:RequestedRegion": "REGION"}}
            elif statement.Sid not in {"StartsFrom", "Alarms"}:
                assert statement.Condition
                assert any(statement.Condition["StringEquals"].get(key) == "STACK" for key in own)
    (alarms,) = (one for one in written()["teardown"].Statement if one.Sid == "Alarms")
    assert [one.partition(":alarm:")[2] for one in alarms.Resource or []] == ["*-broken-*", "*-busy-*", "*-stalled-*"]


def test_an_action_without_a_scope_is_no_policy() -> None:
    with pytest.raises(KeyError, match="ec2:CreateFleet"):
        policy({"ec2:CreateFleet"})
    beyond = Calls()
    beyond.add("up", {"ec2:CreateFleet"})
    assert beyond.beyond(Calls.recorded()) == {"up": ["ec2:CreateFleet"]}
    assert policies(Calls.recorded()).keys() == {
        *("preview", "up", "teardown", "existing-network", "options-preview"),
        *scopes.OPTIONS,
    }


def test_no_option_lets_a_role_give_itself_rights() -> None:
    for name in scopes.OPTIONS:
        for statement in written()[name].Statement:
            for action in statement.Action:
                if action.startswith("iam:"):
                    assert statement.Resource in ([_OF_THE_STACK], [_PROFILES])
                assert action not in {"iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy", "iam:CreatePolicyVersion"}
                if action in {"iam:AttachRolePolicy", "iam:DetachRolePolicy"}:
                    assert statement.Condition
                    assert statement.Condition.keys() == {"ArnEquals"}
                if action == "iam:PassRole":
                    assert statement.Condition
                    assert statement.Condition["StringEquals"].keys() == {"iam:PassedToService"}


def test_a_role_trusts_the_environments_that_the_workflows_name() -> None:
    named = set(
        re.findall(r"^    environment: (\w+)", "".join(path.read_text() for path in WORKFLOWS), flags=re.MULTILINE)
    )
    assert {*ENVIRONMENTS} == {*named, "up"}
    for environment in ENVIRONMENTS:
        (statement,) = written()[f"trust-{environment}"].Statement
        assert statement.Action == ["sts:AssumeRoleWithWebIdentity"]
        assert statement.Condition
        conditions = statement.Condition["StringEquals"]
        subject = f"repo:OWNER/REPOSITORY:environment:{environment}"
        assert conditions["token.actions.githubusercontent.com:sub"] == subject
        assert conditions["token.actions.githubusercontent.com:aud"] == "sts.amazonaws.com"


def test_the_role_of_previews_decrypts_nothing() -> None:
    """Its jobs run the code of whoever opened the pull request."""
    preview = "arn:aws:iam::123456789012:role/bridge-preview"
    of_its_own = allowed("preview") | {
        action
        for name in ("key-state", "key-owner", "key-disks")
        for statement in written()[name].Statement
        if statement.Principal and preview in statement.Principal["AWS"]
        for action in statement.Action
    }
    assert not [one for one in of_its_own if re.match(r"s3:|secretsmanager:|kms:(?!GetPublicKey$)", one)]


def test_only_an_up_and_a_teardown_sign_with_the_key_of_an_owner() -> None:
    signers = [one for one in written()["key-owner"].Statement if "kms:Sign" in one.Action]
    assert [one.Principal for one in signers] == [
        {"AWS": [f"arn:aws:iam::123456789012:role/bridge-{role}" for role in ("up", "teardown")]}
    ]
