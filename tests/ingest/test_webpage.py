"""Web pages: what a browser shows, a line a block and row; what it hides is told of."""

from pathlib import Path

import pytest

from ingest.pipeline import check_file, ingest_file
from ingest.webpage import parse_html
from kb.errors import UnreadableFile
from kb.store import Store
from tests.conftest import TinyEmbedder
from tests.growth import grows_with_length


def text(page: str) -> str:
    return parse_html(page.encode()).text


@pytest.mark.parametrize(
    ("page", "lines"),
    [
        (
            "<table><tr><th>罚款<th>没收<tr><td>10<td>5万元</table>",
            ["罚款\t没收", "10\t5万元"],
        ),
        (
            "<table><tr><td><p>10</p></td>\n<td><p>5万元</p></td></tr></table>",
            ["10\t5万元"],
        ),
        (
            "<table><tr><td><div><b>10</b></div></td><td><font>5</font>万元</td></tr></table>",
            ["10\t5万元"],
        ),
        (
            "<table><thead><tr><th>甲</thead><tbody><tr><td>1<tfoot><tr><td>和</table>",
            ["甲", "1", "和"],
        ),
        (
            "<table><caption>表一</caption><tr><td>甲<td>乙</table>后",
            ["表一", "甲\t乙", "后"],
        ),
        ("前<table><tr><td>甲<td><td>丙</table>", ["前", "甲\t\t丙"]),
        ("<table><tr><td>罚款<br>(万元)<td>没收</table>", ["罚款 (万元)\t没收"]),
        (
            "<table><tr><td>甲<table><tr><td>10<td>5万元</table>乙<td>丙</table>",
            ["甲", "10\t5万元", "乙", "丙"],
        ),
        (
            "<table><tr><td>&nbsp;<td><p>第一条 甲。<p>第二条 乙。</table>",
            ["第一条 甲。", "第二条 乙。"],
        ),
        (
            f"<table><tr><td>菜单<td><p>第一条 {'甲' * 200}<p>第二条 乙。</table>",
            ["菜单", f"第一条 {'甲' * 200}", "第二条 乙。"],
        ),
        ("<table><tr><td>甲<td><pre>一\n二</pre></table>", ["甲", "一", "二"]),
        (
            "<div style='display:table'><div style='display: TABLE-ROW'><span style='display:table-cell'>10</span>"
            "<span style='display:table-cell'>5万元</span></div></div>",
            ["10\t5万元"],
        ),
        (
            "<div style='display:flex'><span>10</span><span>5万元</span></div>",
            ["10", "5万元"],
        ),
        (
            "<span style='display:inline-block'>10</span><span style='display:inline-block'>5万元</span>",
            ["10 5万元"],
        ),
        ("<span style='display:block'>10</span><span>5万元</span>", ["10", "5万元"]),
    ],
)
def test_cells_of_a_table_stand_apart_on_the_line_of_their_row(
    page: str, lines: list[str]
) -> None:
    assert text(page).split("\n") == lines


@pytest.mark.parametrize(
    "page",
    [
        *(
            f"甲<{tag}>乙</{tag}>丙"
            for tag in "p div h1 h6 address blockquote section center form fieldset dl".split()
        ),
        "甲<hr>乙<br>丙",
        "<figure>甲<figcaption>乙</figcaption></figure>丙",
        "<fieldset><legend>甲</legend>乙</fieldset>丙",
        "<details><summary>甲</summary>乙</details>丙",
        "<dl><dt>甲<dd>乙</dl>丙",
        "甲<ul><li>乙</ul>丙",
    ],
)
def test_a_block_ends_the_line_before_it_and_its_own(page: str) -> None:
    assert text(page) == "甲\n乙\n丙"


@pytest.mark.parametrize(
    "tag",
    "span a b i u em strong font small code sub sup label mark del ins x-own".split(),
)
def test_words_inside_a_line_stay_in_it(tag: str) -> None:
    assert text(f"<p>行<{tag}>政</{tag}>处罚</p>") == "行政处罚"


@pytest.mark.parametrize(
    ("page", "line"),
    [
        ("甲  公司\t\n of\n the   <b> law</b>", "甲 公司 of the law"),
        ("侵犯商业\n    秘密,\r\n的行为", "侵犯商业秘密, 的行为"),
        ("<a>甲</a>\n<a>乙</a>", "甲 乙"),
        ("甲&nbsp;&nbsp;乙　丙", "甲 乙　丙"),
        ("商业&shy;秘<wbr>密&ZeroWidthSpace;案", "商业秘密案"),
        ("<ruby>汉<rp>(</rp><rt>hàn</rt><rp>)</rp></ruby>字", "汉字"),
        ("称<q>机密</q>", "称“机密”"),
    ],
)
def test_blanks_are_one_and_a_line_of_the_source_that_ends_between_wide_characters_is_none(
    page: str, line: str
) -> None:
    assert text(page) == line


@pytest.mark.parametrize(
    ("page", "lines"),
    [
        ("<ol><li>甲<li>乙</ol>", ["1. 甲", "2. 乙"]),
        ("<ol start=3><li>甲<li value=7>乙<li>丙</ol>", ["3. 甲", "7. 乙", "8. 丙"]),
        ("<ol reversed><li>甲<li>乙</ol>", ["2. 甲", "1. 乙"]),
        ("<ol type=a start=26><li>甲<li>乙</ol>", ["z. 甲", "aa. 乙"]),
        ("<ol type=A><li>甲</ol><ol type=i start=4><li>乙</ol>", ["A. 甲", "iv. 乙"]),
        ("<ol type=I start=0><li>甲<li type=1>乙</ol>", ["0. 甲", "1. 乙"]),
        ("<ol style='list-style: none'><li>甲</ol>", ["甲"]),
        (
            "<ol style='list-style-type:cjk-ideographic' start=10><li>甲<li value=105>乙</ol>",
            ["十、甲", "一百零五、乙"],
        ),
        ("<ol style='list-style-type:decimal-leading-zero'><li>甲</ol>", ["01. 甲"]),
        (
            "<ul><li>甲<ol><li><p>乙</p>丙<li></ol><li>丁</ul>",
            ["甲", "1. 乙", "丙", "丁"],
        ),
        ("<ul style='list-style-type:decimal'><li>甲</ul>", ["1. 甲"]),
        ("<ol><li><table><tr><td>甲<td>乙</table></ol>", ["1. 甲\t乙"]),
        ("<ol><li hidden>甲<li style='display:block'>乙<li>丙</ol>", ["乙", "1. 丙"]),
    ],
)
def test_the_numbers_of_a_list_are_written_out_as_they_are_shown(
    page: str, lines: list[str]
) -> None:
    assert text(page).split("\n") == lines


@pytest.mark.parametrize(
    ("page", "shown"),
    [
        ("前<pre>\n一  甲\n　　二\n\n三</pre>后", "前\n一  甲\n　　二\n\n三\n后"),
        ("<p style='white-space:pre-wrap'>一\n  二</p>", "一\n  二"),
        ("<pre style='white-space:normal'>一\n two</pre>", "一 two"),
        ("<pre> \n </pre>甲", "甲"),
    ],
)
def test_text_set_line_by_line_keeps_its_lines(page: str, shown: str) -> None:
    assert text(page) == shown


@pytest.mark.parametrize(
    ("page", "shown"),
    [
        ("当事人<input value=甲公司><input type=text value=乙>", "当事人 甲公司 乙"),
        ("<input type=checkbox checked>是<input type=checkbox>否", "☑ 是 ☐ 否"),
        ("<input type=radio checked>男<input type=radio>女", "● 男 ○ 女"),
        (
            "甲<input type=hidden value=1><input type=password value=2><input type=submit value=3>",
            "甲",
        ),
        ("结果:<select><option>一<option selected>二</select>。", "结果: 二 。"),
        ("<select><option>一<option>二</select>", "一"),
        (
            "<select multiple><option selected>一<option>二<option selected>三</select>",
            "一、三",
        ),
        ("意见<textarea>\n甲\n乙</textarea>", "意见\n甲\n乙"),
    ],
)
def test_a_form_shows_the_values_a_reader_sees(page: str, shown: str) -> None:
    assert text(page) == shown


@pytest.mark.parametrize(
    "hidden",
    [
        "<p hidden>{}</p>",
        "<span style='display:none'>{}</span>",
        "<span style='color:red; DISPLAY : None !important;mso-hide:all'>{}</span>",
        "<p style='visibility:hidden'><b>{}</b></p>",
        "<dialog><p>{}</p></dialog>",
        "<table><tr style='display:none'><td>{}</table>",
    ],
)
def test_what_is_hidden_is_left_out_and_told_of(hidden: str) -> None:
    found = parse_html(
        f"<p>甲</p>{hidden.format('看 不见的字' * 300)}<p>乙</p>".encode()
    )

    assert (found.text, found.warnings) == (
        "甲\n乙",
        ["网页里有 1,500 字设为不显示,没有收入"],
    )


def test_of_a_few_hidden_characters_nothing_is_said() -> None:
    assert parse_html(f"甲<p hidden>{'隐' * 20}</p>".encode()).warnings == []
    assert parse_html(f"甲<p hidden>{'隐' * 21}</p>".encode()).warnings == [
        "网页里有 21 字设为不显示,没有收入"
    ]


@pytest.mark.parametrize(
    "page",
    [
        "<p aria-hidden=true>甲</p>",
        "<details>甲</details>",
        "<dialog open>甲</dialog>",
        "<p hidden style='display:block'>甲</p>",
        "<p hidden=until-found>甲</p>",
        "<p style='visibility:hidden'><b style='visibility:visible'>甲</b></p>",
        "<p style='background:url(display:none)'>甲</p>",
    ],
)
def test_what_a_reader_can_see_is_kept(page: str) -> None:
    assert text(page) == "甲"


@pytest.mark.parametrize(
    "tag", "script style template noscript svg iframe video datalist title".split()
)
def test_what_is_no_text_of_the_page_is_left_out(tag: str) -> None:
    assert (
        parse_html(
            f"<body><p>甲</p><{tag}>{'不是正文' * 20}</{tag}><p>乙</p>".encode()
        ).text
        == "甲\n乙"
    )


def test_a_menu_is_left_out_and_a_text_in_its_place_is_not() -> None:
    paper = "经营者不得侵犯商业秘密。" * 20

    assert (
        text("<nav><ul><li><a>首页</a></ul></nav><header>页眉</header>甲") == "页眉\n甲"
    )
    assert (
        text(f"<nav><a>首页</a><p>{paper}</p><nav>内</nav></nav>甲")
        == f"首页\n{paper}\n内\n甲"
    )
    assert text("<nav><a>首页</a></nav>") == "首页"


@pytest.mark.parametrize(
    ("page", "message"),
    [
        ("<p> </p>", "网页没有正文文字"),
        (
            "<p hidden>甲乙</p>",
            "网页没有正文文字,只有 2 字设为不显示。请用浏览器打开核对",
        ),
        (
            "<frameset><frame src=a></frameset>",
            "网页没有正文文字,只有框架(frame)。请在浏览器里单独打开正文所在的框架,保存后再添加",
        ),
    ],
)
def test_a_page_without_text_is_refused_and_says_why(page: str, message: str) -> None:
    with pytest.raises(UnreadableFile) as refused:
        text(page)

    assert str(refused.value) == message


ODD = "不像正常的网页。请用浏览器打开,把正文复制到文本文件后再添加"


@pytest.mark.parametrize(
    ("page", "message"),
    [
        *(
            (f"<{tag}>" * 200_000, "网页的标签层层嵌套超过 20,000 层,")
            for tag in ("div", "span", "ul><li", "table><td")
        ),
        ("<div/>" * 200_000, "网页的标签层层嵌套超过 20,000 层,"),
        (
            "<!-- --><script>'</div>'</script>" + "<div title='>'>" * 200_000,
            "网页的标签层层嵌套超过 20,000 层,",
        ),
        (
            f"<p {' '.join(f'a{n}' for n in range(100_000))}>",
            "网页的一个标签有超过 10,000 个属性,",
        ),
        (
            "<select>" + "<option>甲</option>" * 100_000,
            "网页的下拉列表有超过 20,000 项,",
        ),
    ],
)
def test_a_page_made_to_keep_a_parser_busy_is_refused_at_once(
    page: str, message: str
) -> None:
    with pytest.raises(UnreadableFile) as refused:
        text(page + "甲")

    assert str(refused.value) == message + ODD


@pytest.mark.parametrize(
    "piece", ["<div>", "<ul><li>", "<div/>", "<option>甲</option>", "<div title='>'>"]
)
def test_a_page_made_to_keep_a_parser_busy_costs_no_more_than_its_length(
    piece: str,
) -> None:
    def work(count: int) -> None:
        with pytest.raises(UnreadableFile):
            text("<select>" + piece * count + "甲")

    assert grows_with_length(work, 50_000)


def test_a_long_page_is_not_a_deep_one() -> None:
    rows = "<tr><td>甲<td>乙" * 25_000
    page = f"<svg>{'<path/>' * 25_000}</svg><!-- {'<div>' * 25_000} --><p title='{'<div>' * 25_000}'><table>{rows}</table>"

    assert text(page) == "\n".join(["甲\t乙"] * 25_000)
    assert text("<p>甲" * 25_000) == "\n".join(["甲"] * 25_000)
    assert text("<div>" * 15_000 + "甲") == "甲"
    assert text(f"<p style='{'a: b;' * 25_000}'>甲") == "甲"


def test_checking_a_page_tells_what_adding_it_would(tmp_path: Path) -> None:
    page = tmp_path / "a.html"
    page.write_text(f"<p>看得见的。<p hidden>{'看不见的。' * 10}", "utf-8")
    with Store(tmp_path / "home") as store:
        (added,) = ingest_file(page, store, TinyEmbedder())
    (checked,) = check_file(page)

    assert len(checked.warnings) == 1 and checked.warnings == added.warnings
