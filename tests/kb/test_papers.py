"""Whether two texts of one case number are the same paper."""

import pytest

from kb.papers import is_same, paper_of

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
        ("上海市测试区市场监督管理局\n行 政 处 罚 决 定 书\n沪市监测处〔2099〕1号", "行政处罚决定书"),
        ("上海市测试区人民检察院\n不起诉决定书\n", "不起诉决定书"),
        ("上海仲裁委员会\n裁　决　书\n", "裁决书"),
        ("关于一份判决书的评论\n作者说,判决书。", None),
        ("客户名单的保护", None),
        ("", None),
    ],
)
def test_a_paper_is_called_what_it_calls_itself_at_its_head(text: str, name: str | None) -> None:
    assert paper_of(text) == name


@pytest.mark.parametrize(
    "corrected",
    [
        JUDGMENT,
        JUDGMENT.replace("十万元", "十二万元"),
        JUDGMENT.replace("测试甲有限公司", "某甲公司").replace("测试乙有限公司", "某乙公司"),
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
        (HEAD.format(name="民事判决书") + "本院认为，判决书中笔误应予补正。\n裁定如下：\n一、补正。\n", "2099-05-06"),
        ("", "2099-05-06"),
    ],
)
def test_another_name_day_or_content_is_another_paper(other: str, date: str) -> None:
    assert not is_same(other, date, JUDGMENT, "2099-05-06")
