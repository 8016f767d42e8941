import pytest

from ingest.sections import find_sections, role_of
from kb.numerals import chinese_number

JUDGMENT = """测试市第九中级人民法院
民事判决书
（2099）测09民终99号
上诉人（原审被告）:测试甲公司。
被上诉人（原审原告）:测试乙公司。
测试甲公司上诉请求:撤销一审判决。
一审法院查明:双方签有保密协议。
本院认为,客户信息符合法定要件。
综上,依照《中华人民共和国民事诉讼法》之规定,判决如下:
驳回上诉,维持原判。
审判长 测试丙
二〇九九年九月九日"""


def roles(text: str) -> list[tuple[str, str]]:
    return [
        (s.role, text[s.start : s.end].split("\n")[0][:8]) for s in find_sections(text)
    ]


def test_a_judgment_is_cut_into_its_parts_by_their_first_words() -> None:
    assert roles(JUDGMENT) == [
        ("header", "测试市第九中级人"),
        ("parties", "上诉人（原审被告"),
        ("claims", "测试甲公司上诉请"),
        ("facts", "一审法院查明:双"),
        ("reasoning", "本院认为,客户信"),
        ("legal_basis", "综上,依照《中华"),
        ("disposition", "驳回上诉,维持原"),
        ("footer", "审判长 测试丙"),
    ]


def test_a_law_is_cut_at_its_articles_and_a_chapter_stays_with_the_article_below_it() -> (
    None
):
    law = "测试法\n\n第一章　总则\n\n第一条　为了测试。\n\n第二条　依照第一条办理。\n\n第二章　附则\n第三条　自发布之日起施行。"

    found = [
        (s.role, s.heading, law[s.start : s.end].strip()[:5])
        for s in find_sections(law)
    ]

    assert found == [
        ("overview", "", "测试法"),
        ("article", "第一条", "第一章　总"),
        ("article", "第二条", "第二条　依"),
        ("article", "第三条", "第二章　附"),
    ]


def test_citations_at_line_starts_do_not_make_a_law() -> None:
    text = "第九条 甲\n第二十一条 乙\n第三条 丙\n第九十条 丁"

    assert [s.role for s in find_sections(text)] == ["body"]


def test_a_text_without_cues_is_one_part() -> None:
    assert [(s.role, s.start, s.end) for s in find_sections("通知\n各区局:")] == [
        ("body", 0, 7)
    ]


@pytest.mark.parametrize(
    ("heading", "role"),
    [
        ("案情", "facts"),
        ("处理结果", "disposition"),
        ("步骤 现场检查", "step"),
        ("第九条 侵权行为", "article"),
        ("别的", "body"),
    ],
)
def test_a_heading_of_the_corpus_names_the_role_of_its_section(
    heading: str, role: str
) -> None:
    assert role_of(heading) == role


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("九", 9),
        ("十", 10),
        ("二十一", 21),
        ("二百一十九", 219),
        ("一千零三", 1003),
        ("一百零二", 102),
    ],
)
def test_chinese_numerals_are_read(text: str, value: int) -> None:
    assert chinese_number(text) == value


@pytest.mark.parametrize(
    "words",
    [
        "第一审案件由甲地法院管辖。",
        "第二审期间，可以补正。",
        "第三人提出请求的，一并处理。",
        "第二类器械应当登记。",
        "和解协议达成后，可以中止。",
        "与试验有关的活动，适用本法。",
        "项目承担单位应当登记。",
    ],
)
@pytest.mark.parametrize("gap", [" ", "　", ""])
def test_an_article_may_begin_with_words_that_also_go_on_a_mention(
    words: str, gap: str
) -> None:
    law = f"试验法\n第一条{gap}为了试验。\n第二条{gap}{words}\n第三条{gap}自发布之日起施行。"

    assert [s.heading for s in find_sections(law)] == ["", "第一条", "第二条", "第三条"]


def test_an_article_that_names_another_first_is_one_where_a_blank_parts_them() -> None:
    law = "试验法\n第一条 为了试验。\n第二条 第三条所称无法改正的情形，由主管部门另行规定。\n第三条 自发布之日起施行。"

    assert [s.heading for s in find_sections(law)] == ["", "第一条", "第二条", "第三条"]


def test_a_line_that_goes_on_with_a_mention_begins_no_article() -> None:
    law = "试验法\n第一条 依照\n第三条第二款的规定办理。\n第二条 依照\n第三条 第一项办理。\n第三条 自发布之日起施行。"

    assert [s.heading for s in find_sections(law)] == ["", "第一条", "第二条", "第三条"]


def test_an_article_that_runs_on_in_the_line_of_the_one_before_is_a_part_of_its_own() -> (
    None
):
    law = "试验法\n第一条 为了试验。第二条　适用于试验。第九条规定的除外。 第三条依照第二条办理。\n第四条 自发布之日起施行。"

    assert [(s.heading, law[s.start : s.end].strip()) for s in find_sections(law)][
        1:
    ] == [
        ("第一条", "第一条 为了试验。"),
        ("第二条", "第二条　适用于试验。第九条规定的除外。"),
        ("第三条", "第三条依照第二条办理。"),
        ("第四条", "第四条 自发布之日起施行。"),
    ]


def test_an_extract_of_a_law_is_cut_at_its_articles_too() -> None:
    law = "中华人民共和国试验法（节录）\n第三条 甲。\n第十九条 乙。\n第二十条 丙。\n第一百条 丁。"

    assert [s.heading for s in find_sections(law)] == [
        "",
        "第三条",
        "第十九条",
        "第二十条",
        "第一百条",
    ]


def test_articles_that_rise_under_no_law_s_name_are_mentions() -> None:
    text = "法律适用的说明\n第三条 甲。\n第十九条 乙。\n第二十条 丙。\n第一百条 丁。"

    assert [s.role for s in find_sections(text)] == ["body"]
