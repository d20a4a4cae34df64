"""Many questions to a node in one message, each with an answer of its own: a value, or why there is none."""

import json
from collections.abc import Callable
from typing import Any, Generic, Protocol, TypeVar

from components.chain.rpc.endpoint import Endpoint
from components.domain.problems.chains import CALL_REFUSED
from components.watch.readings import Missing, Read

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Reach(Protocol):
    """The way to nodes and their machines."""

    def exchange(self, endpoint: Endpoint, request: bytes, seconds: float) -> bytes:
        """Send a message to a node and return its answer. Raises Unreachable."""

    def run(self, endpoint: Endpoint, command: str, seconds: float) -> str:
        """Run a command on the node's machine and return what it prints. Raises Unreachable."""


class Answer(Generic[T_co]):
    """The answer to one question."""

    def __init__(self, node: str, method: str, parse: Callable[[Any], T_co]) -> None:
        self._node, self._method, self._parse = node, method, parse
        self.value: Read[T_co] = self._missing("was not answered")

    def take(self, response: Any) -> None:
        """Take a JSON-RPC response."""
        if "error" in response:
            error = response["error"]
            self.value = self._missing(str(error.get("message", error) if isinstance(error, dict) else error))
            return
        try:
            self.value = self._parse(response.get("result"))
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            self.value = self._missing(f"cannot be understood ({type(error).__name__})")

    def _missing(self, words: str) -> Missing:
        return Missing(CALL_REFUSED(f"{self._node}: {self._method}: {words}"))


class Absent(Exception):
    """A value without which a reading says nothing is missing."""

    def __init__(self, missing: Missing) -> None:
        super().__init__(str(missing.reason))
        self.missing = missing


def there(answer: Answer[T]) -> T:
    """Return the value of an answer. Raises Absent."""
    if isinstance(answer.value, Missing):
        raise Absent(answer.value)
    return answer.value


class Batch:
    """Questions to one node."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._calls: list[dict[str, object]] = []
        self._answers: list[Answer[Any]] = []

    def ask(self, parse: Callable[[Any], T], method: str, *params: object) -> Answer[T]:
        """Add a question; its answer is there after `send`."""
        answer = Answer(self._endpoint.node, method, parse)
        call = {"jsonrpc": "2.0", "id": len(self._calls), "method": method, "params": list(params)}
        self._calls.append(call)
        self._answers.append(answer)
        return answer

    def send(self, reach: Reach, seconds: float) -> None:
        """Send all questions and take the answers. Raises Unreachable."""
        for response in json.loads(reach.exchange(self._endpoint, json.dumps(self._calls).encode(), seconds)):
            self._answers[int(response["id"])].take(response)


def number(result: Any) -> int:
    """Return a number that a node gives in hex digits, or as it is."""
    return int(result, 16) if isinstance(result, str) else int(result)
