"""Texts as token numbers in one flat array, and batches cut from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

Ints = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.int32]
_CHUNK = 4096


@dataclass(frozen=True, slots=True)
class Tokens:
    """Token numbers of many texts; text i holds flat[starts[i]:starts[i + 1]]."""

    flat: Numbers
    starts: Ints

    def __len__(self) -> int:
        """Count the texts."""
        return len(self.starts) - 1

    def pick(
        self,
        texts: Ints,
        longest: int,
        chance: np.random.Generator,
        dropout: float,
    ) -> tuple[Ints, Ints]:
        """Cut the texts out: their tokens in a row and where each begins.

        A text longer than `longest` tokens gives a random stretch of that length; each token
        is dropped with the probability `dropout`, but the first of a text always stays.
        """
        lengths = self.starts[texts + 1] - self.starts[texts]
        taken = np.minimum(lengths, longest)
        slack = lengths - taken
        begin = self.starts[texts] + (chance.random(len(texts)) * (slack + 1)).astype(
            np.int64
        )
        offsets = np.concatenate(([0], np.cumsum(taken)))
        index = np.arange(offsets[-1]) + np.repeat(begin - offsets[:-1], taken)
        numbers = self.flat[index].astype(np.int64)
        if dropout <= 0:
            return numbers, offsets[:-1]
        keep = chance.random(len(numbers)) >= dropout
        keep[offsets[:-1][taken > 0]] = True
        cut = np.concatenate(([0], np.cumsum(keep)))
        return numbers[keep], cut[offsets[:-1]]


def tokenise(tokenizer: Tokenizer, texts: Sequence[str]) -> Tokens:
    """Turn texts into token numbers."""
    parts: list[Numbers] = []
    lengths: list[int] = [0]
    for at in range(0, len(texts), _CHUNK):
        encoded = tokenizer.encode_batch_fast(
            list(texts[at : at + _CHUNK]), add_special_tokens=False
        )
        for one in encoded:
            ids = one.ids
            lengths.append(len(ids))
            parts.append(np.array(ids, dtype=np.int32))
    flat = np.concatenate(parts) if parts else np.zeros(0, np.int32)
    return Tokens(flat, np.cumsum(np.array(lengths, dtype=np.int64)))
