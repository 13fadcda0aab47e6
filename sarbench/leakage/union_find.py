"""Images that are copies of each other, directly or through others."""

from collections.abc import Iterable


def clusters(keys: Iterable[str], pairs: Iterable[tuple[str, str]]) -> list[tuple[str, ...]]:
    """Group keys that pairs connect (union–find).

    Args:
        keys: Every key; one that no pair names is a cluster of its own.
        pairs: Keys that belong together.

    Returns:
        Clusters sorted by their first key, each sorted; the order of the input does not matter.

    >>> clusters("abcd", [("c", "a"), ("d", "c")])
    [('a', 'c', 'd'), ('b',)]
    """
    parent = {key: key for key in keys}

    def root(key: str) -> str:
        while parent[key] != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    for first, second in pairs:
        one, other = sorted((root(first), root(second)))
        parent[other] = one
    groups: dict[str, list[str]] = {}
    for key in sorted(parent):
        groups.setdefault(root(key), []).append(key)
    return [tuple(group) for group in groups.values()]
