"""The policy pack for Pulumi. Policies on one resource run before it is created."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyConfigSchema,
    PolicyPack,
    PolicyResource,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)
from pulumi_policy.proxy import (
    UNKNOWN_ARCHIVE_VALUE,
    UNKNOWN_ARRAY_VALUE,
    UNKNOWN_ASSET_VALUE,
    UNKNOWN_BOOLEAN_VALUE,
    UNKNOWN_NUMBER_VALUE,
    UNKNOWN_OBJECT_VALUE,
    UNKNOWN_STRING_VALUE,
)

from .bridge import chain_survives_the_loss_of_an_scn, owner_is_no_operator, threshold_is_below_pairs
from .custody import kairos_owners_are_elsewhere, mainnet_owners_are_elsewhere, passphrase_is_elsewhere
from .exposure import no_driving_api_over_http, nothing_is_open_to_the_world
from .fees import DEFAULT_LIMIT, spending_is_limited
from .machines import mainnet_is_protected, metadata_asks_for_a_token, volumes_are_encrypted
from .resources import UNKNOWN, Resource, Violation

NAME = "servicechain-ha"

ON_A_RESOURCE: Mapping[str, Callable[[Resource], Iterator[Violation]]] = {
    "no-driving-api-over-http": no_driving_api_over_http,
    "nothing-open-to-the-world": nothing_is_open_to_the_world,
    "encrypted-volumes": volumes_are_encrypted,
    "imdsv2": metadata_asks_for_a_token,
}
ON_THE_STACK: Mapping[str, Callable[[Sequence[Resource]], Iterator[Violation]]] = {
    "owner-is-no-operator": owner_is_no_operator,
    "threshold-below-pairs": threshold_is_below_pairs,
    "four-scns": chain_survives_the_loss_of_an_scn,
    "protected-on-mainnet": mainnet_is_protected,
    "owner-keys-on-mainnet": mainnet_owners_are_elsewhere,
}
ADVICE_ON_THE_STACK: Mapping[str, Callable[[Sequence[Resource]], Iterator[Violation]]] = {
    "owner-keys-on-kairos": kairos_owners_are_elsewhere,
}
"""Violations are shown and refuse nothing, unless the settings of the pack say otherwise."""

_UNKNOWNS = frozenset(
    {
        UNKNOWN_ARCHIVE_VALUE,
        UNKNOWN_ARRAY_VALUE,
        UNKNOWN_ASSET_VALUE,
        UNKNOWN_BOOLEAN_VALUE,
        UNKNOWN_NUMBER_VALUE,
        UNKNOWN_OBJECT_VALUE,
        UNKNOWN_STRING_VALUE,
    }
)


def make() -> None:
    """Serve the pack to the engine that started this process."""
    policies: list[Policy] = [
        *(ResourceValidationPolicy(name, _words(rule), _on_a_resource(rule)) for name, rule in ON_A_RESOURCE.items()),
        *(StackValidationPolicy(name, _words(rule), _on_the_stack(rule)) for name, rule in ON_THE_STACK.items()),
        *(
            StackValidationPolicy(name, _words(rule), _on_the_stack(rule), EnforcementLevel.ADVISORY)
            for name, rule in ADVICE_ON_THE_STACK.items()
        ),
        StackValidationPolicy(
            "passphrase-on-mainnet",
            _words(passphrase_is_elsewhere),
            _on_the_stack(partial(passphrase_is_elsewhere, environment=os.environ)),
        ),
        StackValidationPolicy(
            "spend-limit",
            _words(spending_is_limited),
            _spend_limit,
            config_schema=PolicyConfigSchema(
                properties={
                    "maxFeePerDay": {
                        "type": "number",
                        "default": DEFAULT_LIMIT,
                        "description": "Highest cost of anchoring, in KAIA per day.",
                    }
                }
            ),
        ),
    ]
    PolicyPack(NAME, policies, EnforcementLevel.MANDATORY)


def _on_a_resource(
    rule: Callable[[Resource], Iterator[Violation]],
) -> Callable[[ResourceValidationArgs, ReportViolation], None]:
    def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
        resource = Resource(args.resource_type, args.name, _plain(args.props), bool(args.opts.protect), args.urn)
        for violation in rule(resource):
            report(violation.sentence, None)

    return validate


def _on_the_stack(
    rule: Callable[[Sequence[Resource]], Iterator[Violation]],
) -> Callable[[StackValidationArgs, ReportViolation], None]:
    def validate(args: StackValidationArgs, report: ReportViolation) -> None:
        for violation in rule([_resource(one) for one in args.resources]):
            report(violation.sentence, violation.resource.urn)

    return validate


def _spend_limit(args: StackValidationArgs, report: ReportViolation) -> None:
    limit = float(args.get_config().get("maxFeePerDay", DEFAULT_LIMIT))
    _on_the_stack(lambda resources: spending_is_limited(resources, limit))(args, report)


def _resource(one: PolicyResource) -> Resource:
    return Resource(one.resource_type, one.name, _plain(one.props), bool(one.opts.protect), one.urn)


def _plain(value: Any) -> Any:
    """Return a value without the proxies, which raise if a value is not known yet."""
    if isinstance(value, str):
        return UNKNOWN if value in _UNKNOWNS else value
    if isinstance(value, Mapping):
        inner = value if isinstance(value, dict) else value["__target"]
        return {key: _plain(one) for key, one in inner.items()}
    if isinstance(value, Sequence):
        inner = value if isinstance(value, list) else value["__target"]  # type: ignore[call-overload]
        return [_plain(one) for one in inner]
    return value


def _words(rule: Callable[..., Iterator[Violation]]) -> str:
    return (rule.__doc__ or "").strip()
