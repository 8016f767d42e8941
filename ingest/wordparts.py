"""The parts of a Word file: unpacked, parsed without entities or network, found by their
relations.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from typing import Any, Final

from kb.errors import UnreadableFile

W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
M: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
A: Final = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
R: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
MC: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
V: Final = "{urn:schemas-microsoft-com:vml}"
#: Ways to say yes.
TRUE: Final = ("1", "true", "on")
W14: Final = "{http://schemas.microsoft.com/office/word/2010/wordml}"
CHART: Final = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
DIAGRAM: Final = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
#: Elements whose own text is text of a document; what stands in `w:delText` was deleted.
TEXTS: Final = (W + "t", W + "delText", M + "t", A + "t")

#: Names of Strict Open XML -> the usual ones; the rest of both is alike.
_STRICT: Final = {
    "{http://purl.oclc.org/ooxml/wordprocessingml/main}": W,
    "{http://purl.oclc.org/ooxml/officeDocument/math}": M,
    "{http://purl.oclc.org/ooxml/officeDocument/relationships}": R,
    "{http://purl.oclc.org/ooxml/drawingml/main}": A,
    "{http://purl.oclc.org/ooxml/drawingml/chart}": CHART,
    "{http://purl.oclc.org/ooxml/drawingml/diagram}": DIAGRAM,
}
_STRICT_MARK: Final = b"purl.oclc.org/ooxml"
_TYPES: Final = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_RELATION: Final = (
    "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
)
_TITLE: Final = "{http://purl.org/dc/elements/1.1/}title"
_OFF: Final = frozenset({"0", "false", "off"})
#: libxml2's code for a file beyond its limits: 256 levels, ten million characters in one place.
_BEYOND_LIMITS: Final = 114
#: How a part in UTF-8 begins.
_UTF_8: Final = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:<\?xml(?![^>]*encoding)[^>]*>|"
    rb"<\?xml[^>]*encoding=.utf-8.[^>]*>|<[^?\0])",
    re.I,
)


class Package:
    """A Word file. Names of parts are without regard to case and have no slash in front."""

    def __init__(self, data: bytes) -> None:
        """Find the main part; raises KeyError or ValueError where there is none, or one of another
        kind.
        """
        self._archive = zipfile.ZipFile(io.BytesIO(data))
        self._names = {_plain(name): name for name in self._archive.namelist()}
        self._related: dict[str, dict[str, tuple[str, str]]] = {}
        self.main = next(self.related("", "officeDocument"))
        if not self._is_text(self.main):
            raise ValueError("no Word document")

    def tree(self, name: str) -> Any:
        """Return the root of a part; raises KeyError where it is missing, SyntaxError where it is
        no XML.
        """
        return _parse(self._archive.read(self._names[name]))

    def trees(self, kind: str) -> Iterator[Any]:
        """Yield the roots of the parts the main part names as being of a kind; missing ones are
        passed over.
        """
        for name in self.related(self.main, kind):
            yield self.tree(name)

    def related(self, part: str, kind: str) -> Iterator[str]:
        """Yield the names of parts that exist and are related to a part ("" for the file) in some
        way.
        """
        for found, name in self._relations(part).values():
            if found == kind:
                yield name

    def target(self, part: str, relation: str | None) -> str | None:
        """Return the name of the part a relation leads to; None where there is no such relation or
        part.
        """
        return self._relations(part).get(relation or "", ("", None))[1]

    def title(self) -> str | None:
        """Return the title in the properties of the file; none where they cannot be read."""
        for name in self.related("", "core-properties"):
            try:
                found = self.tree(name).find(_TITLE)
            except (SyntaxError, UnreadableFile):
                return None
            return None if found is None else text_of(found)
        return None

    def _relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Return relation -> (kind, name of the part) for those parts that exist: Word passes over
        the others.
        """
        if part not in self._related:
            self._related[part] = self._read_relations(part)
        return self._related[part]

    def _read_relations(self, part: str) -> dict[str, tuple[str, str]]:
        folder, name = posixpath.split(part)
        listed = posixpath.join(folder, "_rels", f"{name}.rels")
        if listed not in self._names:
            return {}
        found = {}
        for link in self.tree(listed).iter(_RELATION):
            found[link.get("Id", "")] = (_kind(link), _target(folder, link))
        return {id: link for id, link in found.items() if link[1] in self._names}

    def _is_text(self, name: str) -> bool:
        kind = self._content_type(name).lower()
        is_word = "wordprocessingml" in kind or "ms-word" in kind
        return is_word and kind.endswith("main+xml")

    def _content_type(self, name: str) -> str:
        """Return of which type a part is: its own word, else that of its extension."""
        types = self.tree("[content_types].xml")
        for node in types.iter(_TYPES + "Override"):
            if _plain(node.get("PartName", "")) == name:
                return str(node.get("ContentType", ""))
        extension = name.rpartition(".")[2]
        for node in types.iter(_TYPES + "Default"):
            if node.get("Extension", "").lower() == extension:
                return str(node.get("ContentType", ""))
        return ""


def text_of(node: Any) -> str:
    """Return the characters that stand in an element itself; entities are none."""
    parts = [node.text]
    for child in node:
        parts.append(child.tail)
    return "".join(filter(None, parts))


def weight(text: str) -> int:
    """Return how many characters a text has, blank ones not counted."""
    return len("".join(text.split()))


def characters(root: Any) -> int:
    """Return how many characters of text stand below an element, wherever that is: the plain
    count.
    """
    return sum(weight(text_of(node)) for node in root.iter(*TEXTS))


def value_of(parent: Any, path: str) -> str | None:
    """Return `w:val` of the first element of a path below `parent`, names with `w:` taken as given
    there.
    """
    if parent is None:
        return None
    found = parent.find("/".join(W + name for name in path.split("/")))
    value: str | None = None if found is None else found.get(W + "val", "")
    return value


def switch(parent: Any, path: str) -> bool | None:
    """Return what an on-off element of a path says; None where there is none."""
    value = value_of(parent, path)
    return None if value is None else value.lower() not in _OFF


def whole_number(
    text: str | None,
    otherwise: int,
    most: int = 1_000_000,
) -> int:
    """Return the number a text says, kept between 0 and `most`; `otherwise` where it says none."""
    try:
        return max(0, min(int(text or ""), most))
    except ValueError:
        return otherwise


def _plain(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


def _kind(link: Any) -> str:
    if link.get("TargetMode") == "External":
        return ""
    return str(link.get("Type", "")).rpartition("/")[2]


def _target(folder: str, link: Any) -> str:
    written = link.get("Target", "").replace("\\", "/")
    path = posixpath.join("/", folder, written)
    return _plain(posixpath.normpath(path))


def _parse(data: bytes) -> Any:
    """Return the root of a part; raises SyntaxError for no XML, UnreadableFile where too deep."""
    from lxml import etree

    def parse(*, is_huge: bool) -> Any:
        parser = etree.XMLParser(
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=is_huge,
            remove_comments=True,
            remove_pis=True,
        )
        return etree.fromstring(data, parser)

    try:
        root = parse(is_huge=False)
    except etree.XMLSyntaxError as error:
        if error.code != _BEYOND_LIMITS or not _declares_nothing(data):
            raise
        try:
            root = parse(is_huge=True)
        except etree.XMLSyntaxError as again:
            if again.code != _BEYOND_LIMITS:
                raise
            raise UnreadableFile(
                "Word 文档嵌套过深,无法读取。请用 WPS 或 Word 重新保存"
            ) from again
    if _STRICT_MARK in data.replace(b"\0", b""):
        _make_usual(root)
    return root


def _declares_nothing(data: bytes) -> bool:
    """Tell whether a part certainly declares no entities, so that it may be long or
    deep (2,048 levels).

    Pictures for older programs stand in attributes of ten megabytes. Entities could
    make more of those than any memory has; no part of a Word file may declare any.
    """
    return _UTF_8.match(data) is not None and b"<!DOCTYPE" not in data


def _make_usual(root: Any) -> None:
    """Give elements and attributes of Strict Open XML the usual names."""
    for node in root.iter("{*}*"):
        node.tag = _usual(node.tag)
        for name in list(node.attrib):
            if name.startswith("{http://purl"):
                node.set(_usual(name), node.attrib.pop(name))


def _usual(name: str) -> str:
    space, brace, local = name.rpartition("}")
    return _STRICT.get(space + brace, space + brace) + local
