"""What a setting of pairs and threshold survives, in words."""


def survives(pairs: int, threshold: int) -> str:
    """Return a sentence: n pairs with threshold t survive n - t lost pairs and t - 1 hostile operators."""
    lost, hostile = pairs - threshold, threshold - 1
    loss = f"survives the loss of {_count(lost, 'pair')}" if lost else "survives no loss of a pair"
    enemy = _count(hostile, "hostile operator") if hostile else "no hostile operator"
    return f"{_count(pairs, 'pair')}, threshold {threshold}: {loss}, {enemy}"


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
