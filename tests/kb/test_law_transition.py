import pytest
from msgspec.structs import replace

from kb.law.articles import ArticleKey
from kb.law.transition import VersionRule, version_rules
from kb.records import DocumentHead, Metadata, Provision
from kb.vocabulary import Visibility

PROCEDURE = Metadata(
    title="测试程序法",
    law="测试程序法",
    version="2011",
    provisions=(
        Provision("第六条", "丙事项"),
        Provision("第七条", "甲规则", None, "administrative"),
    ),
)
READING = Metadata(
    title="测释一号",
    law="测释一号",
    version="测释一号",
    jurisdiction="CN",
    provisions=(Provision("第八条", "乙规则", None, "civil"),),
)


def case(kind: str, jurisdiction: str | None = None) -> DocumentHead:
    return DocumentHead(
        id=1,
        slug="a",
        title="测试案",
        kind=kind,
        collection="",
        visibility=Visibility.PUBLIC,
        completeness="full",
        case_number=None,
        authority=None,
        region=None,
        decided_on=None,
        metadata=Metadata(title="测试案", jurisdiction=jurisdiction),
    )


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (
            "administrative",
            (VersionRule(ArticleKey("测试程序法", "2011", "第七条"), "甲规则"),),
        ),
        (
            "civil",
            (VersionRule(ArticleKey("测释一号", "测释一号", "第八条"), "乙规则"),),
        ),
        ("criminal", ()),
        ("foreign_case", ()),
        ("statute", ()),
        ("guidance", ()),
    ],
)
def test_a_case_has_the_rule_of_its_own_track(
    kind: str, expected: tuple[VersionRule, ...]
) -> None:
    assert version_rules([PROCEDURE, READING], case(kind)) == expected


def test_a_case_of_another_jurisdiction_has_no_rule_of_this_one() -> None:
    assert version_rules([PROCEDURE, READING], case("civil", "HK")) == ()
    assert (
        version_rules([replace(READING, jurisdiction="HK")], case("civil", "HK")) != ()
    )
