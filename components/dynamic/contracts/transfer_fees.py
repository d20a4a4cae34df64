"""TransferFees: the fees of a bridge contract. Watched, not set: operators set them by votes."""

from typing import TYPE_CHECKING, Any, ClassVar

import pulumi

from components.domain.problems.problem import Message
from components.dynamic.base import DRIFT, Props, tell
from components.dynamic.chain_resource import ChainPlace, ChainProvider, ChainResource, session

if TYPE_CHECKING:
    from components.chain.contracts.transfer_fees import ContractFees as Fees
    from components.chain.rpc.console import Console


class TransferFeesInputs(ChainPlace):
    """One contract."""

    bridge: str
    adopted: bool = False
    """Whether it was taken over: then the expected fees are those of that time. One that we deployed has none."""


class TransferFeesProvider(ChainProvider[TransferFeesInputs]):
    """Reads the fees, and reports differences and who can repair them. There is nothing to undo."""

    inputs_type = TransferFeesInputs
    replaced_by: ClassVar[frozenset[str]] = frozenset({"chain_id", "bridge"})

    def identify(self, inputs: TransferFeesInputs) -> str:
        """One per contract."""
        return f"{inputs.chain_id}/{inputs.bridge}/fees"

    def differs(self, name: str, old: object, new: object) -> bool:
        """Ignore an input that is used only once, when a contract is taken over."""
        return name != "adopted" and super().differs(name, old, new)

    def converge(self, inputs: TransferFeesInputs, known: Props) -> Props:
        """Read the fees. The expected ones never change: every later up reports a difference again."""
        found, drift = self._look(inputs, known.get("expected"))
        for sentence in drift.values():
            tell(inputs.chain_id, sentence, inputs.bridge)
        expected = known.get("expected") or (_stored(found) if inputs.adopted else _stored(None))
        return {"fees": _stored(found), "expected": expected, **({DRIFT: drift} if drift else {})}

    def look(self, console: "Console", inputs: TransferFeesInputs, known: Props) -> Props | None:
        """Read the fees. Gone when the contract is."""
        from components.chain.contracts.contract import read_state

        if read_state(console, inputs.bridge) is None:
            return None
        found, drift = self._look(inputs, known.get("expected"))
        return {"fees": _stored(found), DRIFT: drift}

    def _look(self, inputs: TransferFeesInputs, expected: Any) -> tuple["Fees", dict[str, Message]]:
        from components.chain.contracts.contract import require_state
        from components.chain.contracts.transfer_fees import NONE, differences, read_fees

        with session(inputs) as console:
            found = read_fees(console, inputs.bridge)
            threshold = require_state(console, inputs.bridge).configuration_threshold
        wanted = _fees(expected) if expected else found if inputs.adopted else NONE
        return found, differences(found, wanted, inputs.bridge, threshold)


def _stored(fees: "Fees | None") -> Props:
    if fees is None:
        return {"receiver": "", "coin": "0", "tokens": {}}
    tokens = {token: str(fee) for token, fee in fees.tokens.items()}
    return {"receiver": fees.receiver or "", "coin": str(fees.coin), "tokens": tokens}


def _fees(stored: Props) -> "Fees":
    from components.chain.contracts.transfer_fees import ContractFees as Fees

    tokens = {token: int(fee) for token, fee in (stored.get("tokens") or {}).items()}
    return Fees(receiver=stored.get("receiver") or None, coin=int(stored["coin"]), tokens=tokens)


class TransferFees(ChainResource, module="servicechain", name="TransferFees"):
    """The fees of a bridge contract."""

    fees: pulumi.Output[dict[str, Any] | None]
    """`receiver` (empty while there is none), `coin` (peb) and `tokens` (by address), amounts as decimal strings."""

    def __init__(self, name: str, props: Props, opts: pulumi.ResourceOptions | None = None) -> None:
        outputs: Props = {"fees": None, "expected": None}
        super().__init__(TransferFeesProvider(), name, {**outputs, **props}, opts)
