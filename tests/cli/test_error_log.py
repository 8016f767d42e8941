"""What nobody foresaw is named to the person and kept for the maintainer, without a word of any
text.
"""

import logging
import stat
from pathlib import Path

import pytest

from kb.__main__ import main
from kb.commands.errorlog import error_log


def _write(folder: Path) -> Path:
    folder.mkdir()
    (folder / "a.txt").write_text("测试文本甲。", "utf-8")
    (folder / "b.txt").write_text("测试文本乙,出错。", "utf-8")
    (folder / "c.txt").write_text("测试文本丙。", "utf-8")
    return folder


@pytest.mark.parametrize("command", ["add", "check"])
@pytest.mark.parametrize("kind", [MemoryError, RecursionError, ZeroDivisionError])
def test_an_error_nobody_foresaw_is_named_the_batch_goes_on_and_the_log_says_where(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: str,
    kind: type[Exception],
) -> None:
    from ingest import pipeline

    real = pipeline.sections_of

    def break_down(
        text: str, headings: object
    ) -> object:  # a bug no input is known to reach
        if "出错" in text:
            raise kind(text)
        return real(text, headings)

    monkeypatch.setattr(pipeline, "sections_of", break_down)
    status = main(
        [command, str(_write(tmp_path / "in")), "--home", str(tmp_path / "home")]
    )
    told = "".join(capsys.readouterr())
    log = tmp_path / "home" / "kb.log"

    assert status == 1
    assert (
        "b.txt" in told
        and ("内存不足" if kind is MemoryError else f"处理时出错({kind.__name__})")
        in told
    )
    assert (
        "新增 2 件,更新 0 件,未变 0 件,失败 1 件" in told
        if command == "add"
        else "检查 3 件,问题 1 个" in told
    )
    assert "Traceback" not in told and "pipeline.py" not in told
    assert f"error={kind.__name__} at=" in log.read_text(
        "utf-8"
    ) and "break_down" in log.read_text("utf-8")
    assert "出错" not in log.read_text("utf-8") and "b.txt" not in log.read_text(
        "utf-8"
    )
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_where_nothing_is_to_be_written_no_log_is_made(tmp_path: Path) -> None:
    with error_log(tmp_path / "home"):
        logging.getLogger("kb").info("added documents=%d", 3)

    assert not (tmp_path / "home").exists()
