"""Which rows of a matrix point most nearly in one direction: three ways, by how many rows there
are.
"""

from __future__ import annotations

import os
import threading
from typing import Any, Final, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from search.id_sets import Ids, Kept, Scores, Vector

#: Vectors, a row each, two bytes a number.
Halves: TypeAlias = NDArray[np.float16]
#: For every row whether it may be an answer; None for all.
Mask: TypeAlias = Kept | None
#: Rows that were found, best first, with their scores.
Found: TypeAlias = tuple[Ids, Scores]

#: Lists of an inverted index that a search looks into.
_PROBES: Final = 48
#: Vectors turned into float32 for FAISS at a time.
_ADDED_AT_ONCE: Final = 4_096
#: Searches after which short codes are worth making: a command asks one question and is gone.
_WORTH_CODES: Final = 32
#: Of a code, two dimensions share four bits.
_DIMENSIONS_A_CODE: Final = 2
_BITS: Final = 4
#: Vectors the codes are learnt from, and rounds: ten times as many rows change no recall.
_SAMPLE: Final = 2_048
_ROUNDS: Final = 8
#: Rows for each inverted list that they are learnt from.
_SAMPLED_A_LIST: Final = 40
#: So many rows for one wanted are chosen by their codes and then scored exactly. Of 58,661 articles
#: 1,200 chosen hold all of the first hundred.
_CHOSEN_FOR_ONE: Final = 4
#: Where a filter leaves fewer of those, for one wanted, or passes a smaller share of
#: rows, all that pass are scored.
_LEFT_FOR_ONE: Final = 2
_NARROW: Final = 0.1
#: Lists are not looked into where a filter passes a smaller share.
_NARROW_FOR_LISTS: Final = 0.05


class Nearest(Protocol):
    """Finds rows by their inner product with a vector, best first."""

    matrix: Halves

    def search(
        self,
        vector: Vector,
        depth: int,
        mask: Mask,
    ) -> Found:
        """Return up to `depth` rows that pass the mask, with their scores."""


class Matrix:
    """All rows scored with numpy: as fast as anything where they are few, and spares loading
    FAISS.
    """

    def __init__(self, matrix: Halves) -> None:
        """Search these rows."""
        self.matrix = matrix

    def search(
        self,
        vector: Vector,
        depth: int,
        mask: Mask,
    ) -> Found:
        """Return the nearest rows, exactly."""
        if mask is None:
            return _best_of(self.matrix, vector, depth)
        rows = np.flatnonzero(mask)
        best, scores = _best_of(self.matrix[rows], vector, depth)
        return rows[best], scores


def _best_of(
    matrix: Halves,
    vector: Vector,
    depth: int,
) -> Found:
    """Return the nearest rows of a matrix, scored by numpy."""
    scores = matrix.astype(np.float32) @ vector
    best = np.arange(len(scores))
    if len(scores) > depth:
        best = np.argpartition(-scores, depth - 1)[:depth]
    best = best[np.argsort(-scores[best])]
    return best, scores[best].astype(np.float64)


class Coded:
    """All rows scored by FAISS; after some searches a few are chosen by codes of four
    bits, and those scored.

    The codes are made by a thread of their own, in about a second for 60,000 rows;
    until then every row is scored.
    """

    def __init__(self, matrix: Halves) -> None:
        """Search these rows."""
        self._flat = _flat_index(matrix.shape[1])
        _add_rows(self._flat, matrix)
        #: The rows where FAISS keeps them; valid as long as this is.
        self.matrix = _codes(self._flat, matrix.shape)
        #: Rows by their codes, and the same with the nearest scored exactly.
        self._codes: Any = None
        self._refined: Any = None
        self._searches = 0
        self._making: threading.Thread | None = None

    def search(
        self,
        vector: Vector,
        depth: int,
        mask: Mask,
    ) -> Found:
        """Return the nearest rows, exactly or, once there are codes, all but exactly."""
        if self._refined is None:
            self._count()
            return _by_faiss(self._flat, vector, depth, mask)
        if mask is None:
            return _by_faiss(self._refined, vector, depth, None)
        passing = np.count_nonzero(mask)
        share = float(passing) / len(self.matrix)
        chosen: Ids | None = None
        if share >= _NARROW:
            chosen = self._chosen(vector, depth, share, mask)
        if chosen is None:
            return _by_faiss(self._flat, vector, depth, mask)
        return _scored(self.matrix, chosen, vector, depth)

    def _chosen(
        self,
        vector: Vector,
        depth: int,
        share: float,
        mask: Kept,
    ) -> Ids | None:
        """Return rows that pass a filter, by their codes, ascending; None where too few
        of the nearest pass it.

        FAISS cannot ask a filter while it scans codes, so more of them are fetched the fewer pass.
        """
        enough = int(_CHOSEN_FOR_ONE * depth / share) + 1
        wanted = min(enough, len(self.matrix))
        rows, _ = _by_faiss(self._codes, vector, wanted, None)
        left = np.sort(rows[mask[rows]])
        are_all = wanted == len(self.matrix)
        is_enough = len(left) >= _LEFT_FOR_ONE * depth
        return left if is_enough or are_all else None

    def _count(self) -> None:
        """Begin making codes when enough was searched; two threads that count at once may both miss
        one.
        """
        self._searches += 1
        if self._searches >= _WORTH_CODES and self._making is None:
            self._making = threading.Thread(target=self._make_codes, name="codes")
            self._making.start()

    def settle(self) -> None:
        """Wait until the codes that are being made are there."""
        if self._making is not None:
            self._making.join()

    def _make_codes(self) -> None:
        faiss = load_faiss(threads=1)  # beside those who read
        count, dim = self.matrix.shape
        pieces = dim // _DIMENSIONS_A_CODE
        product = faiss.METRIC_INNER_PRODUCT
        made = faiss.IndexPQFastScan(dim, pieces, _BITS, product)
        made.pq.cp.niter = _ROUNDS
        sample = _sample(self.matrix, min(count, _SAMPLE))
        made.train(sample)
        _add_rows(made, self.matrix)
        self._codes = made
        refined = faiss.IndexRefine(made, self._flat)
        refined.k_factor = _CHOSEN_FOR_ONE
        self._refined = refined


class Lists:
    """Inverted lists of rows with codes of eight bits, of which the nearest lists are looked
    into.
    """

    def __init__(self, index: Any, matrix: Halves) -> None:
        """Search an index made by `train_lists` of these rows, or read again."""
        self.index = index
        self.matrix = matrix
        index.nprobe = _PROBES

    def search(
        self,
        vector: Vector,
        depth: int,
        mask: Mask,
    ) -> Found:
        """Return about the nearest rows, and exactly where few pass the mask."""
        if mask is not None:
            rows = np.flatnonzero(mask)
            if len(rows) < _NARROW_FOR_LISTS * len(mask):
                return _scored(self.matrix, rows, vector, depth)
        return _by_faiss(self.index, vector, depth, mask)


def train_lists(matrix: Halves) -> Any:
    """Return inverted lists of all rows, trained on a sample."""
    faiss = load_faiss(threads=len(os.sched_getaffinity(0)))
    count, dim = matrix.shape
    wanted = 2 * np.sqrt(count)
    power = np.round(np.log2(wanted))
    lists = int(2**power)
    index = faiss.index_factory(dim, f"IVF{lists},SQ8", faiss.METRIC_INNER_PRODUCT)
    size = min(count, _SAMPLED_A_LIST * lists)
    index.train(_sample(matrix, size))
    _add_rows(index, matrix)
    return index


def _sample(
    matrix: Halves,
    size: int,
) -> NDArray[np.float32]:
    """Return some rows, always the same ones, as FAISS takes them."""
    chance = np.random.default_rng(0)
    chosen = chance.choice(len(matrix), size=size, replace=False)
    rows = matrix[np.sort(chosen)]
    return np.ascontiguousarray(rows, dtype=np.float32)


def load_faiss(threads: int | None = None) -> Any:
    """Load FAISS when first needed (a fifth of a second); its type stubs do not know
    its Python layer.

    What the calling thread asks of it from now on is done by so many `threads`.
    """
    import faiss

    if threads is not None:
        faiss.omp_set_num_threads(threads)
    return faiss


def _scored(
    matrix: Halves,
    rows: Ids,
    vector: Vector,
    depth: int,
) -> Found:
    """Return the best of some rows, each scored by FAISS: numpy first makes each number twice as
    long.
    """
    some = _flat_index(matrix.shape[1])
    codes = matrix[rows].view(np.uint8).ravel()
    load_faiss().copy_array_to_vector(codes, some.codes)
    some.ntotal = len(rows)
    found, scores = _by_faiss(some, vector, depth, None)
    return rows[found], scores


def _flat_index(dim: int) -> Any:
    """Return an empty index that keeps vectors as they are, float16, and scores them all."""
    faiss = load_faiss()
    halves = faiss.ScalarQuantizer.QT_fp16
    return faiss.IndexScalarQuantizer(dim, halves, faiss.METRIC_INNER_PRODUCT)


def _by_faiss(
    index: Any,
    vector: Vector,
    depth: int,
    mask: Mask,
) -> Found:
    # of one query a second thread has nothing to do, and the first spins till it is there
    faiss = load_faiss(threads=1)
    packed, params = None, None
    if mask is not None:
        packed = np.packbits(mask, bitorder="little")
        params = _parameters(faiss, index, faiss.IDSelectorBitmap(packed))
    scores, found = index.search(vector[None, :], depth, params=params)
    kept = found[0] >= 0
    rows = found[0][kept]
    return rows, scores[0][kept].astype(np.float64)


def _parameters(
    faiss: Any,
    index: Any,
    selector: Any,
) -> Any:
    if isinstance(index, faiss.IndexIVF):
        return faiss.SearchParametersIVF(sel=selector, nprobe=_PROBES)
    return faiss.SearchParameters(sel=selector)


def _add_rows(index: Any, matrix: Halves) -> None:
    """Give an index all rows, some at a time: FAISS takes them as float32."""
    for start in range(0, len(matrix), _ADDED_AT_ONCE):
        rows = matrix[start : start + _ADDED_AT_ONCE]
        index.add(np.ascontiguousarray(rows, dtype=np.float32))


def _codes(
    index: Any,
    shape: tuple[int, ...],
) -> Halves:
    """Return the vectors where a float16 index keeps them; valid as long as the index is."""
    count, dim = shape
    raw = load_faiss().rev_swig_ptr(index.codes.data(), 2 * count * dim)
    return np.asarray(raw.view("<f2").reshape(count, dim))
