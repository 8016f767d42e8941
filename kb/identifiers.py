"""Exact keys: what a document is called and cites, what a query names, written one way."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from msgspec import Struct

from kb import asked, casenumber
from kb.analysis import normalise
from kb.covering import Covering
from kb.law.articles import ArticleKey
from kb.ligatures import unfold
from kb.mentions import ARTICLE, REST, YEAR, citations, narrow, parse_statute
from kb.numerals import chinese_numeral
from kb.records import Citation, Metadata

#: 第219条, and 刑法219条 without 第.
_ARTICLE_DIGITS: Final = re.compile(
    r"(?:第\s*|(?<=法)|(?<=法典)|(?<=[》）)]))(\d{1,4})\s*条"
)
_PROVINCES: Final = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_DOC_NUMBER: Final = re.compile(
    # 豫0923环罚决字〔2024〕7号, （益）食药监行罚〔2018〕21号, 测公（城）行罚决字〔2020〕5号
    rf"(?:[{_PROVINCES}]\d{{2,6}}|"
    rf"(?:[一-鿿]{{1,5}}公)?[（(][一-鿿]{{1,3}}[）)])?[一-鿿]{{1,16}}\d{{0,4}}[〔\[【（(]\s{{0,3}}{YEAR}\s{{0,3}}[〕\]】）)]\s{{0,3}}第?\s{{0,3}}\d{{1,15}}\s{{0,3}}号"
    r"|(?:令|参考性案例)\s{0,3}第?\s{0,3}\d{1,4}\s{0,3}号"
    r"|(?<![\d-])\d{4}-\d{2}-\d-\d{3}-\d{3}(?![\d-])"  # 人民法院案例库入库编号
    r"|(?<![A-Za-z])DB\d{2,4}(?:/T)?\s{0,3}\d{2,5}(?:-\d{4})?(?!\d)"  # 地方标准
)
_GUIDING: Final = re.compile(
    r"(?:指导性?案例|检例)\s{0,3}第?\s{0,3}(\d{1,3})(?!\d)\s{0,3}号?|"
    r"(?<!\d)(\d{1,3})\s{0,3}号\s{0,3}(?:指导性?案例|检例)"
)
_FOREIGN: Final = re.compile(
    r"\d{1,3}\s{0,3}U\.?\s?S\.?\s?C\.?(?:\s{0,3}§{1,2}\s{0,3}\d[\w().-]*)?"  # United States Code
    # reporters
    r"|\d{1,4}\s+(?:U\.\s?S\.|S\.\s?Ct\.|F\.?(?:\s?(?:2d|3d|4th|Supp\.(?:\s?[23]d)?|"
    r"App'x))?)\s+\d{1,4}"
    r"|(?:Inv\.\s{0,3}No\.\s{0,3})?337-TA-\d{2,5}"
    r"|\bNo\.\s{0,3}[a-z:.-]{0,12}\d[\w:-]*(?:\.\w+)*"
    # Neutral citations and reports: [2021] EWCA Civ 38, [2020] 1 SLR 1130
    r"|\[(?:19|20)\d{2}\]\s{0,3}(?:\d{1,2}\s{1,3})?[A-Z]{2,8}(?:\s(?:Civ|Crim|Ch|"
    r"Pat))?\s{1,3}\d{1,5}"
    r"|\b[CT]-\d{1,4}/\d{2}\b|\bECLI(?::[\w.]+){4}"  # Court of Justice of the European Union
    # German courts
    r"|\b(?:[IVX]{1,5}\s{1,3}Z[RB]|\d{1,2}\s{1,3}(?:AZR|U|W))\s{1,3}\d{1,4}/\d{2}\b"
    r"|\bCS\s?\(COMM\)\s?\d{1,4}/\d{4}|\bDecision\s\d{1,4}/\d{4}/[A-Z-]+"  # India, Viet Nam
    r"|(?:19|20)\d{2}[가-힣]{1,2}\d{1,7}"  # Korea
    r"|§{1,2}\s{0,3}\d[\w().-]*"
    r"|\b(?:Article|Art\.?|Section|Sec\.?|s\.)\s{0,3}\d[\w().]*",
    re.IGNORECASE | re.ASCII,  # so that a letter beside 汉字 stands at a word's edge
)
#: 指令2016/943 and Directive (EU) 2016/943 are one.
_DIRECTIVE: Final = re.compile(
    r"(?:Directive|指令)\s{0,3}(?:[(（](?:EU|EC|EEC)[)）]\s{0,3})?((?:19|"
    r"20)?\d{2}/\d{1,4})(?!\d)(?:/(?:EU|EC|EEC)\b)?",
    re.IGNORECASE | re.ASCII,
)
_SLUG: Final = re.compile(
    r"(?<![\w-])[a-z0-9]+(?:-[a-z0-9]+)+(?![\w-])|"
    r"(?<![a-z0-9_-])[a-z][a-z0-9]*(?:-[a-z0-9]+){2,}(?![a-z0-9_-])"
)
#: What is said of a citation in brackets behind it: CS(COMM) 560/2024（2024-07临时命令）.
_REMARK: Final = re.compile(r"[（(][^（）()]*[）)]$")
_COMPANY: Final = re.compile(
    r"[一-鿿A-Za-z0-9（）()·]{2,40}?(?:有限责任公司|股份有限公司|有限公司|集团公司|"
    r"株式会社|公司|研究所|研究院)"
)
_DIGIT: Final = re.compile(r"\d")
_NOT_KEY: Final = re.compile(r"[^\w§]")
_MAX_NAME_CHARS: Final = 60
#: A court's name alone (N.D. Cal.) identifies nothing; a year, a date or a number does.
_TELLING_DIGITS: Final = 4
#: What is left of a company's name when its own name is not there.
_NO_NAME: Final = re.compile(
    r"(?:[该某本两原其此各新]|他们|涉案|被诉|科技|技术|有限|责任|股份|集团|网络|信息|"
    r"软件|贸易|实业|发展|投资|电子|化工|材料|智能|装备|生物|医药)*"
    r"(?:公司|株式会社|研究所|研究院)"
)
_ROLE_WORDS: Final = re.compile(
    r"^.*?(?:上诉人|被上诉人|原告|被告人?|当事人|权利人|第三人|申请人|被申请人|申诉人|"
    r"被害单位|涉案企业|用人单位|单位|系|为|是|与|和|及|诉|由|以)"
)


class Identifier(Struct, frozen=True, gc=False):
    """An exact key named in a query; `label` is how it is shown to the person."""

    type: str
    value: str
    start: int
    end: int
    label: str


def compact(text: str) -> str:
    """Fold width, case and traditional forms, and drop everything but letters, digits and §."""
    return _NOT_KEY.sub("", unfold(normalise(text)).text)


def number_key(text: str) -> str:
    """Return the exact key of a 文号: 「令第126号」 and 「令126号」 are one."""
    return compact(text).replace("第", "")


def directive_key(text: str) -> str:
    """Return the exact key of a directive of the European Union, in whatever language it is
    named.
    """
    return "directive" + "".join(re.findall(r"\d+", text))


def find(text: str) -> list[Identifier]:
    """Return the exact keys a query names, by start; a key inside a more telling one is left out.

    The whole query is always a key too, of type name, for whoever pastes a title or a party,
    and so is what is left of it without the words of asking (帮我找…, 请问…怎么判的).
    """
    found: list[Identifier] = []
    covering = Covering(len(text))
    for identifier in _all_keys(text):
        if identifier.type == "name" or covering.is_free(
            identifier.start, identifier.end
        ):
            covering.take(identifier.start, identifier.end)
            found.append(identifier)
    return sorted(found, key=lambda item: item.start)


_Kind = tuple[str, re.Pattern[str], Callable[[str], str]]
_SLUGS: Final[_Kind] = ("slug", _SLUG, str)
_KINDS: Final[tuple[_Kind, ...]] = (
    ("doc_number", _DOC_NUMBER, number_key),
    ("citation", _DIRECTIVE, directive_key),
    ("citation", _FOREIGN, compact),
    _SLUGS,
)


def _all_keys(text: str) -> Iterator[Identifier]:
    """Yield keys of every kind, the most telling kinds first."""
    half = narrow(text)
    numbered = bool(
        _DIGIT.search(half)
    )  # only articles, slugs and names may be without a digit
    if numbered:
        yield from _case_keys(text, half)
    for cited in _query_articles(half):
        yield _article_identifier(cited)
    if numbered and not _DOC_NUMBER.search(half):
        for start, end, written in asked.shortened(half):
            yield Identifier(
                type="doc_number",
                value=number_key(written),
                start=start,
                end=end,
                label=written,
            )
    for type_, pattern, key in _KINDS if numbered else (_SLUGS,):
        for match in pattern.finditer(normalise(text) if type_ == "slug" else half):
            label = text[match.start() : match.end()].strip()
            yield Identifier(
                type=type_,
                value=key(match[0]),
                start=match.start(),
                end=match.end(),
                label=label,
            )
    yield from _asked_names(text)


def _case_keys(text: str, half: str) -> Iterator[Identifier]:
    """Yield the numbers of cases in a query and in the query with its width folded."""
    for start, end, number in casenumber.find_typed(text):
        yield Identifier(
            type="case_number",
            value=str(number),
            start=start,
            end=end,
            label=str(number),
        )
    for match in _GUIDING.finditer(half):
        value = match[1] or match[2]
        label = f"指导性案例{value}号"
        yield Identifier(
            type="guiding_case",
            value=value,
            start=match.start(),
            end=match.end(),
            label=label,
        )


def _asked_names(text: str) -> Iterator[Identifier]:
    """Yield the whole query as a name, then without the words of asking before it, then without
    those behind too.
    """
    start, end = asked.core(text)
    names: dict[str, Identifier] = {}
    spans = [(0, len(text)), (start, len(text)), (start, end)]
    for first, last in dict.fromkeys(spans):
        name = compact(text[first:last])
        if 0 < len(name) <= _MAX_NAME_CHARS:
            found = Identifier(
                type="name",
                value=name,
                start=first,
                end=last,
                label=text[first:last].strip(),
            )
            names.setdefault(name, found)
    yield from names.values()


def _article_identifier(cited: Citation) -> Identifier:
    key = ArticleKey(cited.law or "", cited.version or "", cited.article or "")
    return Identifier(
        type="article",
        value=key.format(),
        start=cited.start or 0,
        end=cited.end or 0,
        label=key.full_name,
    )


_VERSION_FIRST: Final = re.compile(
    rf"(?<!\d)({YEAR})年?(?:版|修正|修订|法)?\s*({ARTICLE})"
)
_VERSION_LAST: Final = re.compile(
    rf"({ARTICLE}){REST}\s*[（(]\s*({YEAR})年?(?:版|修正|修订)?\s*[）)]"
)


def _query_articles(text: str) -> list[Citation]:
    """Return articles with law and version; 「2019第九条」 alone speaks of 反不正当竞争法 here."""
    if "条" not in text:
        return []
    spelled = _ARTICLE_DIGITS.sub(lambda m: f"第{chinese_numeral(int(m[1]))}条", text)
    found: list[Citation] = []
    if spelled == text:
        found = citations(text)
    else:  # offsets of rewritten text are not the query's: cover it all
        for cited in citations(spelled) or _bare_versions(spelled):
            found.append(
                Citation(0, len(text), cited.law, cited.version, cited.article)
            )
    return found or _bare_versions(text)


def _bare_versions(text: str) -> list[Citation]:
    law = "反不正当竞争法"
    found: list[Citation] = []
    for match in _VERSION_FIRST.finditer(text):
        version, article = match.groups()
        found.append(Citation(match.start(), match.end(), law, version, article))
    for match in _VERSION_LAST.finditer(text):
        article, version = match.groups()
        found.append(Citation(match.start(), match.end(), law, version, article))
    return found


def bare_articles(text: str) -> list[str]:
    """Return articles a query names without any law: 第九条 of which law, of which version?"""
    if "条" not in text:
        return []
    spelled = _ARTICLE_DIGITS.sub(
        lambda m: f"第{chinese_numeral(int(m[1]))}条", narrow(text)
    )
    if citations(spelled) or _bare_versions(spelled):
        return []
    return re.findall(ARTICLE, spelled)


def article_label(written: str) -> str:
    """Return an article's number as laws write it: 第一条 for 第1条."""
    return re.sub(r"\d+", lambda digits: chinese_numeral(int(digits[0])), written)


def document_numbers(text: str) -> list[str]:
    """Return every 文号 of a text, as written."""
    return [match[0] for match in _DOC_NUMBER.finditer(narrow(text))]


def of_document(metadata: Metadata, text: str) -> tuple[tuple[str, str], ...]:
    """Return every (type, value) a document can be asked for by."""
    pairs: list[tuple[str, str]] = []
    if metadata.slug:
        pairs.append(("slug", normalise(metadata.slug)))
    pairs += _numbered("case_number", metadata.case_numbers)
    # of a type of their own: who bears a number comes first
    pairs += _numbered("earlier_case_number", metadata.earlier_case_numbers)
    for written in metadata.doc_numbers:
        for match in _DOC_NUMBER.finditer(written):
            pairs.append(("doc_number", number_key(match[0])))
        pairs += [("doc_number", number_key(written)), ("name", compact(written))]
    if metadata.guiding_case is not None:
        pairs.append(("guiding_case", str(metadata.guiding_case)))
    for written in metadata.citations:
        pairs += _cited(written)
        pairs += [("citation", compact(written)), ("name", compact(written))]
        bare = _REMARK.sub("", written)
        if len(re.findall(r"\d", bare)) >= _TELLING_DIGITS:
            pairs.append(("name", compact(bare)))
    pairs += [("name", compact(name)) for name in _names(metadata, text)]
    pairs += _provisions(metadata)
    return tuple(dict.fromkeys((t, v) for t, v in pairs if v))


def _numbered(type_: str, all_written: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield every case number that stands in what was written, as a key of this type."""
    for written in all_written:
        for _, _, number in casenumber.find(written):
            yield type_, str(number)


def _cited(written: str) -> Iterator[tuple[str, str]]:
    for match in _DIRECTIVE.finditer(written):
        yield "citation", directive_key(match[0])
    for match in _FOREIGN.finditer(written):
        yield "citation", compact(match[0])


def _provisions(metadata: Metadata) -> Iterator[tuple[str, str]]:
    for statute in metadata.statutes:
        cited = parse_statute(statute)
        if cited and cited.law and cited.version and cited.article:
            cited_key = ArticleKey(cited.law, cited.version, cited.article)
            yield "article", cited_key.format()
        yield from _cited(statute)
    if metadata.law and metadata.version:
        for provision in metadata.provisions:
            own_key = ArticleKey(metadata.law, metadata.version, provision.article)
            yield "article", own_key.format()


def _names(metadata: Metadata, text: str) -> Iterable[str]:
    yield metadata.title
    yield metadata.slug or ""
    yield from metadata.aliases
    yield from metadata.parties
    if metadata.name_en:
        yield metadata.name_en
    if metadata.kind in ("statute", "guidance"):
        return
    for match in _COMPANY.finditer(text[:1500]):
        for name in (match[0], _ROLE_WORDS.sub("", match[0])):
            if not _NO_NAME.fullmatch(name):
                yield name
