import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.query import MAX_CHARS, parse
from search.query_terms import MAX_TERMS
from search.request import FACET_FIELDS
from tests.search.told import warnings

TYPED = st.text(
    alphabet="客户名单 -－\"“”:：OR或者|轨道地区kind标题title第九条2019（）§\n\t\\'*?~^[]",
    max_size=60,
)
ANY = st.one_of(TYPED, st.text(st.characters(exclude_categories=()), max_size=120))


@settings(max_examples=300)
@given(ANY)
def test_any_text_is_a_query_and_so_is_what_is_left_when_a_part_is_removed(
    text: str,
) -> None:
    made = parse(text)

    assert len(made.terms) <= MAX_TERMS
    for part in made.parts:
        assert part.label and part.kind in {
            "word",
            "phrase",
            "exclude",
            "filter",
            "alternative",
            "title",
        }
        rest = parse(part.without)
        assert len(rest.parts) < len(made.parts) or rest.text != made.text
    made.view().text.encode("utf-8")


@given(
    st.lists(
        st.sampled_from(
            ["客户", "名单", '"保密 协议"', "-竞业", "地区:上海", "标题:某", "AI"]
        ),
        max_size=6,
    )
)
def test_removing_every_part_one_after_the_other_ends_with_nothing(
    pieces: list[str],
) -> None:
    text = " ".join(pieces)
    steps = 0
    while parse(text).parts:
        before = [part.label for part in parse(text).parts]
        text = parse(text).parts[0].without
        assert [part.label for part in parse(text).parts] == before[1:]
        steps += 1

    assert steps == len(pieces)
    assert text == ""


def test_words_phrases_exclusions_and_alternatives_go_their_ways() -> None:
    made = parse(
        '离职 "客户名单" “保密 协议” -竞业 -"专利 申请" 配方 OR 图纸 或者 "源 代码"'
    )

    assert made.chunks == ("离职",)
    assert made.phrases == ("客户名单", "保密 协议")
    assert made.excluded == ("竞业", "专利 申请")
    assert made.alternatives == (("配方", "图纸", "源 代码"),)
    assert [(part.kind, part.label) for part in made.parts] == [
        ("alternative", "配方 或 图纸 或 源 代码"),
        ("word", "离职"),
        ("phrase", "“客户名单”"),
        ("phrase", "“保密 协议”"),
        ("exclude", "排除 竞业"),
        ("exclude", "排除 专利 申请"),
    ]
    assert warnings(made) == ()


@pytest.mark.parametrize(
    ("typed", "field", "value"),
    [
        ("轨道:民事案例", "kind", "civil"),
        ("轨道：民事", "kind", "civil"),
        ("kind:civil", "kind", "civil"),
        ("KIND:civil", "kind", "civil"),
        ("地区:上海", "region", "上海"),
        ("region:上海", "region", "上海"),
        ("法院:上海知识产权法院", "authority", "上海知识产权法院"),
        ("机关/法院:上海知识产权法院", "authority", "上海知识产权法院"),
        ("年份:2021", "year", "2021"),
        ('行业:"贸易与物流"', "industry", "贸易与物流"),
        ("地区:未标注", "region", "未标注"),
    ],
)
def test_a_field_is_named_in_chinese_or_english_and_included_or_excluded(
    typed: str, field: str, value: str
) -> None:
    assert dict(parse(typed).include) == {field: (value,)}
    assert parse(typed).exclude == {}
    assert dict(parse(f"-{typed}").exclude) == {field: (value,)}
    assert parse(f"-{typed}").include == {}
    assert not parse(typed).wants_text


@pytest.mark.parametrize("label", FACET_FIELDS.values())
def test_every_field_of_the_panel_can_be_typed_by_its_label(label: str) -> None:
    assert [part.kind for part in parse(f"{label}:值").parts] == ["filter"]


def test_two_values_of_a_field_are_alternatives() -> None:
    assert dict(parse("地区:上海 地区:江苏").include) == {"region": ("上海", "江苏")}


def test_a_title_is_asked_for_and_excluded() -> None:
    assert parse("标题:客户 Title:名单").titles == ("客户", "名单")
    assert (parse("-标题:客户").titles, parse("-标题:客户").excluded_titles) == (
        (),
        ("客户",),
    )


def test_an_unknown_field_is_a_word_and_said_so() -> None:
    made = parse("colour:red")

    assert made.chunks == ("colour:red",)
    assert warnings(made) == ("没有名为「colour」的字段，已当作普通词检索",)


def test_an_unbalanced_quotation_mark_is_ignored_and_said_so() -> None:
    for text in ('"客户名单', "“客户名单", '客户名单"', "客户名单”"):
        made = parse(text)
        assert made.chunks == ("客户名单",), text
        assert warnings(made) == ("引号不成对，已忽略多出的引号",), text


@pytest.mark.parametrize(
    "text", ["https://example.org/a", "12:30", "a-b", "客户-名单", "- 客户"]
)
def test_marks_inside_words_are_no_orders(text: str) -> None:
    made = parse(text)

    assert (made.excluded, made.include, made.exclude) == ((), {}, {})
    assert made.wants_text


def test_an_overlong_text_is_cut_and_said_so() -> None:
    made = parse("客户名单" * MAX_CHARS)

    assert len(made.text) == MAX_CHARS
    assert warnings(made) == (f"检索词超过 {MAX_CHARS} 字，只用了前 {MAX_CHARS} 字",)
    assert made.wants_text and len(made.terms) <= MAX_TERMS


def test_a_pasted_paragraph_is_words_whatever_marks_it_holds() -> None:
    made = parse('甲公司称:"客户名单" -保密\n' + "乙公司利用客户名单。" * 60)

    assert (made.phrases, made.excluded, made.parts) == ((), (), ())
    assert {"客户名单", "客户", "名单"} <= set(made.terms)


def test_an_article_without_its_law_is_asked_back() -> None:
    made = parse("侵犯商业秘密 第九条")

    assert made.articles == ("第九条",)
    (warning,) = warnings(made)
    assert "是哪部法律、哪一版本" in warning and "2025 年第九条是虚假宣传" in warning
    assert warnings(parse("反不正当竞争法（2019）第九条")) == ()


def test_stop_words_are_dropped_unless_nothing_else_is_there() -> None:
    assert not {"没有", "的"} & set(parse("没有签的保密协议").terms)
    assert "保密协议" in parse("没有签的保密协议").terms
    assert parse("没有").terms == ("没有",)


def test_half_a_surrogate_pair_is_replaced() -> None:
    assert parse("客户\udcff名单").text == "客户?名单"


@pytest.mark.parametrize("text", ["！！！", "---", '""', "🙂", "。"])
def test_a_query_of_marks_alone_is_said_to_hold_no_words(text: str) -> None:
    made = parse(text)

    assert not made.wants_text
    assert "没有可检索的文字" in " ".join(warnings(made))


def test_an_empty_query_needs_no_warning() -> None:
    assert warnings(parse("")) == warnings(parse("  \n")) == ()


@pytest.mark.parametrize(
    "text",
    [
        "合同里只写了“不得泄露公司秘密”这一句,算不算",
        "被告人绰号“老三”，在厂区门口把图纸交给对方",
        "他说“我自己研发的”，有用吗",
        "“客户名单”算不算商业秘密？",
        "“反向工程”“自行研发”能免责吗",
        "竞业限制算“保密措施”么？",
    ],
)
def test_a_quotation_inside_prose_is_not_a_phrase_that_must_stand_there(
    text: str,
) -> None:
    query = parse(text)

    assert query.phrases == ()
    assert query.terms


def test_a_phrase_set_apart_is_still_one() -> None:
    assert parse("“保密义务” 离职").phrases == ("保密义务",)
    assert parse("离职员工“客户名单”").phrases == ("客户名单",)
    assert parse("“客户名单” 算商业秘密吗？").phrases == ("客户名单",)
    assert parse('案件“客户名单” "技术图纸" 什么？').phrases == ("客户名单", "技术图纸")


def test_quotes_in_a_question_leave_what_else_is_syntax_alone() -> None:
    assert parse("离职员工 -刑事 “客户名单”是什么？").excluded == ("刑事",)
    assert parse("-“刑事”案件有哪些？").excluded == ("刑事",)
    assert parse("地区:“上海”的案件有哪些？").include == {"region": ("上海",)}
    assert parse("标题:“客户名单”的案例有哪些？").titles == ("客户名单",)
    assert parse("“客户名单” OR “技术图纸”的案件？").alternatives == (
        ("客户名单", "技术图纸"),
    )
