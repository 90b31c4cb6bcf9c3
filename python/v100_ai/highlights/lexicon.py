"""Word lists, written as one would say them."""


def lexicon(words: str) -> frozenset[str]:
    """The words of a list, each once."""
    return frozenset(words.split())
