"""Metadata from front matter or a JSONL line: every rule checked, every error names its field."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from functools import cache
from typing import Any, Final, NamedTuple

from kb import vocabulary
from kb.errors import InvalidDocument
from kb.fields import FIELDS, RECORDS
from kb.mentions import ARTICLE
from kb.records import Amount, Metadata, Provision, Source
from kb.vocabulary import Visibility

_DATE: Final = re.compile(r"\d{4}(?:-(\d{2})(?:-(\d{2}))?)?\Z", re.ASCII)
_SLUG_BAD: Final = re.compile(r"[\s\x00-\x1f]")
_LINE_ENDS: Final = re.compile(r"[\t\n\v\f\r\x85\u2028\u2029]+")
#: A title is indexed and embedded with every passage of its document.
LONGEST_TITLE: Final = 500
_LARGEST_AMOUNT: Final = 1e15
#: What people write for a code of ISO 4217; another code would be left out of what is told in yuan.
_CURRENCIES: Final = {"RMB": "CNY", "人民币": "CNY"}
_VISIBILITY: Final = {v.name.lower(): v for v in Visibility}

_KNOWN: Final = {
    field.attribute: field
    for field in FIELDS
    if field.attribute in Metadata.__struct_fields__
}
_CLOSED: Final = {
    name: tuple(field.values) for name, field in _KNOWN.items() if field.values
}
#: One value where the field holds several: what the JSON contract calls them, and what
#: people write.
_SINGULAR: Final = {
    f.name: f.attribute for f in FIELDS if f.read_by_name and f.name != f.attribute
}
#: Stands before the name of a field whose shape is not ours.
_GIVEN: Final = "given_"
_STRUCTURED: Final = frozenset(
    field.attribute for field in FIELDS if field.type in RECORDS
)
# `regions` among them
_SEVERAL: Final = frozenset(field.attribute for field in FIELDS if field.several)
_PROVINCE_SUFFIX: Final = re.compile(
    r"(?:省|市|壮族自治区|回族自治区|维吾尔自治区|自治区)$"
)
#: What front matters of other programs have too; one that has nothing else we know is none of ours.
_OF_ANYONE: Final = frozenset(
    ("title", "slug", "aliases", "version", "collection", "related")
)
_ALIKE: Final = 0.75


_NO_AMOUNT: Final = "应为不小于零、不超过一千万亿的数"


class _Field(NamedTuple):
    name: str
    value: Any

    def error(self, rule: str) -> InvalidDocument:
        shown = self.value if isinstance(self.value, str) else repr(self.value)
        return InvalidDocument(f"字段 {self.name} {rule},现为「{shown[:60]}」")


def read_metadata(values: Mapping[str, Any], *, keep_unknown: bool) -> Metadata:
    """Check `values` and make a Metadata of them; raises InvalidDocument naming the field.

    Unknown keys are kept in `extra` when `keep_unknown`, otherwise they are errors: a
    misspelt field of a corpus file must not vanish. Data from elsewhere (`keep_unknown`)
    may also hold values the closed lists of readers' fields do not know, and shapes of
    sources and the like that are not ours; the former are taken as they are, the latter
    kept in `extra`.
    """
    values = _plural(values)
    if keep_unknown:
        values = _from_elsewhere(values)
    unknown = {name: value for name, value in values.items() if name not in _KNOWN}
    if unknown and not keep_unknown:
        raise InvalidDocument(
            f"未知字段 {_list_names(unknown)}。可用字段见 corpus/README.md"
        )
    known = _read_known(values, keep_unknown)
    if not known.get("title"):
        raise InvalidDocument("缺少字段 title(标题)")
    return Metadata(**known, extra=unknown)


def _read_known(values: Mapping[str, Any], from_elsewhere: bool) -> dict[str, Any]:
    """Return the values of our fields as records have them; nothing and [] are left out."""
    known: dict[str, Any] = {}
    for name, value in values.items():
        if name in _KNOWN and value is not None and value != []:
            read = _reader(name, from_elsewhere)
            known[name] = read(_Field(name, value))
    return known


def is_from_elsewhere(values: Mapping[str, Any]) -> bool:
    """Tell whether a front matter is that of another program: it has no field that only ours
    have.
    """
    return (_plural(values).keys() & _KNOWN.keys()) <= _OF_ANYONE


def warnings_of_unknown(values: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what to tell of fields of another program: they are kept, and nobody will see them."""
    unknown = [name for name in _plural(values) if name not in _KNOWN]
    if not unknown:
        return ()
    named = _list_names(unknown)
    return (f"文件头的字段 {named} 本库不认识,原样保留,但不显示也不能筛选",)


def _list_names(unknown: Iterable[Any]) -> str:
    """Return the names of fields, each with the one it may be a slip of."""
    known = (*_KNOWN, *_SINGULAR)
    named = []
    for name in dict.fromkeys(map(str, unknown)):
        alike = get_close_matches(name.lower(), known, 1, _ALIKE)
        named.append(f"{name}(是不是 {alike[0]}?)" if alike else name)
    return "、".join(named)


def kept_aside(metadata: Metadata) -> tuple[str, ...]:
    """Return what to tell of fields whose shape is not ours: they are kept, and nobody will see
    them.
    """
    named = []
    for name in metadata.extra:
        if name.startswith(_GIVEN):
            named.append(name.removeprefix(_GIVEN))
    if not named:
        return ()
    return (f"字段 {'、'.join(named)} 不是本库的写法,原样保留,但不显示也不能筛选",)


def _plural(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the values with singular names of list fields made plural, unless both are there."""
    if _SINGULAR.keys().isdisjoint(values):
        return values
    found = {}
    for name, value in values.items():
        plural = _SINGULAR.get(name, name)
        if plural != name and plural in values:
            plural = name
        found[plural] = value
    return found


def _from_elsewhere(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Rename values whose shape is not ours, so that they are kept and not refused."""
    if _SEVERAL.isdisjoint(values):
        return values
    ours: dict[str, Any] = {}
    for name, value in values.items():
        if name in _SEVERAL and _is_foreign(value, name in _STRUCTURED):
            ours[f"{_GIVEN}{name}"] = value
        else:
            ours[name] = value
    regions = ours.get("regions")
    if isinstance(regions, (str, list)):
        named = regions if isinstance(regions, list) else [regions]
        ours["regions"] = [_PROVINCE_SUFFIX.sub("", str(region)) for region in named]
    return ours


def _is_foreign(value: Any, is_structured: bool) -> bool:
    """Tell a value, or one of several, that is an object where ours is a text or the reverse."""
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, list) or isinstance(item, dict) != is_structured:
            return True
    return False


@cache
def _reader(name: str, from_elsewhere: bool) -> Callable[[_Field], Any]:
    known = _KNOWN[name]
    if name == "slug" and from_elsewhere:
        return _any_slug
    if known.type != "text":
        return _READERS[known.type]
    if known.values is None or (from_elsewhere and not known.codes):
        return _list if known.several else _text
    return _closed_list if known.several else _closed_value


def _one_line(value: Any) -> str:
    """Return a value as it stands in a row of a list: on one line, without blanks around it."""
    return _LINE_ENDS.sub(" ", str(value).strip())


def _text(field: _Field) -> str:
    if isinstance(field.value, (dict, list, bool)):
        raise field.error("应为一段文字")
    text = _one_line(field.value)
    if not text:
        raise field.error("不能为空")
    if field.name == "title" and len(text) > LONGEST_TITLE:
        raise field.error(f"应不超过 {LONGEST_TITLE} 字")
    if field.name == "slug" and not _is_slug(text):
        raise field.error("应为不含空格和斜杠、不超过 200 字的标识")
    return text


def _is_slug(text: str) -> bool:
    return len(text) <= 200 and "/" not in text and not _SLUG_BAD.search(text)


def _any_slug(field: _Field) -> str:
    text = str(field.value).strip()
    if not text or len(text) > 200 or any(char < " " for char in text):
        raise field.error("应为不超过 200 字的标识")
    return text


def _list(field: _Field) -> tuple[str, ...]:
    items = field.value if isinstance(field.value, list) else [field.value]
    found = []
    for item in items:
        if item is None or isinstance(item, (dict, list)) or not str(item).strip():
            raise field.error("应为文字的列表")
        found.append(_one_line(item))
    return tuple(found)


def _closed_list(field: _Field) -> tuple[str, ...]:
    items = _list(field)
    for item in items:
        if item not in _CLOSED[field.name]:
            raise _Field(field.name, item).error(
                f"不在可用值之列({'、'.join(_CLOSED[field.name])})"
            )
    return tuple(dict.fromkeys(items))


def _closed_value(field: _Field) -> str:
    if field.value not in _CLOSED[field.name]:
        raise field.error(f"不在可用值之列({'、'.join(_CLOSED[field.name])})")
    return str(field.value)


def _date(field: _Field) -> str:
    text = str(field.value)
    match = _DATE.match(text)
    if not match:
        raise field.error("应为 ISO 日期(2024、2024-05 或 2024-05-01)")
    try:
        date(int(text[:4]), int(match[1] or 1), int(match[2] or 1))
    except ValueError as error:
        raise field.error("不是存在的日期") from error
    return text


def _number(field: _Field) -> int:
    if isinstance(field.value, bool) or not re.fullmatch(r"\d{1,9}", str(field.value)):
        raise field.error("应为不超过九位的正整数")
    return int(field.value)


def _visibility(field: _Field) -> Visibility:
    if not isinstance(field.value, str) or field.value not in _VISIBILITY:
        raise field.error(f"应为 {'、'.join(_VISIBILITY)} 之一")
    return _VISIBILITY[field.value]


def _items(field: _Field, keys: Sequence[str]) -> list[dict[str, Any]]:
    """Return the objects of a list; raises InvalidDocument where one has other keys."""
    listed = "、".join(keys)
    if not isinstance(field.value, list):
        raise field.error(f"应为列表,每项含 {listed}")
    if not all(isinstance(item, dict) for item in field.value):
        raise field.error(f"应为列表,每项含 {listed}")
    for item in field.value:
        if set(item).difference(keys):
            raise _Field(field.name, item).error(f"每项只能含 {listed}")
    return list(field.value)


def _amounts(field: _Field) -> tuple[Amount, ...]:
    items = _items(field, ("type", "value", "currency", "text"))
    return tuple(map(_amount, items))


def _amount(item: dict[str, Any]) -> Amount:
    """Return an amount; raises InvalidDocument naming the part of it that breaks a rule."""
    kind = item.get("type")
    if kind not in vocabulary.AMOUNT_TYPES:
        kinds = "、".join(vocabulary.AMOUNT_TYPES)
        raise _Field("amounts.type", kind).error(f"应为 {kinds} 之一")
    value = item.get("value")
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise _Field("amounts.value", value).error(_NO_AMOUNT)
    if not 0 <= value <= _LARGEST_AMOUNT:
        raise _Field("amounts.value", value).error(_NO_AMOUNT)
    written = item.get("currency")
    currency = str(_CURRENCIES.get(str(written), written))
    if not re.fullmatch(r"[A-Z]{3}", currency):
        raise _Field("amounts.currency", written).error(
            "应为三个大写字母的币种代码,如 CNY"
        )
    text = _one_line(item.get("text") or "")
    return Amount(str(kind), float(value), currency, text)


def _sources(field: _Field) -> tuple[Source, ...]:
    return tuple(map(_source, _items(field, ("name", "grade", "url"))))


def _source(item: dict[str, Any]) -> Source:
    """Return a source; raises InvalidDocument naming the part of it that breaks a rule."""
    name = _one_line(item.get("name") or "")
    grade, url = item.get("grade"), item.get("url")
    if not isinstance(grade, str) or grade not in vocabulary.SOURCE_GRADES:
        raise _Field("sources.grade", grade).error("应为 A、B、C 之一")
    if not name:
        raise _Field("sources.name", item).error("不能为空")
    if url is None:
        return Source(name, grade, None)
    if not re.match(r"https?://", str(url)):
        raise _Field("sources.url", url).error("应以 http:// 或 https:// 开头")
    return Source(name, grade, str(url))


def _provisions(field: _Field) -> tuple[Provision, ...]:
    items = _items(field, ("article", "provision", "note", "version_rule"))
    return tuple(_provision(field.name, item) for item in items)


def _provision(name: str, item: dict[str, Any]) -> Provision:
    """Return a provision; raises InvalidDocument naming the part of it that breaks a rule."""
    article = item.get("article")
    if not re.match(ARTICLE, str(article)):
        raise _Field(f"{name}.article", article).error("应写作「第九条」")
    provision = _one_line(item.get("provision") or "")
    if not provision:
        raise _Field(f"{name}.provision", item).error("不能为空")
    note, track = item.get("note"), item.get("version_rule")
    if track is not None and track not in vocabulary.TRACKS:
        tracks = "、".join(vocabulary.TRACKS)
        raise _Field(f"{name}.version_rule", track).error(f"应为 {tracks} 之一")
    shown = None if note is None else str(note)
    return Provision(_one_line(article), provision, shown, track)


_READERS: Final[dict[str, Callable[[_Field], Any]]] = {
    "date": _date,
    "number": _number,
    "visibility": _visibility,
    "amount": _amounts,
    "source": _sources,
    "provision": _provisions,
}
