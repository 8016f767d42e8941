import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb import casenumber
from kb.casenumber import CaseNumber, find_typed
from tests.growth import grows_with_length

#: Ways a person types it -> the one way it is kept.
WRITTEN = {
    "（2099）最高法知民终1667号": "（2099）最高法知民终1667号",
    "(2099)最高法知民终1667号": "（2099）最高法知民终1667号",
    "〔2099〕最高法知民终1667号": "（2099）最高法知民终1667号",
    "[2099]最高法知民终1667号": "（2099）最高法知民终1667号",
    "［2099］最高法知民终1667号": "（2099）最高法知民终1667号",
    "【2099】最高法知民终1667号": "（2099）最高法知民终1667号",
    "（２０９９）最高法知民终１６６７号": "（2099）最高法知民终1667号",
    "( 2099 ) 最高法 知民终 1667 号": "（2099）最高法知民终1667号",
    "（2099）最高法知民终1667": "（2099）最高法知民终1667号",
    "（2099年）最高法知民终1667号": "（2099）最高法知民终1667号",
    "(2099)测09民终99号": "（2099）测09民终99号",
    "（2099） 测09刑初 0099 号": "（2099）测09刑初99号",
    "（2013）民三终字第6号": "（2013）民三终字第6号",
    "(2013)民三终字第 6 号": "（2013）民三终字第6号",
    "〔2004〕沪一中民五(知)初字第183号": "（2004）沪一中民五（知）初字第183号",
    "（2004）沪一中民五〔知〕初字第183号": "（2004）沪一中民五（知）初字第183号",
    "（2004）沪一中民五[知]初字第183号": "（2004）沪一中民五（知）初字第183号",
    "（2099）测民申26-1号": "（2099）测民申26号之一",
}


@pytest.mark.parametrize(("written", "kept"), WRITTEN.items())
def test_a_case_number_is_understood_however_it_is_typed(
    written: str, kept: str
) -> None:
    assert str(casenumber.parse(written)) == kept


@pytest.mark.parametrize(("written", "kept"), WRITTEN.items())
def test_a_case_number_is_found_inside_a_sentence_with_its_span(
    written: str, kept: str
) -> None:
    text = f"见 {written}，维持原判"

    ((start, end, number),) = casenumber.find(text)

    assert (text[start:end], str(number)) == (written, kept)


def test_several_numbers_behind_one_court_are_several_case_numbers_of_one_span() -> (
    None
):
    text = "（2099）测知民初48、50号案"

    assert [(text[s:e], str(n)) for s, e, n in casenumber.find(text)] == [
        ("（2099）测知民初48、50号", "（2099）测知民初48号"),
        ("（2099）测知民初48、50号", "（2099）测知民初50号"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "法释〔2020〕7号",
        "（2019）第九条",
        "反不正当竞争法（2019）第九条",
        "2020年1月1日",
        "（2020）",
        "国市监处〔2021〕12号",
        "（3020）测民终1号",
        "（2020）民事赔偿共计3万元",
        "（2020）民事赔偿共计3.5",
        "第1667号",
        "",
    ],
)
def test_what_names_no_proceeding_is_no_case_number(text: str) -> None:
    assert casenumber.find(text) == []
    assert casenumber.parse(text) is None


def test_parse_wants_the_number_alone() -> None:
    assert casenumber.parse("  （2099）测民终1号 ") == CaseNumber(2099, "测民终", 1)
    assert casenumber.parse("（2099）测民终1号判决") is None


COURTS = st.sampled_from(["测", "测01", "最高法", "测0192", "测高"])
KINDS = st.sampled_from(["民终", "知民初", "刑初", "行终", "民申", "执保"])


@given(
    year=st.integers(1990, 2099),
    court=COURTS,
    kind=KINDS,
    number=st.integers(1, 99_999_999),
    old=st.booleans(),
)
def test_the_canonical_form_reads_back_as_the_same_number(
    year: int, court: str, kind: str, number: int, old: bool
) -> None:
    made = CaseNumber(year, court + kind, number, old)

    assert casenumber.parse(str(made)) == made


@given(
    st.text(
        alphabet="（(〔[【2019年测民终字第、 01号之一)）〕]】\n\u3000x", max_size=60
    )
)
def test_any_text_gives_spans_in_order_that_hold_the_number(text: str) -> None:
    found = casenumber.find(text)
    spans = list(dict.fromkeys((start, end) for start, end, _ in found))

    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(
        first[1] <= second[0] for first, second in zip(spans, spans[1:], strict=False)
    )
    for start, end, number in found:
        digits = re.findall(r"\d+", text[start:end])
        assert {str(number.year), str(number.number)} <= {str(int(d)) for d in digits}


@pytest.mark.parametrize(
    ("beginning", "piece"),
    [
        ("（2020", " "),
        ("(2020)最高民", " "),
        ("", "(((((("),
        ("", "2014民"),
        ("", "民初1"),
    ],
)
def test_a_hostile_text_costs_no_more_than_its_length(
    beginning: str, piece: str
) -> None:
    def work(length: int) -> None:
        hostile = beginning + piece * (length // len(piece))
        casenumber.find(hostile)
        find_typed(hostile)

    assert grows_with_length(work, 5_000)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("（ 2023 ） 最高法知民终 1590 号", "（2023）最高法知民终1590号"),
        ("2022最高法知民终147", "（2022）最高法知民终147号"),
        ("查一下2021沪0115民初35993号", "（2021）沪0115民初35993号"),
        ("（2016）沪行终738", "（2016）沪行终738号"),
        ("2014兰行终字第121号怎么判的", "（2014）兰行终字第121号"),
        ("2014兰行终121号", "（2014）兰行终121号"),
        ("请问2013沪一中刑(知)终10怎么判的", "（2013）沪一中刑（知）终10号"),
        ("( 2016 )沪行终738号", "（2016）沪行终738号"),
        (
            "（ 2005 ） 沪 高 民 三 （ 知 ） 终 字 第 108 号",
            "（2005）沪高民三（知）终字第108号",
        ),
        ("２０１６沪行终７３８号", "（2016）沪行终738号"),
    ],
)
def test_a_number_is_understood_as_people_type_it(typed: str, number: str) -> None:
    found = find_typed(typed)

    assert [str(value) for _, _, value in found] == [number]
    start, end, _ = found[0]
    assert typed[start] in "（(2２" and typed[end - 1] in "号0123456789"


def test_a_number_with_brackets_does_not_hide_one_without() -> None:
    assert [
        str(number)
        for _, _, number in find_typed("（2016）沪行终738号和2014鲁民三终字第235号")
    ] == [
        "（2016）沪行终738号",
        "（2014）鲁民三终字第235号",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "2021年3月15日赔偿2016元",
        "2023年新增民事一审终结3000件",
        "2020年沪民终身教育",
        "2019年京东民事申请3次",
        "2020年浙江民营企业民事再终3台",
        "2013年公民申10人",
        "他在2014年初申请了3项专利",
        "2015民初3天",
        "赔偿2016元",
        "2018海知初100号",
    ],
)
def test_dates_and_counts_are_no_case_numbers(text: str) -> None:
    assert find_typed(text) == []


@given(st.text(alphabet="（）()〔〕 2016沪民终字第号1一\u3000９", max_size=40))
def test_spans_of_typed_numbers_lie_inside_any_text(text: str) -> None:
    assert all(0 <= start < end <= len(text) for start, end, _ in find_typed(text))
