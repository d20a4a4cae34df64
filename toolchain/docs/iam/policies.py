"""The policies of the roles that preview, bring up and tear down a stack, from what was recorded. Pure.

REGION, STACK and 123456789012 stand for the region, the name of the stack, and the account.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from components.hosts.aws.tags import STACK
from toolchain.docs.iam import provider_calls, scopes
from toolchain.docs.iam.calls import Calls

Statement = dict[str, Any]

VERSION = "2012-10-17"
"""Of the language of policies, not of these."""
_IN_REGION = {"StringEquals": {"aws:RequestedRegion": "REGION"}}
_NEW = {"StringEquals": {f"aws:RequestTag/{STACK}": "STACK"}}
_OWN = {"StringEquals": {f"aws:ResourceTag/{STACK}": "STACK"}}


def policies(calls: Calls) -> Mapping[str, Statement]:
    """Return the policies by name."""
    optional = frozenset(action for option in scopes.OPTIONS.values() for action in option) - {*scopes.TAGGED}
    reads = calls.of("preview", "refresh")
    removes = calls.of("destroy")
    changes = calls.of("up") | removes | provider_calls.changes()
    every = reads | changes
    return {
        "preview": policy(reads - optional),
        "up": policy(every - optional),
        "teardown": policy((reads | removes) - optional),
        "existing-network": _document([_existing_network()]),
        "options-preview": _document([*_option(scopes.OPTIONS, reads)]),
        **{name: _document([*_option({name: scopes.OPTIONS[name]}, every)]) for name in scopes.OPTIONS},
    }


def _option(options: Mapping[str, Mapping[str, scopes.Scope]], actions: frozenset[str]) -> Iterator[Statement]:
    """Allow those of the actions that belong to some options, in one statement for each scope."""
    for name, option in options.items():
        by_scope: dict[str, tuple[scopes.Scope, list[str]]] = {}
        for action, scope in option.items():
            if action in actions:
                by_scope.setdefault(repr(scope), (scope, []))[1].append(action)
        sid = "".join(word.capitalize() for word in name.split("-"))
        for number, ((arns, condition), some) in enumerate(by_scope.values(), start=1):
            yield _allow(f"{sid}{number}", some, arns, condition)


def policy(actions: Collection[str]) -> Statement:
    """Return the policy that allows some actions on one stack, and what the official provider reads besides.

    Raises KeyError for an action that is in no table of scopes.
    """
    wanted = frozenset(actions) - scopes.FREE_OF_PERMISSION
    reads = frozenset(action for action in wanted if scopes.reads(action))
    extra = provider_calls.reads() - reads
    statements = [
        _allow("Reads", reads, ["*"], _IN_REGION),
        _allow("ReadsOfTheOfficialProvider", extra, ["*"], _IN_REGION),
        *_changes(wanted - reads),
    ]
    return _document(statements)


def _changes(actions: frozenset[str]) -> Iterator[Statement]:
    for action in actions:
        if action not in {*scopes.MADE, *scopes.TOUCHED, *scopes.UNTAGGED, *scopes.TAGGED}:
            raise KeyError(action)
    made, touched = (
        {a: kinds for a, kinds in table.items() if a in actions} for table in (scopes.MADE, scopes.TOUCHED)
    )
    if made:
        yield _allow("MakesWithTags", made, _arns(made), _NEW)
        # CreateTags while something is made is a permission of its own.
        making = {"StringEquals": {**_NEW["StringEquals"], "ec2:CreateAction": sorted(_operations(made))}}
        yield _allow("TagsWhatItMakes", ["ec2:CreateTags"], [scopes.ANY], making)
    if touched:
        yield _allow("ChangesWhatHasTags", touched, _arns(touched), _OWN)
    tagged = actions & set(scopes.TAGGED)
    if tagged:
        yield _allow("TagsWhatHasTags", tagged, [scopes.ANY], _OWN)
        untagged = {**_NEW, "Null": {f"aws:ResourceTag/{STACK}": "true"}}
        yield _allow("TagsWhatHasNone", ["ec2:CreateTags"], [*map(scopes.arn, scopes.TAGGED_LATER)], untagged)
    by_arns: dict[tuple[str, ...], list[str]] = {}
    for action, arns in scopes.UNTAGGED.items():
        if action in actions:
            by_arns.setdefault(arns, []).append(action)
    for arns, some in by_arns.items():
        service = some[0].partition(":")[0]
        yield _allow("StartsFrom" if service == "ec2" else "Alarms", some, arns, None)


def _existing_network() -> Statement:
    arns = ["arn:aws:ec2:REGION:123456789012:vpc/VPC", "arn:aws:ec2:REGION:123456789012:subnet/SUBNET"]
    return _allow("InAnExistingNetwork", scopes.FROM_OTHERS, arns, None)


def _operations(actions: Collection[str]) -> Iterator[str]:
    return (action.partition(":")[2] for action in actions)


def _arns(table: Mapping[str, tuple[str, ...]]) -> list[str]:
    return [scopes.arn(kind) for kind in sorted({kind for kinds in table.values() for kind in kinds})]


def _allow(sid: str, actions: Collection[str], resources: Collection[str], condition: Any) -> Statement:
    statement = {"Sid": sid, "Effect": "Allow", "Action": sorted(actions), "Resource": list(resources)}
    return {**statement, "Condition": condition} if condition else statement


def _document(statements: list[Statement]) -> Statement:
    return {"Version": VERSION, "Statement": statements}
