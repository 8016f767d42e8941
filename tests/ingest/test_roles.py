"""Who is named at the head of a paper, as whom; who is charged with what where only a sentence
tells it.
"""

from typing import Any

import pytest

from ingest.causes import cause_of
from ingest.charges import charge_of, plaintiffs_of
from ingest.derive import derive
from ingest.parties import Party, parties_of, punished_of
from ingest.sections import find_sections


@pytest.mark.parametrize(
    ("line", "parties"),
    [
        ("原告测试甲。", [Party("原告", "测试甲")]),
        ("案外人测试甲。", [Party("案外人", "测试甲")]),
        ("附带民事诉讼被告人：测试甲，男。", [Party("附带民事诉讼被告人", "测试甲")]),
        ("原告诉称，客户名单是秘密。", []),
        ("原告不服。", []),
        ("被告人测试甲，男，1980年生。", [Party("被告人", "测试甲")]),
        ("被告人测试甲对指控没有异议。", []),
        (
            "再审申请人（一审原告、二审上诉人）：测试甲公司。",
            [Party("再审申请人", "测试甲公司")],
        ),
        ("被告二：测试乙。", [Party("被告", "测试乙")]),
        ("被处罚人姓名：测试甲", [Party("被处罚人姓名", "测试甲")]),
        ("当事人测试甲公司，住所地测试区。", [Party("当事人", "测试甲公司")]),
        ("当事人在经营中未建立台账。", []),
        ("单位名称测试甲店", []),
        ("单位名称：测试甲店", [Party("单位名称", "测试甲店")]),
    ],
)
def test_a_role_is_followed_by_a_name_or_by_a_sentence(
    line: str, parties: list[Party]
) -> None:
    assert parties_of([line]) == parties


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        (["行政处罚决定书", "测试甲公司：", "你公司违反规定。"], "测试甲公司"),
        (["行政处罚决定书", "测试甲店", "统一社会信用代码：TEST"], "测试甲店"),
        (["测试甲公司违反规定一案，经我局调查。"], "测试甲公司"),
        (["行政处罚决定书", "测试甲公司", "你公司违反规定。"], None),
    ],
)
def test_a_penalty_decision_addresses_whom_it_punishes(
    lines: list[str], name: str | None
) -> None:
    assert punished_of(lines) == ([Party("当事人", name)] if name else [])


@pytest.mark.parametrize(
    ("text", "names", "charge"),
    [
        (
            "审理测试区检察院指控被告人测试甲犯盗窃罪一案，现已审理终结。",
            ("测试甲",),
            "盗窃罪",
        ),
        (
            "指控被告人测试甲、测试乙犯诈骗罪、洗钱罪一案",
            ("测试甲", "测试乙"),
            "诈骗罪、洗钱罪",
        ),
        ("原审被告人测试甲故意伤害一案，原判生效。", ("测试甲",), "故意伤害罪"),
        ("罪犯的申诉：申诉人测试甲因受贿一案不服。", ("测试甲",), "受贿罪"),
    ],
)
def test_a_sentence_tells_who_is_charged_with_what(
    text: str, names: tuple[str, ...], charge: str
) -> None:
    found = charge_of(text)

    assert found is not None
    assert (found.names, found.charge) == (names, charge)


@pytest.mark.parametrize(
    "text", ["被告人的行为已构成侵犯商业秘密罪。", "被告测试甲与原告纠纷一案", ""]
)
def test_other_sentences_charge_nobody(text: str) -> None:
    assert charge_of(text) is None


def test_those_who_sue_in_a_criminal_case_are_parties() -> None:
    assert plaintiffs_of("附带民事诉讼原告人测试丙以要求赔偿为由提起诉讼") == (
        "测试丙",
    )


def test_a_paper_that_lists_nobody_has_the_parties_of_its_charge() -> None:
    text = (
        "测试市测试区人民法院\n刑事判决书\n（2019）测0199刑初7号\n"
        "测试区人民检察院指控被告人测试甲犯盗窃罪，附带民事诉讼原告人测试丙提起附带民事诉讼。\n判决如下：\n"
    )

    assert _derived(text)["parties"] == ["测试甲", "测试丙"]


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("原告测试甲公司诉被告测试乙侵害技术秘密纠纷一案", "侵害技术秘密纠纷"),
        ("测试甲公司与测试乙公司侵害商业秘密纠纷管辖权异议上诉案", "侵害商业秘密纠纷"),
        ("测试甲、测试乙买卖合同纠纷二审民事判决书", "买卖合同纠纷"),
        (
            "指控被告人测试甲犯盗窃罪一案。被告人辩称与被害人有民间借贷纠纷一案。",
            "盗窃罪",
        ),
        ("测试甲、测试乙侵犯商业秘密案", "侵犯商业秘密罪"),
        ("关于一份合同的说明", None),
    ],
)
def test_a_cause_is_named_without_the_parties(text: str, cause: str | None) -> None:
    assert cause_of(text, ["测试甲", "测试乙", "测试甲公司", "测试乙公司"]) == cause


def _derived(text: str) -> dict[str, Any]:
    return derive({}, text, find_sections(text), "扫描件0001.txt").values
