"""One table of what can be known of a document: every field once, with all that the
rooms have to know of it.

What reads fields, filters by them, counts, suggests, shows and exports them is made
from this table. A field to filter by is one entry here and its attribute on
`kb.records.Metadata`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from msgspec import Struct

from kb import vocabulary
from kb.records import Metadata

#: How a value is read and stored; amounts, sources and provisions are records with keys
#: of their own.
Type = Literal["text", "date", "number", "visibility", "amount", "source", "provision"]
RECORDS: Final = ("amount", "source", "provision")
#: In which order a filter lists its values: most frequent first, as the closed list has
#: them, or latest first.
Order = Literal["count", "listed", "latest"]


class Field(Struct, frozen=True, gc=False):
    """One thing that can be known of a document.

    `name` is what filters, addresses and exports call it ("relationship"), `attribute`
    where Metadata has it ("relationships"), `label` what people read, of two to five
    characters where they may type it before a colon. `values` are the
    closed values: words that stand for themselves, of which data from elsewhere may
    hold others, or codes with their labels, of which it may not; None for any.
    """

    name: str
    attribute: str
    label: str
    type: Type = "text"
    #: Whether a document may have several; they are text or records.
    several: bool = False
    values: tuple[str, ...] | Mapping[str, str] | None = None
    #: Whether front matter and lines may call it by `name` too; not where others mean
    #: something else by that.
    read_by_name: bool = True
    #: Place in the filter panel; None for what is not filtered by.
    facet: int | None = None
    order: Order = "count"
    #: Whether the panel shows its values before anything of it is chosen.
    is_open: bool = False
    #: What else people type before the colon.
    typed_as: tuple[str, ...] = ()
    #: Whether its values are words that a query may be completed with; only those of a facet are.
    suggested: bool = False
    #: Place among the facts beside a document; None for what is not shown there.
    fact: int | None = None
    #: Whether a table of documents has a column of it: in a database to be asked, and
    #: in a list for a spreadsheet.
    column: bool = False
    listed: bool = False
    #: What its row of facts and its column of a list are called, where they hold more
    #: than it alone.
    row: str | None = None

    @property
    def codes(self) -> Mapping[str, str]:
        """Return the codes among its closed values with their labels."""
        return self.values if isinstance(self.values, Mapping) else {}

    @property
    def heading(self) -> str:
        """Return what stands over its values in a row of facts or a column of a list."""
        return self.row or self.label

    def shown(self, value: str) -> str:
        """Return a value as people read it: a code as its label, a word as it stands."""
        return self.codes.get(value, value)

    def values_of(self, metadata: Metadata) -> tuple[str, ...]:
        """Return what a document has of it, as filters name it."""
        held = getattr(metadata, self.attribute)
        if self.several:
            return tuple(held)
        return () if held is None else (str(held),)


#: Every attribute of Metadata but `extra` once, and `year`, which follows from the
#: dates. Columns stand in this order.
FIELDS: Final[tuple[Field, ...]] = (
    Field("slug", "slug", "标识", column=True),
    Field("title", "title", "标题", column=True),
    Field(
        "kind",
        "kind",
        "轨道",
        values=vocabulary.KINDS,
        facet=1,
        order="listed",
        column=True,
        listed=True,
    ),
    Field("collection", "collection", "合集", facet=15, column=True),
    Field("visibility", "visibility", "可见范围", type="visibility", column=True),
    Field(
        "completeness",
        "completeness",
        "资料完整度",
        values=vocabulary.COMPLETENESS,
        facet=14,
        column=True,
    ),
    Field(
        "confidence",
        "confidence",
        "可信程度",
        values=vocabulary.CONFIDENCE,
        fact=16,
        column=True,
    ),
    Field(
        "tier",
        "tier",
        "参照级别",
        values=tuple(vocabulary.TIERS),
        facet=2,
        order="listed",
        is_open=True,
        column=True,
        listed=True,
    ),
    Field(
        "jurisdiction",
        "jurisdiction",
        "法域",
        values=vocabulary.JURISDICTIONS,
        facet=13,
        fact=8,
        column=True,
    ),
    Field(
        "case_number",
        "case_numbers",
        "案号",
        several=True,
        fact=2,
        column=True,
        listed=True,
    ),
    Field(
        "authority",
        "authorities",
        "机关/法院",
        several=True,
        facet=5,
        typed_as=("法院", "机关"),
        suggested=True,
        fact=1,
        column=True,
        listed=True,
    ),
    Field(
        "region",
        "regions",
        "地区",
        several=True,
        values=vocabulary.REGIONS,
        facet=4,
        is_open=True,
        typed_as=("地域",),
        fact=9,
        column=True,
        listed=True,
    ),
    Field("place", "place", "地点", column=True),
    Field(
        "decided_on",
        "decided_on",
        "裁判或决定日期",
        type="date",
        fact=7,
        row="日期",
        column=True,
        listed=True,
    ),
    Field("published_on", "published_on", "发布日期", type="date", column=True),
    Field("year", "year", "年份", facet=3, order="latest", is_open=True, column=True),
    Field("law", "law", "法律", column=True),
    Field("version", "version", "版本", column=True),
    Field("passed_on", "passed_on", "通过日期", type="date", column=True),
    Field("effective_from", "effective_from", "施行日期", type="date", column=True),
    Field("effective_to", "effective_to", "失效日期", type="date", column=True),
    Field("date_note", "date_note", "日期说明", column=True),
    Field("checked_on", "checked_on", "核对日期", type="date", column=True),
    Field(
        "earlier_case_number", "earlier_case_numbers", "前审案号", several=True, fact=3
    ),
    Field("doc_number", "doc_numbers", "文号", several=True, fact=4),
    Field("citation", "citations", "引证", several=True, read_by_name=False),
    Field("guiding_case", "guiding_case", "指导性案例", type="number"),
    Field("alias", "aliases", "别名", several=True, read_by_name=False, fact=5),
    Field("party", "parties", "当事人", several=True, read_by_name=False, fact=6),
    Field("name_en", "name_en", "英文名称"),
    Field(
        "industry",
        "industries",
        "行业",
        several=True,
        values=vocabulary.INDUSTRIES,
        facet=6,
        suggested=True,
        fact=10,
    ),
    Field(
        "secret_type",
        "secret_types",
        "秘密类型",
        several=True,
        values=vocabulary.SECRET_TYPES,
        facet=7,
        suggested=True,
        fact=11,
    ),
    Field(
        "conduct",
        "conducts",
        "行为",
        several=True,
        values=vocabulary.CONDUCTS,
        facet=8,
        suggested=True,
        fact=12,
    ),
    Field(
        "relationship",
        "relationships",
        "人员关系",
        several=True,
        values=vocabulary.RELATIONSHIPS,
        facet=9,
        suggested=True,
        fact=13,
    ),
    Field(
        "element",
        "elements",
        "争议要件",
        several=True,
        values=vocabulary.ELEMENTS,
        facet=10,
        typed_as=("要件",),
        suggested=True,
        fact=14,
    ),
    Field(
        "outcome",
        "outcomes",
        "结果",
        several=True,
        values=vocabulary.OUTCOMES,
        facet=11,
        suggested=True,
        fact=15,
        listed=True,
    ),
    Field("amount", "amounts", "金额", type="amount", several=True, read_by_name=False),
    Field("statute", "statutes", "法条", several=True, facet=12),
    Field("uncertain", "uncertain", "待核", several=True),
    Field("related", "related", "相关文书", several=True),
    Field("source", "sources", "来源", type="source", several=True, read_by_name=False),
    Field("verified_in", "verified_in", "核对依据"),
    Field(
        "provision",
        "provisions",
        "条文主题",
        type="provision",
        several=True,
        read_by_name=False,
    ),
    Field(
        "bare_article",
        "bare_articles",
        "同号别义的条文",
        type="provision",
        several=True,
        read_by_name=False,
    ),
)


def _by_place(place: Literal["facet", "fact"]) -> tuple[Field, ...]:
    """Return the fields that have such a place in its order; of one place, in the order of the
    table.
    """
    placed = [field for field in FIELDS if getattr(field, place) is not None]
    return tuple(sorted(placed, key=lambda field: int(getattr(field, place))))


BY_NAME: Final = {field.name: field for field in FIELDS}
BY_ATTRIBUTE: Final = {field.attribute: field for field in FIELDS}
#: What documents are filtered by and counted by, in the order of the filter panel.
FACETS: Final = _by_place("facet")
#: What stands beside a document, from the top.
FACTS: Final = _by_place("fact")
