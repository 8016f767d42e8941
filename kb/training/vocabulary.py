"""The vocabulary: words a segmenter finds in the legal text, as a plain `tokenizers` model."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

from kb.training.settings import Settings
from kb.training.texts import normalise

UNKNOWN = "[UNK]"
_HAN = "㐀-鿿"
#: Terms of this field that a general dictionary cuts apart; the rare ones stay cut apart.
TERMS = (
    "不正当竞争",
    "保密义务",
    "保密协议",
    "保密措施",
    "反不正当竞争法",
    "技术信息",
    "惩罚性赔偿",
    "权利人",
    "电子数据",
    "竞业",
    "竞业限制",
    "行为保全",
    "证据保全",
    "违法所得",
)
_LATIN = re.compile(r"[a-z]{2,20}|[0-9]{1,4}")
_ALPHANUMERIC = "abcdefghijklmnopqrstuvwxyz0123456789"
#: A run of characters is cut at this length, because the longest-match search takes time
#: quadratic in it.
_LONGEST_RUN = 24


def count_words(texts: Iterable[str]) -> Counter[str]:
    """Count the words of the texts as a dictionary segmenter cuts them (no new-word model)."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(plain_words(text))
    return counts


def plain_words(text: str) -> list[str]:
    """Cut a text into the words of the library's dictionary, to which kb.analysis adds words of the
    law.
    """
    words: list[str] = _segmenter().cut(normalise(text), False)
    return words


@lru_cache(maxsize=1)
def _segmenter() -> Any:
    import rjieba

    return rjieba.Jieba()  # the one of the module is kb.analysis's


def choose(counts: Counter[str], settings: Settings) -> list[str]:
    """Keep the field's terms, the commonest words and every single character that occurs."""
    han = re.compile(f"[{_HAN}]{{1,{settings.longest_word}}}")
    common = sorted(counts, key=lambda word: (-counts[word], word))
    fit = [word for word in common if han.fullmatch(word) or _LATIN.fullmatch(word)]
    characters = {one for word in fit if han.fullmatch(word) for one in word}
    singles = sorted(characters | set("".join(TERMS)) | set(_ALPHANUMERIC))
    return list(dict.fromkeys([*fit[: settings.words], *TERMS, *singles]))


def build(words: list[str]) -> Tokenizer:
    """Make the tokenizer: row 0 is the unknown token, the rest are the words in order.

    It searches for the longest word from the left. Only characters that are words themselves
    get that far, so no text gives the unknown token; all others separate the runs.
    """
    tokenizer = Tokenizer(
        models.WordPiece(
            {word: row for row, word in enumerate([UNKNOWN, *words])},
            unk_token=UNKNOWN,
            continuing_subword_prefix="",
            max_input_chars_per_word=_LONGEST_RUN,
        )
    )
    han = _ranges({word for word in words if len(word) == 1} - set(_ALPHANUMERIC))
    run = f"[{han}]{{1,{_LONGEST_RUN}}}|[a-z0-9]{{1,{_LONGEST_RUN}}}"
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Lowercase()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(run), "removed", invert=True)
    return tokenizer


def _ranges(characters: set[str]) -> str:
    """Write a set of characters as the inside of a regular-expression class."""
    found: list[list[int]] = []
    for code in sorted(map(ord, characters)):
        if found and found[-1][1] == code - 1:
            found[-1][1] = code
        else:
            found.append([code, code])
    written = ""
    for first, last in found:
        written += chr(first) if first == last else f"{chr(first)}-{chr(last)}"
    return written
