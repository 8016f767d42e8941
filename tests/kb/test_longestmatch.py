import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from kb import embedding
from kb.longestmatch import LongestMatch, longest_match
from tests.models import tokenizer

FILE = Path(embedding.__file__).parent / "models" / "zh-legal-static" / "tokenizer.json"
LAW = "经营者不得实施下列侵犯商业秘密的行为以盗窃贿赂欺诈胁迫电子侵入或者其他不正当手段获取权利人的商业秘密"


@cache
def shipped() -> tuple[Tokenizer, LongestMatch]:
    made = Tokenizer.from_file(str(FILE))
    fast = longest_match(made)
    assert fast is not None
    return made, fast


def changed(*path: str, value: Any) -> Tokenizer:
    """The shipped tokenizer with one setting changed."""
    spec = json.loads(FILE.read_text("utf-8"))
    inner = spec
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = value
    return Tokenizer.from_str(json.dumps(spec))


@settings(max_examples=400)
@given(
    text=st.one_of(
        st.text(max_size=80),
        st.text(
            alphabet=LAW + "A1ａ㎏。, 　\n𠀀ﬁ嗘", max_size=120
        ),  # runs longer than the cut, folded and unknown ones
        st.lists(st.sampled_from([LAW, "a" * 40, "、", "第十条", "USB接口v2"])).map(
            "".join
        ),
    )
)
def test_the_automaton_finds_the_tokens_that_the_tokenizer_finds(text: str) -> None:
    slow, fast = shipped()

    assert fast.tokens(text) == slow.encode(text, add_special_tokens=False).ids


@pytest.mark.parametrize(
    "other",
    [
        tokenizer(),
        changed("normalizer", value=None),
        changed("pre_tokenizer", value={"type": "Whitespace"}),
        changed(
            "pre_tokenizer", "pattern", value={"Regex": "[商业]{1,99}|[a-z0-9]{1,24}"}
        ),
        changed(
            "pre_tokenizer", "pattern", value={"Regex": "[丁-七]{1,24}|[a-z0-9]{1,24}"}
        ),
        changed("pre_tokenizer", "invert", value=False),
        changed("model", "continuing_subword_prefix", value="##"),
        changed(
            "truncation",
            value={
                "max_length": 9,
                "strategy": "LongestFirst",
                "stride": 0,
                "direction": "Right",
            },
        ),
    ],
)
def test_a_tokenizer_of_another_kind_is_left_to_its_library(other: Tokenizer) -> None:
    assert longest_match(other) is None


def test_a_range_of_characters_that_are_all_words_is_understood() -> None:
    fast = longest_match(
        changed(
            "pre_tokenizer",
            "pattern",
            value={"Regex": "[一-丁商]{1,24}|[a-z0-9]{1,24}"},
        )
    )

    assert fast is not None
    assert [len(fast.tokens(text)) for text in ("丁商", "丁的商", "公司")] == [2, 2, 0]
