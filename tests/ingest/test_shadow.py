"""Lines as they are to be recognised, dates and sums as papers write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.dates import dates_in, is_date
from ingest.money import sums_in
from kb.shadow import squeezed


@pytest.mark.parametrize(
    ("line", "seen"),
    [
        ("民 事 判 决 书", "民事判决书"),
        ("审　判　长　　测试", "审判长测试"),
        ("（2099）沪 0199 民初 12 号", "（2099）沪0199民初12号"),
        ("（２０９９）测民终１２号", "（2099）测民终12号"),
        ("处\u200b罚\u2003决\u00a0定\u2009书", "处罚决定书"),
        ("Test Company Ltd. 与测试甲公司", "Test Company Ltd.与测试甲公司"),
        ("⺠事判决书", "⺠事判决书"),
        ("⽤⼾ｏｆｆice", "用戶office"),
        ("", ""),
    ],
)
def test_what_printing_puts_between_characters_does_not_count(
    line: str, seen: str
) -> None:
    assert squeezed(line) == seen


@given(st.text(alphabet="民事 判\u3000决书\t（）１2Aa \u200b、。", max_size=40))
def test_squeezing_twice_changes_nothing_more_and_leaves_every_sign_that_shows(
    text: str,
) -> None:
    once = squeezed(text)

    assert squeezed(once) == once
    assert [c for c in once if not c.isspace()] == [
        c for c in squeezed(" ".join(text)) if not c.isspace()
    ]


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("2099年5月16日", "2099-05-16"),
        ("2099 年 5 月 16 日", "2099-05-16"),
        ("二〇九九年五月十六日", "2099-05-16"),
        ("二○九九年 十 月 三十一 日", "2099-10-31"),
        ("二Ｏ九九年元月二十日", "2099-01-20"),
        ("二0九九年十二月一日", "2099-12-01"),
        ("二零九九年正月廿一日", "2099-01-21"),
        ("二О一九年二月十日", "2019-02-10"),
        ("二〇一九年二月××日", "2019-02"),
        ("2019-05-16", "2019-05-16"),
        ("2019.5.6", "2019-05-06"),
        ("2019年2月30日", None),
        ("二〇一九年十三月一日", None),
    ],
)
def test_a_date_is_understood_however_it_is_written(line: str, day: str | None) -> None:
    assert [day for _, day in dates_in(squeezed(line))] == [day]


def test_a_line_is_a_date_only_when_nothing_else_stands_there() -> None:
    assert (
        is_date("二〇九九年五月十六日")
        and is_date("2099年5月16日（印章）")
        and is_date("二〇一九年二月××日")
    )
    assert not is_date("于2099年5月16日送达") and not is_date("2099年5月")


@pytest.mark.parametrize(
    ("text", "sums"),
    [
        ("罚款10万元", [("10万元", 100_000)]),
        (
            "罚款人民币叁拾万元整（￥300000.00）",
            [("叁拾万元", 300_000), ("￥300000.00", 300_000)],
        ),
        ("赔偿1,234,567.89元", [("1,234,567.89元", 1_234_567.89)]),
        ("赔偿 159，000，000 元", [("159，000，000元", 159_000_000)]),
        (
            "一千二百三十万元和3千万元",
            [("一千二百三十万元", 12_300_000), ("3千万元", 30_000_000)],
        ),
        ("三亿五千万元", [("三亿五千万元", 350_000_000)]),
        ("壹拾贰万叁仟肆佰伍拾陆圆整", [("壹拾贰万叁仟肆佰伍拾陆圆", 123_456)]),
        ("两万余元", [("两万余元", 20_000)]),
        ("2099年5月16日，第3条，元月", []),
    ],
)
def test_a_sum_is_understood_however_it_is_written(
    text: str, sums: list[tuple[str, float]]
) -> None:
    line = squeezed(text)

    assert [(line[start:end], value) for start, end, value in sums_in(line)] == sums
