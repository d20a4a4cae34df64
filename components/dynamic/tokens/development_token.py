"""DevelopmentToken: a small token contract of the program on one chain, for development and tests."""

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import pulumi

from components.domain.problems.transfers import TOKEN_CHANGED
from components.dynamic.base import Props
from components.dynamic.chain_resource import ChainInputs, ChainProvider, ChainResource, session

if TYPE_CHECKING:
    from components.chain.rpc.console import Console


class DevelopmentTokenInputs(ChainInputs):
    """One contract."""

    bridge: str
    """The bridge contract, which may mint."""
    kind: str
    token_name: str
    supply: str
    """Initial supply of the owner, a decimal string: in the smallest unit (ERC-20) or the number of ids (ERC-721)."""
    minter: str | None = None
    """Another account that may mint."""
    artifact: str
    """Path of the JSON file with the creation code, relative to the program's folder. Read only for a deployment."""


class DevelopmentTokenProvider(ChainProvider[DevelopmentTokenInputs]):
    """Deploys once; finds what an earlier run deployed. A contract cannot be removed, so `remove` only forgets it."""

    inputs_type = DevelopmentTokenInputs
    replaced_by: ClassVar[frozenset[str]] = frozenset({"chain_id", "bridge", "kind"})

    def identify(self, inputs: DevelopmentTokenInputs) -> str:
        """One per bridge and name."""
        return f"{inputs.chain_id}/{inputs.bridge}/{inputs.kind}/{inputs.token_name}"

    def differs(self, name: str, old: object, new: object) -> bool:
        """Ignore another artifact or supply, which is for the next deployment."""
        return name not in ("artifact", "supply") and super().differs(name, old, new)

    def converge(self, inputs: DevelopmentTokenInputs, known: Props) -> Props:
        """Deploy; no-op if deployed."""
        from components.chain.tokens.token_contract import ensure_development_token, ensure_minter, require_code

        with session(inputs) as console:
            address = known.get("address")
            if address:
                require_code(console, address)
            else:
                address = ensure_development_token(
                    console,
                    inputs.signer,
                    Path(inputs.artifact),
                    inputs.kind,
                    inputs.token_name,
                    inputs.bridge,
                    int(inputs.supply),
                )
            ensure_minter(console, inputs.signer, address, inputs.minter, known.get("minter"))
            return {"address": address}

    def look(self, console: "Console", inputs: DevelopmentTokenInputs, known: Props) -> Props | None:
        """Gone when there is no code at the address; a minter that may not mint any more is drift."""
        from components.chain.tokens.token_contract import has_code, is_minter

        if "address" not in known:  # a create finds what is there
            return None
        if not has_code(console, known["address"]):
            return None
        if not inputs.minter or is_minter(console, known["address"], inputs.minter):
            return {}
        what = f"token {known['address']}: {inputs.minter} may not mint it any more; the next up lets it mint again"
        return {"drift": {"minter": TOKEN_CHANGED(what)}}


class DevelopmentToken(ChainResource, module="servicechain", name="DevelopmentToken"):
    """A small token contract of the program."""

    address: pulumi.Output[str]

    def __init__(self, name: str, props: Props, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(DevelopmentTokenProvider(), name, {"address": None, **props}, opts)
