"""Distinct n-grams of texts, and what two texts share, in machine code."""

import numpy as np

from sarbench.metrics.caption.kernels.array_table import MULTIPLIER
from sarbench.metrics.caption.kernels.corpus import Floats, Ids, Offsets


def scratch(most: int) -> Ids:
    """Return a small hash table for texts of up to so many n-grams; −1 is free."""
    return np.full(1 << max(4, (2 * most).bit_length()), -1, np.int32)


def distinct_grams(
    keys: Offsets, starts: Offsets, order: int, table: Ids, distinct: Offsets, counts: Ids, bounds: Offsets
) -> None:
    """Write each text's distinct n-grams in the order of their first occurrence, their counts, and where texts begin.

    An entry of `table` below the text's first n-gram is left over from an earlier text and as good as free.
    """
    mask = len(table) - 1
    used = 0
    for text in range(len(starts) - 1):
        first = used
        for place in range(starts[text], starts[text + 1] - order + 1):
            key = keys[place]
            slot = (((key ^ (key >> 29)) * MULTIPLIER) >> 32) & mask
            while table[slot] >= first and distinct[table[slot]] != key:
                slot = (slot + 1) & mask
            if table[slot] >= first:
                counts[table[slot]] += 1
            else:
                table[slot] = used
                distinct[used] = key
                counts[used] = 1
                used += 1
        bounds[text + 1] = used


def match_grams(
    our_places: Ids,
    our_counts: Ids,
    our_weights: Floats,
    our_bounds: Offsets,
    their_places: Ids,
    their_counts: Ids,
    their_weights: Floats,
    their_bounds: Offsets,
    firsts: Offsets,
    table: Ids,
    most: Ids,
    matched: Offsets,
    dots: Floats,
) -> None:
    """Compare each prediction with its references: clipped matches of the item, clipped products of each reference.

    Products are added up in the order of the prediction's n-grams. `most` is room for one number per n-gram of ours.
    """
    mask = len(table) - 1
    for item in range(len(firsts) - 1):
        low, high = our_bounds[item], our_bounds[item + 1]
        most[low:high] = 0
        for text in range(firsts[item], firsts[item + 1]):
            first = their_bounds[text]
            for theirs in range(first, their_bounds[text + 1]):
                slot = ((their_places[theirs] * MULTIPLIER) >> 32) & mask
                while table[slot] >= first:
                    slot = (slot + 1) & mask
                table[slot] = theirs
            dot = 0.0
            for ours in range(low, high):
                slot = ((our_places[ours] * MULTIPLIER) >> 32) & mask
                while table[slot] >= first and their_places[table[slot]] != our_places[ours]:
                    slot = (slot + 1) & mask
                theirs = table[slot]
                if theirs >= first:
                    dot += min(our_weights[ours], their_weights[theirs]) * their_weights[theirs]
                    most[ours] = max(most[ours], their_counts[theirs])
            dots[text] = dot
        for ours in range(low, high):
            matched[item] += min(most[ours], our_counts[ours])


def add_up(values: Floats, bounds: Offsets, sums: Floats) -> None:
    """Add up the values of each text, one after the other."""
    for text in range(len(sums)):
        total = 0.0
        for place in range(bounds[text], bounds[text + 1]):
            total += values[place]
        sums[text] = total
