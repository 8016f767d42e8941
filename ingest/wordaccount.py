"""Where the characters of a Word file went, and what is said of those that are not in the text."""

from __future__ import annotations

from collections import Counter
from typing import Final

from msgspec import Struct, field

#: Reason -> what is said of the characters left out for it; what is repeated or only
#: numbers pages needs no word.
_LEFT: Final = {
    "hidden": "隐藏文字 {} 字未收入(Word 中不显示)",
    "header": "页眉、页脚 {} 字未收入",
    "comment": "批注 {} 字未收入",
    "ruby": "注音 {} 字未收入,只收被注音的字",
    "merged": "被合并的单元格里 {} 字未收入(Word 中不显示)",
    "code": "域代码里 {} 字未收入(Word 中不显示)",
    "unused": "没有被引用的脚注、尾注 {} 字未收入(Word 中不显示)",
    "alternative": "图形的备用版本里 {} 字与所收的不同,未收入",
}


class Account(Struct):
    """How many characters there are by a plain count, how many of them were read, or
    left out for a reason.

    `marks` counts changes kept on record, `signs` those of fonts nobody knows, `charts` charts, and
    `others` whole files inside the file.
    """

    total: int = 0
    read: int = 0
    left: Counter[str] = field(default_factory=Counter)
    marks: int = 0
    signs: int = 0
    charts: int = 0
    others: int = 0

    def unread(self) -> int:
        """Return how many characters were neither read nor left out for a reason: 0, or something
        was missed.
        """
        return self.total - self.read - self.left.total()

    def add_beside(self, beside: Account, reason: str) -> None:
        """Add what stands beside the text: what could be read of it is left out for a reason."""
        self.total += beside.total
        self.left += beside.left
        self.left[reason] += beside.read
        self.marks += beside.marks


def warnings_of(account: Account) -> list[str]:
    """Say what was left out and how many characters it has, and what was not understood."""
    said = [
        _LEFT[reason].format(account.left[reason])
        for reason in _LEFT
        if account.left[reason]
    ]
    if account.marks or account.left["deleted"]:
        deleted = (
            f",删去的 {account.left['deleted']} 字未收入"
            if account.left["deleted"]
            else ""
        )
        said.insert(0, f"含修订痕迹,已按全部接受读取{deleted}")
    if account.signs:
        said.append(f"{account.signs} 个符号不认识,未收入")
    if account.charts:
        said.append(f"{account.charts} 个图表里的文字未收入")
    if account.others:
        said.append(f"{account.others} 处嵌入或链接的其他文档未收入")
    if account.unread():
        said.append(f"另有 {account.unread()} 字没有读出,请对照原件")
    return said
