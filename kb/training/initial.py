"""Starting rows: truncated SVD of a positive PMI matrix of words near each other."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import sparse  # type: ignore[import-not-found,import-untyped,unused-ignore]

from kb.training.settings import Settings
from kb.training.tokens import Tokens

Floats = npt.NDArray[np.float32]
_OVERSAMPLING = 16
_ITERATIONS = 3


def initial_rows(
    tokens: Tokens,
    size: int,
    settings: Settings,
) -> Floats:
    """Give every token a row: its direction from the PMI matrix, its length from its rarity."""
    counts = np.bincount(tokens.flat, minlength=size).astype(np.float64)
    near = _cooccurrence(tokens, size, settings.window)
    directions = _factor(_positive_pmi(near, settings.context_smoothing), settings)
    lengths = np.linalg.norm(directions, axis=1, keepdims=True)
    noise = np.random.default_rng(settings.seed).standard_normal(directions.shape)
    directions = np.where(
        lengths > 1e-6, directions / np.maximum(lengths, 1e-6), 0.05 * noise
    )
    share = counts / counts.sum()
    weight = settings.rarity_floor / (settings.rarity_floor + share)
    rows = directions * weight[:, None]
    rows[0] = 0.0
    found: Floats = rows.astype(np.float32)
    return found


def _cooccurrence(
    tokens: Tokens,
    size: int,
    window: int,
) -> sparse.csr_matrix:
    owner = np.repeat(np.arange(len(tokens)), np.diff(tokens.starts))
    total = sparse.csr_matrix((size, size), dtype=np.float32)
    for distance in range(1, window + 1):
        same = owner[:-distance] == owner[distance:]
        left, right = tokens.flat[:-distance][same], tokens.flat[distance:][same]
        value = np.full(len(left), 1.0 / distance, dtype=np.float32)
        total = total + sparse.csr_matrix((value, (left, right)), shape=(size, size))
    return (total + total.T).tocsr()


def _positive_pmi(near: sparse.csr_matrix, smoothing: float) -> sparse.csr_matrix:
    words = np.asarray(near.sum(axis=1)).ravel()
    contexts = words**smoothing
    contexts /= max(contexts.sum(), 1.0)
    found = near.tocoo()
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = words[found.row] * contexts[found.col]
        value = np.log(found.data / expected)
    keep = np.isfinite(value) & (value > 0)
    return sparse.csr_matrix(
        (value[keep].astype(np.float32), (found.row[keep], found.col[keep])),
        shape=near.shape,
    )


def _factor(matrix: sparse.csr_matrix, settings: Settings) -> Floats:
    """Randomised truncated SVD; rows are scaled by the square roots of the singular values."""
    chance = np.random.default_rng(settings.seed)
    width = settings.dimensions + _OVERSAMPLING
    basis = matrix @ chance.standard_normal((matrix.shape[1], width)).astype(np.float32)
    for _ in range(_ITERATIONS):
        basis, _ = np.linalg.qr(basis)
        basis = matrix @ (matrix.T @ basis)
    basis, _ = np.linalg.qr(basis)
    left, values, _ = np.linalg.svd((matrix.T @ basis).T, full_matrices=False)
    kept = settings.dimensions
    rows: Floats = ((basis @ left)[:, :kept] * np.sqrt(values[:kept])).astype(
        np.float32
    )
    return rows
