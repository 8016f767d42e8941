"""What papers say about themselves, read without any front matter."""

from typing import Any

import pytest

from ingest.derive import derive
from ingest.sections import find_sections, sections_of

CIVIL = """上海市测试区人民法院
民 事 判 决 书
（2019）沪 0199 民初 12 号
原告：上海测试甲（集团）有限公司，住所地上海市测试区。
法定代表人：测试一，总经理。
被告：测试二，男。
被告：测试乙科技有限公司，住所地上海市测试区。
原告上海测试甲（集团）有限公司诉被告测试二、测试乙科技有限公司侵害经营秘密纠纷一案，本院于2019年1月2日立案。
原告诉称，被告带走客户名单，请求判令赔偿五百万元。
经审理查明，被告测试二于2018年3月离职。
本院认为，客户名单构成商业秘密。依照《中华人民共和国反不正当竞争法》第九条之规定，判决如下：
一、被告测试二、测试乙科技有限公司立即停止侵害；
二、被告测试乙科技有限公司赔偿原告经济损失人民币叁拾万元及合理开支5万元；
三、驳回原告的其他诉讼请求。
案件受理费1万元，由被告负担。
审　判　长　　测试
二Ｏ一九年 五 月 十六 日
书　记　员　　测试
打印日期：2021年1月1日
附：本案适用的法律条文
《中华人民共和国反不正当竞争法》（自2018年1月1日起施行）
第九条　经营者不得实施下列行为。
第十条　其他。
第十一条　其他。
"""
CRIMINAL = """上海市测试区人民法院
刑事判决书
（2019）沪0199刑初12号
公诉机关上海市测试区人民检察院。
被告人测试甲，男。
辩护人测试丙。
公诉机关指控：被告人测试甲窃取图纸，造成损失二百万元。
被告人测试甲对指控事实无异议。
经审理查明：被告人测试甲于2018年窃取图纸。
本院认为，被告人测试甲的行为已构成侵犯商业秘密罪，判决如下：
一、被告人测试甲犯侵犯商业秘密罪，判处有期徒刑二年，缓刑三年，并处罚金人民币二十万元。
审判长　测试
二〇一九年五月十六日
"""
PENALTY = """上海市测试区市场监督管理局
行 政 处 罚 决 定 书
沪市监测处〔2019〕152019000123号
当事人：测试甲贸易有限公司
统一社会信用代码：91310000TEST000000
经查，当事人招用离职员工，使用其客户名单，违法经营额86万元。
上述事实，主要有以下证据证明：
证据一：询问笔录。
本局认为，当事人的行为构成侵犯商业秘密。
依据《中华人民共和国反不正当竞争法》第二十一条的规定，决定处罚如下：
1.责令停止违法行为；
2.没收违法所得12,345.60元；
3.罚款人民币叁拾万元整（￥300000.00）。
逾期不缴纳的，每日按罚款数额的3%加处罚款。
上海市测试区市场监督管理局
2019年6月20日
"""


def derived(
    text: str, name: str = "扫描件0001.txt", **values: object
) -> dict[str, Any]:
    return derive(dict(values), text, find_sections(text), name).values


def roles(text: str) -> list[str]:
    return [section.role for section in find_sections(text)]


def test_a_civil_judgment_says_who_when_what_about_and_what_came_of_it() -> None:
    assert derived(CIVIL) == {
        "kind": "civil",
        "title": "上海测试甲（集团）有限公司与测试二等侵害经营秘密纠纷民事判决书",
        "case_numbers": ["（2019）沪0199民初12号"],
        "authorities": ["上海市测试区人民法院"],
        "regions": ["上海"],
        "parties": ["上海测试甲（集团）有限公司", "测试二", "测试乙科技有限公司"],
        "decided_on": "2019-05-16",
        "amounts": [
            {
                "type": "一审判赔",
                "value": 300_000.0,
                "currency": "CNY",
                "text": "叁拾万元",
            },
            {"type": "一审判赔", "value": 50_000.0, "currency": "CNY", "text": "5万元"},
        ],
        "outcomes": ["判令停止侵害", "判赔"],
    }


def test_an_award_of_the_last_instance_is_no_first_award() -> None:
    found = derived(CIVIL.replace("民初", "民终"))

    assert [amount["type"] for amount in found["amounts"]] == ["判赔", "判赔"]


def test_a_criminal_judgment_has_the_accused_and_the_fine() -> None:
    assert derived(CRIMINAL) == {
        "kind": "criminal",
        "title": "测试甲侵犯商业秘密罪刑事判决书",
        "case_numbers": ["（2019）沪0199刑初12号"],
        "authorities": ["上海市测试区人民法院"],
        "regions": ["上海"],
        "parties": ["测试甲"],
        "decided_on": "2019-05-16",
        "amounts": [
            {
                "type": "刑事罚金",
                "value": 200_000.0,
                "currency": "CNY",
                "text": "二十万元",
            }
        ],
        "outcomes": ["定罪判刑", "缓刑", "刑事罚金"],
    }


def test_a_penalty_decision_has_its_number_and_what_was_fined() -> None:
    assert derived(PENALTY) == {
        "kind": "administrative",
        "title": "测试甲贸易有限公司行政处罚决定书",
        "doc_numbers": ["沪市监测处〔2019〕152019000123号"],
        "authorities": ["上海市测试区市场监督管理局"],
        "regions": ["上海"],
        "parties": ["测试甲贸易有限公司"],
        "decided_on": "2019-06-20",
        "amounts": [
            {
                "type": "没收违法所得",
                "value": 12_345.6,
                "currency": "CNY",
                "text": "12,345.60元",
            },
            {"type": "罚款", "value": 300_000.0, "currency": "CNY", "text": "叁拾万元"},
        ],
        "outcomes": ["责令停止违法行为", "罚款", "没收违法所得"],
    }


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("不予行政处罚决定书", "administrative"),
        ("行 政 判 决 书", "administrative"),
        ("刑事裁定书", "criminal"),
        ("刑事附带民事判决书", "criminal"),
        ("起诉书", "criminal"),
        ("不起诉决定书", "criminal"),
        ("民事调解书", "civil"),
        ("民事裁定书", "civil"),
        ("裁　决　书", "civil"),
    ],
)
def test_the_name_of_a_paper_says_which_track_it_is_of(name: str, kind: str) -> None:
    assert (
        derived(f"上海市测试区某某\n{name}\n当事人：测试甲公司\n内容。")["kind"] == kind
    )


@pytest.mark.parametrize(
    ("number", "written", "day", "doubt"),
    [
        (
            "（2019）沪0199民初1号",
            "2019年2月30日",
            None,
            "文书所署日期「2019年2月30日」不存在,未采用",
        ),
        (
            "（2019）沪0199民初1号",
            "二〇一八年五月一日",
            None,
            "文书所署日期「二〇一八年五月一日」早于收案年份,未采用",
        ),
        (
            "（2019）沪0199民初1号",
            "二〇九一年五月一日",
            None,
            "文书所署日期「二〇九一年五月一日」晚于收入之日,未采用",
        ),
        ("（2099）沪0199民初1号", "二〇九九年五月一日", "2099-05-01", None),
    ],
)
def test_a_day_that_cannot_be_is_not_taken_and_said(
    number: str, written: str, day: str | None, doubt: str | None
) -> None:
    found = derived(
        f"上海市测试区人民法院\n民事判决书\n{number}\n原告：测试甲公司。\n审判长　测试\n{written}\n"
    )

    assert (found.get("decided_on"), found.get("uncertain", [None])[0]) == (day, doubt)


def test_what_a_database_writes_before_a_paper_is_read_by_its_labels() -> None:
    text = "案号：（2019）沪0199民初12号\n审理法院：上海市测试区人民法院\n裁判日期：2019-05-16\n\n民事判决书\n原告：测试甲公司。\n"
    found = derived(text)

    assert found["case_numbers"] == ["（2019）沪0199民初12号"]
    assert (found["authorities"], found["decided_on"]) == (
        ["上海市测试区人民法院"],
        "2019-05-16",
    )


def test_what_an_editor_wrote_stays() -> None:
    found = derived(CIVIL, title="客户名单案", parties=["某公司"], amounts=[])

    assert (found["title"], found["parties"]) == ("客户名单案", ["某公司"])


def test_a_paper_that_names_no_party_is_called_by_its_court_and_number() -> None:
    text = "上海市测试区人民法院\n民事裁定书\n（2019）沪0199民初12号之一\n本院认为，应予准许。\n裁定如下：\n准许。\n"

    assert (
        derived(text)["title"]
        == "上海市测试区人民法院民事裁定书（2019）沪0199民初12号之一"
    )


def test_a_text_that_is_no_paper_keeps_its_first_line_or_the_name_of_its_file() -> None:
    assert derived("客户名单的保护\n正文。", "a.txt")["title"] == "客户名单的保护"
    assert derived("【基本案情】\n正文。", "指导性案例3号.txt") == {
        "kind": "unclassified",
        "title": "指导性案例3号",
        "guiding_case": 3,
        "tier": "指导性案例",
    }
    assert (
        derived("指导性案例3号\n【关键词】民事/侵害技术秘密\n【基本案情】\n正文。")[
            "kind"
        ]
        == "civil"
    )


def test_a_judgment_is_cut_into_its_parts_and_never_as_the_law_appended_to_it() -> None:
    assert roles(CIVIL) == [
        *(
            "header",
            "parties",
            "claims",
            "facts",
            "reasoning",
            "disposition",
            "footer",
            "appendix",
        ),
    ]
    assert roles(CRIMINAL) == [
        "header",
        "parties",
        "claims",
        "facts",
        "reasoning",
        "disposition",
        "footer",
    ]
    assert roles(PENALTY) == [
        *(
            "header",
            "parties",
            "facts",
            "evidence",
            "reasoning",
            "legal_basis",
            "disposition",
        ),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "第{0}条　内容。",
        "第{0}条内容。",
        "第{0}条：内容。",
        "第 {0} 条 内容。",
        "【第{0}条】内容。",
        "第{0}条（定义）内容。",
        "**第{0}条** 内容。",
    ],
)
def test_every_article_of_a_law_is_an_article_however_its_line_is_printed(
    line: str,
) -> None:
    text = "测试市保护办法\n第一章 总则\n" + "\n".join(
        line.format(n) for n in "一二三四"
    )
    found = find_sections(text)

    assert [(s.role, s.heading) for s in found] == [
        ("overview", ""),
        *(("article", f"第{n}条") for n in "一二三四"),
    ]
    assert derived(text)["kind"] == "statute"


def test_articles_counted_in_figures_are_called_as_laws_call_them() -> None:
    text = "测试市保护办法\n" + "\n".join(f"第{n}条 内容。" for n in range(9, 13))

    assert [s.heading for s in find_sections(text)] == [
        "",
        "第九条",
        "第十条",
        "第十一条",
        "第十二条",
    ]


def test_chapters_written_as_headings_leave_the_articles_of_a_law_its_parts() -> None:
    text = "第一章 总则\n第一条　内容。\n第二条　内容。\n第二章 附则\n第三条　内容。"
    headings = [(0, "第一章 总则"), (text.index("第二章"), "第二章 附则")]

    assert [s.heading for s in sections_of(text, headings)] == [
        "第一条",
        "第二条",
        "第三条",
    ]
    assert [
        s.heading for s in sections_of("一\n甲。\n二\n乙。", [(0, "一"), (5, "二")])
    ] == ["一", "二"]
    assert [s.role for s in sections_of("案情\n甲。", [(0, "案情")])] == ["facts"]


def test_articles_that_are_only_cited_make_no_law() -> None:
    text = "评论\n" + "\n".join(
        [
            "第一条的规定不清楚。",
            "第二条规定的行为。",
            "第三条、第四条之间。",
            "第五条第一款。",
        ]
    )

    assert roles(text) == ["body"]
