"""Following sent transactions until they are mined, or until it is clear that they will not be; `outcome` decides."""

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from web3.exceptions import TransactionNotFound
from web3.types import TxReceipt

from components.chain.errors import ChainError, KeyUnavailable, NotMined, PriceLimit, Reverted, Unreachable
from components.chain.rpc.console import Console
from components.chain.rpc.waiting import Waiting
from components.chain.tx.gas_price import bumped, gkei
from components.chain.tx.outcome import Case, PoolView, Verdict, judge
from components.chain.tx.outgoing import Outgoing
from components.chain.tx.pool_rejections import Refusal
from components.chain.tx.revert_reasons import why_mined
from components.chain.tx.sender import Sender, shared
from components.domain.problems.accounts import NOT_MINED, PRICE_LIMIT, TRANSACTION_REVERTED

RECEIPT_DEADLINE = 120.0
"""Seconds until a transaction counts as not mined, from when it or a variant with a higher price was sent last.

Blocks come every second, or every 11 s at a round change.
"""

_INTERVAL = 0.05
"""Seconds from one look for receipts to the next."""

_LOOK_INTERVAL = 1.0
"""Seconds from one full look to the next."""


@dataclass
class Follower:
    """Waits for the transactions of one batch."""

    console: Console
    sender: Sender
    batch: Sequence[Outgoing]
    most: int
    """The highest gas price that may be offered (peb)."""

    def wait(self) -> None:
        """Return when each transaction of the batch has a receipt or a failure."""
        waiting = Waiting(RECEIPT_DEADLINE)  # since a node accepted a transaction
        looked = time.monotonic()
        while any(each.open for each in self.batch):
            now = time.monotonic()
            full = now - looked >= _LOOK_INTERVAL
            try:
                if self._round(full=full):
                    waiting.renew()
                looked = now if full else looked
                lost = ""
            except Unreachable as error:  # it may come back before the deadline
                lost = str(error)
            if waiting.over:
                self._give_up(lost)
            elif any(each.open for each in self.batch):
                waiting.pause(_INTERVAL)

    def _round(self, *, full: bool) -> bool:
        """Look at each transaction once, and act. Returns whether something was sent."""
        eth = self.console.web3.eth
        latest = eth.get_transaction_count(self.sender.address, "latest") if full else 0  # before the receipts
        sent = False
        for each in self.batch:
            if not each.open:
                continue
            receipts = self._receipts(each)
            if not full and not receipts:
                continue
            known = [] if receipts else [variant for variant in each.own.hashes if self._knows(variant)]
            look = PoolView(time.monotonic(), eth.block_number if full else 0, latest, receipts, known)
            sent |= self._act(each, judge(each.own, look), look, receipts)
        return sent

    def _act(self, each: Outgoing, verdict: Verdict, look: PoolView, receipts: dict[str, TxReceipt]) -> bool:
        doubt = (each.own.doubted_since or look.now) if verdict.case is Case.UNSURE else None
        each.own = replace(each.own, doubted_since=doubt)
        match verdict.case:
            case Case.MINED:
                self._mined(each, receipts[str(verdict.hash)])
            case Case.REPLACED:
                each.failure = shared(self.sender, each.signer, each.what, each.own.nonce)
            case Case.DROPPED:
                price = max(each.price, min(self._suggestion(), self.most))
                _report(
                    f"{each.what}: the node has lost transaction {each.hash} (nonce {each.own.nonce}); sending it again"
                )
                return self._offer(each, price, look)
            case Case.STUCK:
                price_or_none = bumped(each.price, self._suggestion(), self.most)
                if price_or_none is None:
                    self._limited(each)
                    return False
                _report(
                    f"{each.what}: transaction {verdict.hash} (nonce {each.own.nonce}) is stuck at {gkei(each.price)}; "
                    f"offering {gkei(price_or_none)}"
                )
                return self._offer(each, price_or_none, look)
        return False

    def _offer(self, each: Outgoing, price: int, look: PoolView) -> bool:
        before = each.price
        try:
            refused = each.offer(self.console, price, look.now, look.head)
        except KeyUnavailable as error:  # what was sent before may be mined, and others of the batch too
            each.remark = str(error)
            _report(f"{each.what}: {each.remark}; waiting on")
            return False
        if refused is None:
            return True
        kind, words = refused
        if kind in (Refusal.TAKEN, Refusal.CHEAP):
            each.remark = (
                f"{self.console.node} does not put {gkei(price)} in the place of {gkei(before)} ({words}): "
                "either this chain replaces no transaction, or somebody else's has this nonce now"
            )
        elif kind is Refusal.FINAL:
            each.remark = f"{self.console.node} does not take it for {gkei(price)}: {words}"
        _report(f"{each.what}: {each.remark or words}; waiting on")
        return False

    def _mined(self, each: Outgoing, receipt: TxReceipt) -> None:
        if receipt["status"] == 1:
            each.receipt = receipt
            return
        why = why_mined(self.console, each.signer, each.params, receipt)
        hash_ = receipt["transactionHash"].to_0x_hex()
        each.failure = Reverted(TRANSACTION_REVERTED(f"{each.what}: transaction {hash_} was mined and reverted: {why}"))

    def _receipts(self, each: Outgoing) -> dict[str, TxReceipt]:
        found = {}
        for variant in each.own.hashes:
            try:
                found[variant] = self.console.web3.eth.get_transaction_receipt(variant)  # type: ignore[arg-type]
            except TransactionNotFound:
                continue
        return found

    def _knows(self, variant: str) -> bool:
        try:
            self.console.web3.eth.get_transaction(variant)  # type: ignore[arg-type]
        except TransactionNotFound:
            return False
        return True

    def _suggestion(self) -> int:
        return int(self.console.web3.eth.gas_price)

    def _limited(self, each: Outgoing) -> None:
        each.remark = (
            f"it offers {gkei(each.price)}, and more would be above the limit of {gkei(self.most)}, which "
            f"bridge.maxGasPrice raises; the node suggests {gkei(self._suggestion())}"
        )
        if not each.limited:
            words = f"{each.what}: transaction {each.hash} is stuck: {each.remark}; waiting for gas to get cheaper"
            _report(PRICE_LIMIT(words))
        each.limited = True

    def _give_up(self, lost: str) -> None:
        for each in self.batch:
            if not each.open:
                continue
            told = f"{each.what}: transaction {each.hash} (nonce {each.own.nonce} of {self.sender.address}) "
            rest = "it may be mined later: the next run waits for it before it sends anything"
            told += f"was not mined in {RECEIPT_DEADLINE:g} s"
            each.failure = self._not_mined(each, told, rest, lost)

    def _not_mined(self, each: Outgoing, told: str, rest: str, lost: str) -> ChainError:
        if lost:
            return NotMined(NOT_MINED(f"{told}, as far as is known: {lost}; {rest}"))
        if each.limited:
            return PriceLimit(PRICE_LIMIT(f"{told}: {each.remark}; {rest}"))
        why = f" ({each.remark})" if each.remark else ""
        return NotMined(NOT_MINED(f"{told}{why}; check that the chain makes blocks, then run again; {rest}"))


def _report(text: str) -> None:
    print(text, file=sys.stderr)
