"""Texts by their hashes: equal texts found without comparing all of them, and proof that no two share a hash."""

import numpy as np
import numpy.typing as npt
import polars as pl

type Keys = npt.NDArray[np.uint64]
type Places = npt.NDArray[np.int64]

_FEW = 2_000


def hashed(texts: pl.Series) -> Keys:
    """A number for each text, which different texts share by a rare accident only."""
    return texts.hash(seed=7).to_numpy()


def ranking(keys: Keys) -> Places:
    """The order of keys, ties by place: as argsort does it, and several times as fast for hashes.

    Sorts numbers that have the upper bits of a key and its place below them, and mends the few neighbours whose keys
    differ in the lower bits only.
    """
    bits = np.uint64(max(len(keys) - 1, 1).bit_length())
    places = np.arange(len(keys), dtype=np.uint64)
    packed = keys >> bits << bits | places
    packed.sort()
    order = (packed & ((np.uint64(1) << bits) - np.uint64(1))).astype(np.int64)
    for _ in range(8):
        ordered = keys[order]
        wrong = np.flatnonzero(ordered[1:] < ordered[:-1])
        if not len(wrong):
            return order
        wrong = wrong[np.append(True, np.diff(wrong) > 1)]
        order[wrong], order[wrong + 1] = order[wrong + 1], order[wrong]
    return np.argsort(keys, kind="stable")


def starts_of(ordered: npt.NDArray[np.generic]) -> Places:
    """Where each run of equal values begins."""
    if not len(ordered):
        return np.zeros(0, np.int64)
    return np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))


def sorted_table(texts: pl.Series) -> tuple[pl.Series, npt.NDArray[np.int32]]:
    """The different texts in order, and the position of each text among them."""
    if len(texts) <= _FEW:
        listed = texts.to_list()
        words = sorted(set(listed))
        position = {word: place for place, word in enumerate(words)}
        return pl.Series(words, dtype=pl.String), np.array([position[text] for text in listed], np.int32)
    keys = hashed(texts)
    order = ranking(keys)
    starts = starts_of(keys[order])
    groups = np.empty(len(texts), np.int32)  # by ascending hash
    groups[order] = np.repeat(np.arange(len(starts), dtype=np.int32), np.diff(np.append(starts, len(texts))))
    firsts = order[starts]
    if not (texts.gather(firsts[groups]) == texts).all():  # two texts of one hash
        table = texts.unique().sort()
        return table, texts.cast(pl.Enum(table)).to_physical().cast(pl.Int32).to_numpy()
    table = texts.gather(firsts).sort()
    return table, ranking(hashed(table)).astype(np.int32)[groups]
