"""Word files packed by a test itself, part by part."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

import pytest

from ingest.word import parse_docx
from kb.errors import UnreadableFile

USUAL = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "dgm": "http://schemas.openxmlformats.org/drawingml/2006/diagram",
    "c": "http://schemas.openxmlformats.org/drawingml/2006/chart",
}


STRICT = {
    "w": "http://purl.oclc.org/ooxml/wordprocessingml/main",
    "m": "http://purl.oclc.org/ooxml/officeDocument/math",
    "r": "http://purl.oclc.org/ooxml/officeDocument/relationships",
    "a": "http://purl.oclc.org/ooxml/drawingml/main",
    "dgm": "http://purl.oclc.org/ooxml/drawingml/diagram",
    "c": "http://purl.oclc.org/ooxml/drawingml/chart",
}


BOTH = {
    "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
    "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
    "v": "urn:schemas-microsoft-com:vml",
    "w14": "http://schemas.microsoft.com/office/word/2010/wordml",
}


PACKAGE = "http://schemas.openxmlformats.org/package/2006"


MAIN = (
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
)


def named(root: str, inner: str, names: Mapping[str, str] = USUAL) -> str:
    spaces = " ".join(
        f'xmlns:{prefix}="{address}"' for prefix, address in (names | BOTH).items()
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><w:{root} {spaces}>{inner}</w:{root}>'
    )


def relations(links: Mapping[str, str], base: str) -> str:
    inner = "".join(
        f'<Relationship Id="{kind}{number}" Type="{base}/{kind.rstrip("0123456789")}" Target="{target}"/>'
        for number, (kind, target) in enumerate(links.items())
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{inner}</Relationships>'


def packed(parts: Mapping[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def parts_of(
    body: str,
    names: Mapping[str, str] = USUAL,
    main: str = "word/document.xml",
    **others: str,
) -> dict[str, str]:
    """Return the parts of a file; others are named by their root: styles, numbering, footnotes,
    hdr, hdr2.
    """
    kinds = {"hdr": "header", "ftr": "footer"}
    links = {
        kinds.get(root.rstrip("0123456789"), root)
        + root.lstrip("abcdefghijklmnopqrstuvwxyz"): f"{root}.xml"
        for root in others
    }
    folder, _, file = main.rpartition("/")
    return {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/><Override PartName="/{main}" ContentType="{MAIN}"/></Types>',
        "_rels/.rels": relations({"officeDocument": main}, names["r"]),
        main: named("document", f"<w:body>{body}</w:body>", names),
        f"{folder}/_rels/{file}.rels": relations(links, names["r"]),
        **{
            f"{folder}/{root}.xml": named(root.rstrip("0123456789"), inner, names)
            for root, inner in others.items()
        },
    }


def docx(body: str, names: Mapping[str, str] = USUAL, **others: str) -> bytes:
    return packed(parts_of(body, names, **others))


def refusal(data: bytes) -> str:
    with pytest.raises(UnreadableFile) as refused:
        parse_docx(data)
    return str(refused.value)


def p(*inner: str, props: str = "") -> str:
    """Return a paragraph of runs; what begins with < stands in it as it is."""
    properties = f"<w:pPr>{props}</w:pPr>" if props else ""
    return f"<w:p>{properties}{''.join(one if one.startswith('<') else r(one) for one in inner)}</w:p>"


def r(text: str, props: str = "") -> str:
    return f'<w:r>{f"<w:rPr>{props}</w:rPr>" if props else ""}<w:t xml:space="preserve">{text}</w:t></w:r>'


def table(*rows: str) -> str:
    return f"<w:tbl><w:tblPr/><w:tblGrid/>{''.join(rows)}</w:tbl>"


def row(*cells: str, props: str = "") -> str:
    return f"<w:tr><w:trPr>{props}</w:trPr>{''.join(cell if cell.startswith('<w:tc>') else c(cell) for cell in cells)}</w:tr>"


def c(text: str, props: str = "") -> str:
    return f"<w:tc><w:tcPr>{props}</w:tcPr>{text if text.startswith('<') else p(text)}</w:tc>"


def numbered(text: str, level: int = 0, list_id: int = 1) -> str:
    return p(
        text,
        props=f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{list_id}"/></w:numPr>',
    )


def level(place: int, format: str, text: str, more: str = "", start: int = 1) -> str:
    return f'<w:lvl w:ilvl="{place}"><w:start w:val="{start}"/><w:numFmt w:val="{format}"/>{more}<w:lvlText w:val="{text}"/></w:lvl>'


def lists(*levels: str, more: str = "") -> str:
    return f'<w:abstractNum w:abstractNumId="7">{"".join(levels)}</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>{more}'


def box(inner: str) -> str:
    """Return a text box as Word writes it: for itself, and once more for older programs."""
    return (
        f'<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:wsp><wps:txbx><w:txbxContent>{inner}</w:txbxContent></wps:txbx></wps:wsp></w:drawing></mc:Choice>'
        f"<mc:Fallback><w:pict><v:shape><v:textbox><w:txbxContent>{inner}</w:txbxContent></v:textbox></v:shape></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )


def field(code: str, result: str) -> str:
    return (
        f'<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>{code}</w:instrText></w:r>'
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{result}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def deleted(text: str) -> str:
    return f"<w:del><w:r><w:delText>{text}</w:delText></w:r></w:del>"


def inserted(inner: str) -> str:
    return f"<w:ins>{inner}</w:ins>"


def control(inner: str, props: str = "") -> str:
    return (
        f"<w:sdt><w:sdtPr>{props}</w:sdtPr><w:sdtContent>{inner}</w:sdtContent></w:sdt>"
    )


def note(kind: str, name: int, *inner: str) -> str:
    return f'<w:{kind} w:id="{name}">{"".join(one if one.startswith("<w:p") else p(one) for one in inner)}</w:{kind}>'


def footnote_mark(name: int, more: str = "") -> str:
    return f'<w:r><w:footnoteReference w:id="{name}"{more}/></w:r>'


#: Ways to wrap runs, none of which takes them out of the text.
WRAPPED = [
    '<w:smartTag w:element="chsdate"><w:smartTagPr><w:attr w:name="Year"/></w:smartTagPr>{}</w:smartTag>',
    '<w:smartTag w:element="a"><w:smartTag w:element="b">{}</w:smartTag></w:smartTag>',
    '<w:customXml w:element="x">{}</w:customXml>',
    "<w:ins>{}</w:ins>",
    "<w:moveTo>{}</w:moveTo>",
    '<w:hyperlink w:anchor="x">{}</w:hyperlink>',
    '<w:fldSimple w:instr=" DATE ">{}</w:fldSimple>',
    "<w:sdt><w:sdtPr/><w:sdtContent>{}</w:sdtContent></w:sdt>",
    '<w:dir w:val="ltr">{}</w:dir>',
    '<w:bdo w:val="ltr">{}</w:bdo>',
    '<x:unheard xmlns:x="urn:x">{}</x:unheard>',
    field(" REF bm \\h ", "{}"),
]


#: Places of a paragraph in a file -> the text around it.
PLACES = {
    "the body": ("{}", "{}"),
    "a content control": (control("{}"), "{}"),
    "custom markup": ('<w:customXml w:element="x">{}</w:customXml>', "{}"),
    "a cell": (table(row(c("{}"), "乙")), "{}\t乙"),
    "a cell in a content control": (
        table(f"<w:tr>{control(c('{}'))}{c('乙')}</w:tr>"),
        "{}\t乙",
    ),
    "a row in a content control": (table(control(row(c("{}"), "乙"))), "{}\t乙"),
    "a heading row": (table(row(c("{}"), "乙", props="<w:tblHeader/>")), "{}\t乙"),
    "a table in a cell": (table(row(c(table(row(c("{}"))) + "<w:p/>"))), "{}"),
    "a text box": (p(box("{}")), "{}\n"),
    "a text box in a cell": (table(row(c(p(box("{}"))))), "{}"),
}


HIDDEN_STYLES = (
    '<w:style w:type="paragraph" w:styleId="P"><w:rPr><w:vanish/></w:rPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="Q"><w:basedOn w:val="P"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Shown"><w:basedOn w:val="P"/><w:rPr><w:vanish w:val="0"/></w:rPr></w:style>'
    '<w:style w:type="character" w:styleId="C"><w:rPr><w:vanish w:val="true"/></w:rPr></w:style>'
    '<w:style w:type="character" w:styleId="D"><w:basedOn w:val="C"/></w:style>'
)
