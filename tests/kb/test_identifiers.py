import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb import identifiers
from kb.identifiers import bare_articles, find, of_document
from kb.mentions import citations, law_name, parse_statute
from kb.numerals import chinese_numeral
from kb.records import Metadata, Provision
from tests.growth import grows_with_length

#: What a person types -> (type, value) of the keys found, the name of the whole query apart.
QUERIES: dict[str, list[tuple[str, str]]] = {
    "（2099）测知民终1667号": [("case_number", "（2099）测知民终1667号")],
    "[２０99] 测知民终 1667 号": [("case_number", "（2099）测知民终1667号")],
    "(2004)沪一中民五(知)初字第183号": [
        ("case_number", "（2004）沪一中民五（知）初字第183号")
    ],
    "沪市监长处〔2024〕12号": [("doc_number", "沪市监长处202412号")],
    "沪市监长处(2024) 第12号": [("doc_number", "沪市监长处202412号")],
    "法释［2020］7号": [("doc_number", "法释20207号")],
    "法释【2020】7号": [("doc_number", "法释20207号")],
    "浙集复26[2020]2号": [("doc_number", "浙集复2620202号")],
    "豫0923环罚决字〔2024〕7号": [("doc_number", "豫0923环罚决字20247号")],
    "测公（城）行罚决字〔2020〕5号": [("doc_number", "测公城行罚决字20205号")],
    "（益）食药监行罚〔2018〕21号": [("doc_number", "益食药监行罚201821号")],
    "总局令第126号": [("doc_number", "令126号")],
    "国家市场监督管理总局令126号": [("doc_number", "令126号")],
    "人民法院案例库2023-09-2-176-018": [("doc_number", "2023092176018")],
    "参考性案例第176号": [("doc_number", "参考性案例176号")],
    "指导案例219号": [("guiding_case", "219")],
    "指导性案例第219号": [("guiding_case", "219")],
    "最高法第219号指导性案例": [("guiding_case", "219")],
    "检例第102号": [("guiding_case", "102")],
    "反不正当竞争法（2019）第九条": [("article", "反不正当竞争法|2019|第九条")],
    "反法(2025)第十条": [("article", "反不正当竞争法|2025|第十条")],
    "《中华人民共和国反不正当竞争法》（2019年修正）第九条第一款第（三）项": [
        ("article", "反不正当竞争法|2019|第九条")
    ],
    "反不正当竞争法（2019）第九条、第十七条": [
        ("article", "反不正当竞争法|2019|第九条"),
        ("article", "反不正当竞争法|2019|第十七条"),
    ],
    "2019年反不正当竞争法第9条": [("article", "反不正当竞争法|2019|第九条")],
    "2019第九条": [("article", "反不正当竞争法|2019|第九条")],
    "2019年第九条": [("article", "反不正当竞争法|2019|第九条")],
    "第九条(2019)": [("article", "反不正当竞争法|2019|第九条")],
    "２０１９年第９条": [("article", "反不正当竞争法|2019|第九条")],
    "第9条（2019年修正）": [("article", "反不正当竞争法|2019|第九条")],
    "刑法第二百一十九条之一": [("article", "刑法|版本未注明|第二百一十九条之一")],
    "刑法第219条": [("article", "刑法|版本未注明|第二百一十九条")],
    "18 U.S.C. § 1836": [("citation", "18usc§1836")],
    "18 USC §1836(b)": [("citation", "18usc§1836b")],
    "§ 1832": [("citation", "§1832")],
    "Article 39": [("citation", "article39")],
    "s. 7": [("citation", "s7")],
    "No. 24-725": [("citation", "no24725")],
    "337-TA-1145": [("citation", "337ta1145")],
    "Inv. No. 337-TA-1145": [("citation", "invno337ta1145")],
    "580 F.3d 1340": [("citation", "580f3d1340")],
    "[2021] EWCA Civ 38": [("citation", "2021ewcaciv38")],
    "[2020] 1 SLR 1130": [("citation", "20201slr1130")],
    "C-54/21": [("citation", "c5421")],
    "I ZR 118/16": [("citation", "izr11816")],
    "대법원 2017다34981": [("citation", "2017다34981")],
    "47 F4th 156": [("citation", "47f4th156")],
    "15 U 6/20": [("citation", "15u620")],
    "CS(COMM) 560/2024": [("citation", "cscomm5602024")],
    "Directive (EU) 2016/943": [("citation", "directive2016943")],
    "指令2016/943": [("citation", "directive2016943")],
    "法释〔2020〕7": [("doc_number", "法释20207号")],
    "法释2020年7号": [("doc_number", "法释20207号")],
    "令第126": [("doc_number", "令126号")],
    "126号令": [("doc_number", "令126号")],
    "浙集复26[2020]2": [("doc_number", "浙集复2620202号")],
    "沪市监处2024年12号": [("doc_number", "沪市监处202412号")],
    "沪市监处（2024年）第12号": [("doc_number", "沪市监处202412号")],
    "参考性案例176": [("doc_number", "参考性案例176号")],
    "219号指导案例": [("guiding_case", "219")],
    "DB61/T 1605-2022": [("doc_number", "db61t16052022")],
    "刑法219条": [("article", "刑法|版本未注明|第二百一十九条")],
    "sh-test-customer-list-2099": [("slug", "sh-test-customer-list-2099")],
    "离职员工带走客户名单": [],
    "第九条": [],
    "2019年的案例": [],
}


@pytest.mark.parametrize(("query", "keys"), QUERIES.items())
def test_the_exact_keys_of_a_query_are_found_and_written_one_way(
    query: str, keys: list[tuple[str, str]]
) -> None:
    assert [(i.type, i.value) for i in find(query) if i.type != "name"] == keys


@pytest.mark.parametrize("query", [q for q, keys in QUERIES.items() if len(keys) == 1])
def test_a_key_is_found_between_other_words(query: str) -> None:
    ((type_, value),) = QUERIES[query]

    found = [(i.type, i.value) for i in find(f"请问 {query} 的内容")]
    assert (type_, value) in found or (
        type_ == "doc_number" and any(v.endswith(value) for t, v in found if t == type_)
    )


@pytest.mark.parametrize(
    "name",
    [
        "测试甲有限公司",
        "Test Corp. v. Sample Inc.",
        "测试甲公司诉测试乙公司侵害技术秘密纠纷案",
    ],
)
def test_the_whole_query_may_be_a_name(name: str) -> None:
    made = Metadata(title="题", parties=(name,), aliases=(), name_en=None)

    asked = [("name", i.value) for i in find(f" {name.upper()}　") if i.type == "name"]
    assert asked[0] in of_document(made, "")


@pytest.mark.parametrize(
    "text",
    [
        "2021年3月15日赔偿2016元",
        "责令3日内改正",
        "口令123",
        "开发2020版软件",
        "处2020年5月",
        "用e-mail发送",
        "判处罚金2019年12万元",
    ],
)
def test_dates_amounts_and_words_that_end_alike_name_no_document(text: str) -> None:
    assert [key.value for key in find(text) if key.type != "name"] == []


@pytest.mark.parametrize(
    "asked",
    [
        "帮我找18 U.S.C. § 1836",
        "请问18 U.S.C. § 1836怎么规定",
        "查一下18 U.S.C. § 1836的内容",
    ],
)
def test_a_citation_beside_chinese_words_is_the_citation_alone(asked: str) -> None:
    assert [key.value for key in find(asked) if key.type == "citation"] == [
        "18usc§1836"
    ]


def test_a_citation_is_borne_without_the_remark_behind_it_and_a_court_alone_is_no_name() -> (
    None
):
    made = Metadata(
        title="题",
        citations=(
            "VIAC裁决75/17 HCM（2018-02-19）",
            "N.D. Cal.（2014-03-05陪审团裁决）",
        ),
    )
    borne = {value for type_, value in of_document(made, "") if type_ == "name"}

    assert "viac裁决7517hcm" in borne
    assert "ndcal" not in borne


def test_a_document_bears_every_key_it_can_be_asked_for_by() -> None:
    made = Metadata(
        title="测试甲案",
        slug="t-1",
        case_numbers=("(2099)测知民终1号", "（2098）测知民初2、3号"),
        earlier_case_numbers=("(2097)测知民初4号",),
        doc_numbers=("国家测试总局令第126号", "测市监处〔2099〕5号"),
        guiding_case=219,
        citations=("Test v. Sample, 580 F.3d 1340",),
        parties=("测试乙公司",),
        name_en="Test v. Sample",
        statutes=("反不正当竞争法（2019）第九条第一款第（三）项", "18 U.S.C. § 1832"),
        law="测试法",
        version="2099",
        provisions=(Provision("第一条", "目的"),),
    )

    assert set(of_document(made, "")) >= {
        ("slug", "t-1"),
        ("case_number", "（2099）测知民终1号"),
        ("case_number", "（2098）测知民初2号"),
        ("case_number", "（2098）测知民初3号"),
        ("earlier_case_number", "（2097）测知民初4号"),
        ("doc_number", "令126号"),
        ("doc_number", "测市监处20995号"),
        ("name", "国家测试总局令第126号"),
        ("guiding_case", "219"),
        ("citation", "580f3d1340"),
        ("name", "测试甲案"),
        ("name", "测试乙公司"),
        ("name", "testvsample"),
        ("article", "反不正当竞争法|2019|第九条"),
        ("citation", "18usc§1832"),
        ("article", "测试法|2099|第一条"),
    }


def test_companies_named_in_the_opening_are_names_and_generic_words_are_not() -> None:
    text = "上诉人测试甲有限公司，该公司与华为技术有限公司，原告科技公司。"

    names = {
        value
        for type_, value in of_document(Metadata(title="题", kind="civil"), text)
        if type_ == "name"
    }
    assert "测试甲有限公司" in names
    assert not names & {"该公司", "技术有限公司", "科技公司", "公司", "有限公司"}


#: Running text -> (law, version, article) of each mention.
MENTIONS: dict[str, list[tuple[str, str, str]]] = {
    "依据《反不正当竞争法》（2019）第九条第一款、第二款，第二十一条": [
        ("反不正当竞争法", "2019", "第九条"),
        ("反不正当竞争法", "2019", "第二十一条"),
    ],
    "《中华人民共和国反不正当竞争法》（2017年修订）第九条。又据反不正当竞争法第十七条": [
        ("反不正当竞争法", "2017", "第九条"),
        ("反不正当竞争法", "2017", "第十七条"),
    ],
    "违反刑法第二百一十九条和第二百一十九条之一": [
        ("刑法", "版本未注明", "第二百一十九条"),
        ("刑法", "版本未注明", "第二百一十九条之一"),
    ],
    "法释〔2020〕7号第三条、第四条": [
        ("法释〔2020〕7号", "法释〔2020〕7号", "第三条"),
        ("法释〔2020〕7号", "法释〔2020〕7号", "第四条"),
    ],
    "《测试合同》第九条": [],
    "劳动合同法（2012）第二十三条": [("劳动合同法", "2012", "第二十三条")],
    "第九条": [],
    "": [],
}


@pytest.mark.parametrize(("text", "expected"), MENTIONS.items())
def test_mentions_carry_law_and_version_and_never_a_guessed_one(
    text: str, expected: list[tuple[str, str, str]]
) -> None:
    found = citations(text)

    assert [(c.law, c.version, c.article) for c in found] == expected
    for mention in found:
        assert (
            mention.start is not None
            and mention.end is not None
            and mention.article is not None
        )
        assert text[mention.start : mention.end].endswith(mention.article)


@pytest.mark.parametrize(
    ("text", "law"),
    [
        (
            "最高人民法院关于审理侵犯商业秘密民事案件适用法律若干问题的规定第五条",
            "法释〔2020〕7号",
        ),
        (
            "依照《最高人民法院关于审理侵犯商业秘密民事案件适用法律若干问题的规定》第五条",
            "法释〔2020〕7号",
        ),
        ("商业秘密司法解释第五条", "法释〔2020〕7号"),
        (
            "关于禁止侵犯商业秘密行为的若干规定第五条",
            "关于禁止侵犯商业秘密行为的若干规定",
        ),
        ("上海市反不正当竞争条例第五条", "上海市反不正当竞争条例"),
        ("中华人民共和国反不正当竞争法第五条", "反不正当竞争法"),
    ],
)
def test_a_law_is_known_by_its_full_name_and_by_what_people_call_it(
    text: str, law: str
) -> None:
    (cited,) = citations(text)
    version = law if law.startswith("法释") else "版本未注明"

    assert (cited.law, cited.version, cited.article) == (law, version, "第五条")


def test_one_entry_of_statutes_is_read() -> None:
    made = parse_statute("反不正当竞争法（2019）第九条第一款第（三）项")

    assert made is not None
    assert (made.law, made.version, made.article) == (
        "反不正当竞争法",
        "2019",
        "第九条",
    )
    assert parse_statute("印度《1872年合同法》第27条") is None
    assert parse_statute("") is None


def test_an_article_without_a_law_is_bare_and_one_with_a_law_is_not() -> None:
    assert bare_articles("侵犯商业秘密 第九条 第10条") == ["第九条", "第十条"]
    assert bare_articles("反不正当竞争法第九条") == []
    assert bare_articles("2019第九条") == []


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1, "一"),
        (10, "十"),
        (19, "十九"),
        (20, "二十"),
        (101, "一百零一"),
        (219, "二百一十九"),
    ],
)
def test_numbers_are_written_as_laws_write_them(number: int, text: str) -> None:
    assert chinese_numeral(number) == text


def test_law_names_lose_brackets_state_and_year() -> None:
    assert (
        law_name("《中华人民共和国反不正当竞争法（2019年修正）》") == "反不正当竞争法"
    )
    assert law_name("反法") == "反不正当竞争法"
    assert law_name("测试条例（试行）") == "测试条例（试行）"


@given(
    st.one_of(
        st.text(max_size=80),
        st.text(
            alphabet="反不正当竞争法第九条、和（2019）《》款项一二十 同法释〔〕7号§ NoarticleUSC.s0-指导案例",
            max_size=80,
        ),
    )
)
def test_no_text_breaks_the_search_for_keys_and_every_span_is_of_the_text(
    text: str,
) -> None:
    for key in find(text):
        assert 0 <= key.start < key.end <= len(text)
        assert key.value and key.label and key.type
    for mention in citations(text):
        assert mention.start is not None and mention.end is not None
        assert text[mention.start : mention.end].endswith(str(mention.article))
    bare_articles(text)
    parse_statute(text)
    of_document(
        Metadata(title=text or "题", doc_numbers=(text,), statutes=(text,)), text
    )


@pytest.mark.parametrize(
    ("beginning", "piece"),
    [("", "§"), ("", "No."), ("令", " "), ("检例", " "), ("18 U.S.C.", "§")],
)
def test_a_hostile_text_costs_no_more_than_its_length(
    beginning: str, piece: str
) -> None:
    def work(length: int) -> None:
        hostile = beginning + piece * (length // len(piece))
        identifiers.find(hostile)
        citations(hostile)

    assert grows_with_length(work, 5_000)
