import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.asked import core, shortened
from tests.growth import grows_with_length


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("帮我找测试甲诉测试乙", "测试甲诉测试乙"),
        ("请问 测试甲诉测试乙 怎么判的？", "测试甲诉测试乙"),
        ("我想查一下测试甲诉测试乙这个案子", "测试甲诉测试乙"),
        ("测试甲诉测试乙的判决书", "测试甲诉测试乙"),
        ("测试甲诉测试乙", "测试甲诉测试乙"),
        ("OLG Test，2019-06-05讲了什么", "OLG Test，2019-06-05"),
        ("查一下", "查一下"),
    ],
)
def test_words_of_asking_are_not_part_of_what_is_asked_for(
    asked: str, name: str
) -> None:
    start, end = core(asked)

    assert asked[start:end].strip() == name


@pytest.mark.parametrize(
    ("typed", "full"),
    [
        ("法发〔2019〕24", "法发〔2019〕24号"),
        ("法释2019年7号", "法释〔2019〕7号"),
        ("测试总局126号令", "令第126号"),
        ("令第126", "令第126号"),
        ("测集复26[2019]2", "测集复26[2019]2号"),
        ("测集复26 2019 2", "测集复26〔2019〕2号"),
    ],
)
def test_a_shortened_number_is_written_in_full(typed: str, full: str) -> None:
    assert full in [written for _, _, written in shortened(typed)]


@given(
    st.text(
        alphabet="请问帮我找法释令处字〔（2020）〕年第号的怎么判 \u3000元", max_size=60
    )
)
def test_spans_lie_inside_any_text(text: str) -> None:
    start, end = core(text)
    assert 0 <= start <= end <= len(text)
    assert all(0 <= first < last <= len(text) for first, last, _ in shortened(text))


@pytest.mark.parametrize("piece", ["处", "法释 ", "令1", "处20201", "帮我"])
def test_a_hostile_text_costs_no_more_than_its_length(piece: str) -> None:
    def work(length: int) -> None:
        hostile = piece * (length // len(piece))
        core(hostile)
        list(shortened(hostile))

    assert grows_with_length(work, 5_000)
