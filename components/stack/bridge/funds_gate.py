"""The gate of funds on a chain that others run: nothing is paid before the owner holds everything it has to pay."""

from collections.abc import Sequence
from dataclasses import replace

import pulumi

from components.dynamic.contracts.owner_funds import OwnerFunds
from components.dynamic.secrets.account import Account
from components.settings.model import BridgeSettings as Settings
from components.settings.sections.tokens import TokenSettings
from components.stack.bridge.chain_side import Chain, levels
from components.stack.identities import FoundAccount


def gated(
    chain: Chain, settings: Settings, operators: Sequence[Account | FoundAccount], tokens: Sequence[TokenSettings]
) -> Chain:
    """Return the chain as one that is ready once its owner holds enough; a chain in the stack is returned as it is."""
    if chain.lives_with is not None:
        return chain
    chain = replace(chain, funding_minutes=settings.funding_minutes)
    operator, liquidity = levels(settings.operator_balance), levels(settings.liquidity if settings.liquidity_set else 0)
    funds = OwnerFunds(
        f"{chain.name}-funds",
        chain.props(
            operators=[account.address for account in operators],
            threshold=settings.threshold if settings.threshold_set else None,
            configuration_threshold=settings.configuration_threshold_of(chain.name),
            bridge=settings.bridge_of(chain.name),
            **{f"operator_{level}": amount for level, amount in operator.items()},
            **{f"liquidity_{level}": amount for level, amount in liquidity.items()},
            tokens=[address for token in tokens if (address := getattr(token, chain.name)) is not None],
        ),
        pulumi.ResourceOptions(depends_on=chain.ready),
    )
    return replace(chain, ready=[*chain.ready, funds])
