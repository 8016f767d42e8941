from hypothesis import given
from hypothesis import strategies as st

from ingest.passages import split_passages
from ingest.sections import find_sections, sections_by_heading
from kb.paragraphs import paragraphs
from kb.records import Section

LEGAL = st.text(
    st.sampled_from(
        "保密客户名单法院认为判决如下第一二三条。；！？\n\n 　\t\r（）abc12:【】本查明"
    ),
    max_size=1500,
)


@given(st.one_of(LEGAL, st.text(max_size=600)))
def test_sections_and_passages_cover_every_character_of_any_text_once(
    text: str,
) -> None:
    sections = find_sections(text)
    passages = split_passages(text, sections)

    assert "".join(text[s.start : s.end] for s in sections) == text
    assert "".join(text[p.start : p.end] for p in passages) == text


@given(LEGAL, st.integers(20, 500))
def test_a_passage_never_crosses_a_section_and_is_never_empty(
    text: str, limit: int
) -> None:
    sections = find_sections(text)
    for passage in split_passages(text, sections, max_chars=limit):
        section = sections[passage.section]

        assert section.start <= passage.start < passage.end <= section.end


@given(LEGAL, st.integers(20, 500))
def test_passages_hold_no_more_text_than_the_limit_apart_from_their_heading(
    text: str, limit: int
) -> None:
    for passage in split_passages(
        text, (Section("body", "", 0, len(text)),) if text else (), max_chars=limit
    ):
        assert len(text[passage.start : passage.end].strip()) <= limit


@given(LEGAL)
def test_paragraph_numbers_count_up_without_gaps(text: str) -> None:
    numbers = [p.number for p in paragraphs(text, find_sections(text)) if p.number]

    assert numbers == list(range(1, len(numbers) + 1))


def test_a_long_paragraph_is_cut_at_the_end_of_a_sentence() -> None:
    sentence = "权利人采取了与其商业价值相适应的保密措施。"
    text = sentence * 30

    passages = split_passages(text, (Section("body", "", 0, len(text)),), max_chars=100)

    assert {text[p.start : p.end][-1] for p in passages} == {"。"}
    assert {p.paragraph for p in passages} == {1}


def test_a_heading_stays_with_the_paragraph_below_it() -> None:
    text = "案情\n" + "甲公司发现客户流失。" * 60
    sections = sections_by_heading(text, [(0, "案情")])

    first = split_passages(text, sections, max_chars=100)[0]

    assert text[first.start : first.end].startswith("案情\n甲公司")
    assert first.paragraph == 1


def test_short_paragraphs_share_a_passage_and_keep_the_number_of_the_first() -> None:
    text = "一段。\n二段。\n\n三段。"

    passages = split_passages(text, (Section("body", "", 0, len(text)),))

    assert [(p.start, p.end, p.paragraph) for p in passages] == [(0, len(text), 1)]


def test_a_passage_knows_the_page_its_first_character_stands_on() -> None:
    text = "甲" * 300 + "\n" + "乙" * 300
    passages = split_passages(
        text,
        (Section("body", "", 0, len(text)),),
        lambda offset: 1 if offset < 301 else 2,
        310,
    )

    assert [p.page for p in passages] == [1, 1]
    assert passages[1].start == 300
