"""Whether two texts of one case number are the same paper."""

import pytest

from kb.papers import Heading, heading_of, is_same, kind_of, paper_of

HEAD = "上海市测试区人民法院\n{name}\n（2099）沪0199民初1号\n原告：测试甲有限公司。\n被告：测试乙有限公司。\n"
JUDGMENT = (
    HEAD.format(name="民事判决书")
    + "经审理查明，被告员工离职时复制了客户名单。\n本院认为，客户名单构成商业秘密。\n判决如下：\n一、赔偿十万元。\n"
)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (JUDGMENT, "民事判决书"),
        ("上海市测试区人民法院\n民 事 判 决 书\n（2099）沪0199民初1号", "民事判决书"),
        ("上海市测试区人民法院\n刑事附带民事裁定书\n", "刑事附带民事裁定书"),
        ("上海市测试区人民法院\n民\u200b事\u2003判\u00a0决书\n", "民事判决书"),
        (
            "上海市测试区市场监督管理局\n行 政 处 罚 决 定 书\n沪市监测处〔2099〕1号",
            "行政处罚决定书",
        ),
        ("上海市测试区人民检察院\n不起诉决定书\n", "不起诉决定书"),
        ("上海仲裁委员会\n裁　决　书\n", "裁决书"),
        ("测试市测试区人民法院刑事判决书\n", "刑事判决书"),
        (
            "测试市测试区城市管理局行政处罚决定书（测城罚〔2099〕1号）\n",
            "行政处罚决定书",
        ),
        (
            "测试甲股份有限公司与测试乙股份有限公司买卖合同纠纷二审民事判决书\n（2099）测01民终1号",
            "民事判决书",
        ),
        (
            "测试甲股份有限公司与测试乙股份有限公司买卖合同纠纷二审民事判决书\n读后",
            None,
        ),
        (
            "公诉机关测试区人民检察院。\n可在接到判决书的第二日起十日内上诉。",
            "刑事判决书",
        ),
        ("当事人：测试甲\n自收到本处罚决定书之日起十五日内缴纳。", "处罚决定书"),
        ("读后\n自收到本处罚决定书之日起十五日内缴纳。", None),
        ("测试甲不服测试区人民法院民事判决书，申请再审。\n", None),
        (
            "中国人民银行测试中心支行行政处罚决定书（测银罚字〔2099〕1号）\n",
            "行政处罚决定书",
        ),
        ("关于一份判决书的评论\n作者说,判决书。", None),
        ("客户名单的保护", None),
        ("", None),
    ],
)
def test_a_paper_is_called_what_it_calls_itself_at_its_head(
    text: str, name: str | None
) -> None:
    assert paper_of(text) == name


def test_a_heading_on_one_line_is_office_name_and_number() -> None:
    assert heading_of("测试市测试局行政处罚决定书（测罚〔2099〕1号）") == Heading(
        "测试市测试局", "行政处罚决定书", "（测罚〔2099〕1号）"
    )
    assert heading_of("测试甲不服测试区人民法院民事判决书") is None


def test_a_paper_on_one_line_goes_on_behind_its_number() -> None:
    found = heading_of(
        "公开日期：测试区人民法院民事判决书（2099）测0199民初1号原告测试甲。"
    )

    assert found == Heading(
        "测试区人民法院",
        "民事判决书",
        "（2099）测0199民初1号",
        before="公开日期：",
        rest="原告测试甲。",
    )


def test_a_decision_to_punish_is_of_an_office() -> None:
    assert kind_of("当场处罚决定书") == "administrative"


@pytest.mark.parametrize(
    "corrected",
    [
        JUDGMENT,
        JUDGMENT.replace("十万元", "十二万元"),
        JUDGMENT.replace("测试甲有限公司", "某甲公司").replace(
            "测试乙有限公司", "某乙公司"
        ),
        JUDGMENT.replace("民事判决书", "民 事 判 决 书").replace("\n", "\n\n"),
        JUDGMENT + "审判长　某某\n二〇九九年五月六日\n",
    ],
)
def test_a_corrected_or_redacted_text_is_the_same_paper(corrected: str) -> None:
    assert is_same(corrected, "2099-05-06", JUDGMENT, None)
    assert is_same(JUDGMENT, "2099-05-06", corrected, "2099-05-06")


@pytest.mark.parametrize(
    ("other", "date"),
    [
        (JUDGMENT.replace("民事判决书", "民事裁定书"), "2099-05-06"),
        (JUDGMENT, "2099-06-01"),
        (
            HEAD.format(name="民事判决书")
            + "本院认为，判决书中笔误应予补正。\n裁定如下：\n一、补正。\n",
            "2099-05-06",
        ),
        ("", "2099-05-06"),
    ],
)
def test_another_name_day_or_content_is_another_paper(other: str, date: str) -> None:
    assert not is_same(other, date, JUDGMENT, "2099-05-06")
