"""Part of the exporter's script: the bridge contract of the node's chain, its tokens, and the pairs' operators."""

from __future__ import annotations

from typing import Any

from components.watch.metrics.exporter_ipc import (
    Questions,
    Told,
    address,
    addresses,
    flag,
    number,
    word,
)
from components.watch.metrics.exporter_text import Samples, coins

OWNER, OPERATORS, THRESHOLDS = "8da5cb5b", "b2c01030", "5526f76b"
REQUESTED, LOWER, UPPER = "7c1a0302", "4b40b826", "54edad72"
RUNNING, LOCKED, MINTS, RECEIVER, FEE = "2014e5d1", "f1719966", "6e176ec2", "b3f00674", "c263b5d6"
TOKEN, TOKEN_LOCKED, TOKEN_FEE, TOKEN_BALANCE = "8c0bd916", "5eb7413a", "488af871", "70a08231"
"""Selectors of the views of the contract, and of balanceOf of a token."""
TRANSFER, CONFIGURATION = 0, 1
"""Kinds of votes."""


class BridgeQuestions:
    """What is asked about the contract of a chain, in one message."""

    def __init__(self, declared: dict[str, Any], operators: dict[str, Any]) -> None:
        self._declared, self._pairs = declared, operators
        self._all = asked = Questions()
        at = str(declared["address"])
        self._owner = asked.view(address, at, OWNER)
        self._operators = asked.view(addresses, at, OPERATORS)
        self._threshold = asked.view(word, at, THRESHOLDS, TRANSFER)
        self._configuration = asked.view(word, at, THRESHOLDS, CONFIGURATION)
        self.requested = asked.view(word, at, REQUESTED)
        self._lower = asked.view(word, at, LOWER)
        self._upper = asked.view(word, at, UPPER)
        self._running = asked.view(flag, at, RUNNING)
        self._locked = asked.view(flag, at, LOCKED)
        self._mints = asked.view(flag, at, MINTS)
        self._receiver = asked.view(address, at, RECEIVER)
        self._fee = asked.view(word, at, FEE)
        self._balance = asked.ask(number, "eth_getBalance", at, "latest")
        self._tokens = [(token, _TokenAsked(asked, at, token["address"])) for token in declared["tokens"]]
        self._accounts = {
            pair: (
                asked.ask(number, "eth_getBalance", one["address"], "latest"),
                asked.ask(number, "eth_getTransactionCount", one["address"], "latest"),
            )
            for pair, one in operators.items()
        }

    def send(self, ipc: str, seconds: float, samples: Samples) -> int:
        """Ask, add what is answered, and return how much is not. Raises Silent."""
        self._all.send(ipc, seconds)
        declared = self._declared
        samples.add("bridge_requested", self.requested.value)
        samples.add("bridge_handled", self._lower.value)
        samples.add("bridge_highest_handled", self._upper.value)
        samples.add("bridge_threshold", self._threshold.value)
        samples.add("bridge_configuration_threshold", self._configuration.value)
        samples.add("bridge_running", self._running.value)
        samples.add("bridge_coins_locked", self._locked.value)
        samples.add("bridge_balance_coins", coins(self._balance.value))
        samples.add("bridge_minimum_coins", coins(declared["minimum"]))
        samples.add("bridge_coin_fee_coins", coins(self._fee.value))
        samples.add("bridge_mints", self._mints.value)
        for token, told in self._tokens:
            samples.add("bridge_token_locked", told.locked.value, token=token["name"])
            samples.add("bridge_token_balance", told.held.value, token=token["name"])
            samples.add("bridge_token_registered", same(told.counterpart, token["counterpart"]), token=token["name"])
        self._votes(samples)
        samples.add("bridge_owner_as_declared", same(self._owner, declared["owner"]))
        thresholds = ((self._threshold, declared["threshold"]), (self._configuration, declared["configuration"]))
        samples.add("bridge_thresholds_as_declared", all_same(thresholds))
        samples.add("bridge_fees_as_declared", self._fees())
        for pair, (balance, mined) in self._accounts.items():
            samples.add("operator_balance_coins", coins(balance.value), operator=pair)
            samples.add("operator_minimum_coins", coins(self._pairs[pair]["minimum"]), operator=pair)
            samples.add("operator_transactions_mined", mined.value, operator=pair)
        return self._all.unanswered

    def _votes(self, samples: Samples) -> None:
        registered = self._operators.value
        if registered is not None:
            expected = set(self._declared["expected"])
            samples.add("bridge_operators", len(registered))
            samples.add("bridge_unexpected_operators", sum(one not in expected for one in registered))
            for pair, one in self._pairs.items():
                samples.add("bridge_operator_registered", int(one["address"] in registered), operator=pair)

    def _fees(self) -> int | None:
        fees = self._declared["fees"]
        if fees is None:
            return None
        charged = [(told.fee, fees["tokens"].get(token["address"], 0)) for token, told in self._tokens]
        return all_same([(self._receiver, fees["receiver"]), (self._fee, fees["coin"]), *charged])


class _TokenAsked:
    def __init__(self, asked: Questions, bridge: str, token: str) -> None:
        self.counterpart = asked.view(address, bridge, TOKEN, int(token, 16))
        self.locked = asked.view(flag, bridge, TOKEN_LOCKED, int(token, 16))
        self.fee = asked.view(word, bridge, TOKEN_FEE, int(token, 16))
        self.held = asked.view(word, token, TOKEN_BALANCE, int(bridge, 16))


def same(told: Told[Any], declared: object) -> int | None:
    """Return whether a value is as declared, 1 or 0; None where it is missing."""
    return None if told.value is None else int(told.value == declared)


def all_same(values: Any) -> int | None:
    """Return whether all declared values are there, 1 or 0; None where one is missing or none is declared."""
    found = [same(told, declared) for told, declared in values if declared is not None]
    return None if None in found or not found else int(all(found))
