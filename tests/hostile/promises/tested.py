"""Promises whose tests make the stores and the requests themselves, here at their full size."""

from __future__ import annotations

from typing import Final

from tests.hostile.attack import Attack
from tests.hostile.promises.suites import suite

ATTACKS: Final = (
    Attack(
        key="twin",
        name="有无隐藏文书的两个库",
        what="两个库,一个多出内部与受限的文书(案号、当事人、法条、电话都有重合);公开与内部读者的每条路由、每个命令,答案逐字节相同(编号与用时除外);次数为测试个数",
        tries=1,
        few=0,
        run=suite("twin", ["tests/twin"]),
    ),
    Attack(
        key="random-metadata",
        name="随机的元数据",
        what="随机而合乎规则的元数据(hypothesis,十倍于平时)存入后,每个页面、接口、表格与命令都能显示,导出可再收入;次数为测试个数",
        tries=1,
        few=0,
        run=suite(
            "random-metadata", ["tests/accepted"], ["--hypothesis-profile=hostile"]
        ),
    ),
)
