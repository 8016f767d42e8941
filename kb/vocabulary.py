"""Closed lists: what a field may hold, its Chinese label and where the list comes from.

Values that editors write in front matter are the Chinese labels themselves, so that one
word stands in the file, the table, the page and the address. Kinds, roles and visibility
have codes because they are part of the JSON contract.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final

#: Kind of document -> label of its track (轨道). The order is the order of tabs and facets.
KINDS: Final[dict[str, str]] = {
    "administrative": "行政案例",
    "civil": "民事案例",
    "criminal": "刑事案例",
    "foreign_case": "海外案例",
    "foreign_guide": "海外指引",
    "statute": "法律规范",
    "guidance": "办案指引",
    "unclassified": "未归类",
}
#: What no reader has recognised and no person has classified yet.
UNCLASSIFIED: Final = "unclassified"

#: Tracks of cases under the law of the mainland.
TRACKS: Final = ("administrative", "civil", "criminal")
CASE_KINDS: Final = (*TRACKS, "foreign_case")

#: Collection a document of the starter corpus goes to when its front matter names none.
DEFAULT_COLLECTIONS: Final[dict[str, str]] = {
    "administrative": "行政案例集",
    "civil": "民事案例集",
    "criminal": "刑事案例集",
    "foreign_case": "海外案例集",
    "foreign_guide": "海外保护指引",
    "statute": "法律规范",
    "guidance": "办案指南",
    "unclassified": "未归类",
}


class Visibility(IntEnum):
    """Who may see a document; a reader's clearance sees its own rank and all below it."""

    PUBLIC = 0
    INTERNAL = 1
    RESTRICTED = 2

    @property
    def label(self) -> str:
        """Return what a person reads."""
        return ("公开", "内部", "受限")[self]


#: 参照级别. Guiding cases 应当参照, all others 可以参考: 法发〔2020〕24号 第四、九条.
#: The provincial and local steps for administrative cases are this product's own mapping.
TIERS: Final[dict[str, str]] = {
    "指导性案例": "应当参照",
    "全国典型及最高法院案例": "可以参考",
    "省级参考、典型及高院案例": "可以参考",
    "其他案例": "可以参考",
    "法律": "现行与历史版本",
    "司法解释": "现行与历史版本",
    "部门规章": "现行与历史版本",
    "地方性法规": "现行与历史版本",
    "规范性文件": "现行与历史版本",
}


#: The effect of a tier that courts have to follow; which text says so, of all the tiers of cases.
BINDING: Final = "应当参照"
TIERS_SOURCE: Final = "最高人民法院关于类案检索的指导意见（2020 年试行）"


def tier_effect(tier: str | None) -> str:
    """Return the effect of a tier, "" for one that is none of this list: data from elsewhere may
    bear any.
    """
    return TIERS.get(tier or "", "")


INDUSTRIES: Final = (
    "半导体与显示面板",
    "通信与电子",
    "软件、人工智能与互联网",
    "装备制造与机械",
    "汽车、动力电池与自动驾驶",
    "航空航天",
    "化工与新材料",
    "生物医药与医疗器械",
    "能源与矿业",
    "农业与种业",
    "消费品制造",
    "贸易与物流",
    "电子商务、零售、食品与餐饮",
    "金融、专业服务与其他服务业",
    "科研机构",
    "通用（雇佣/合同）",
)

#: 技术信息 and 经营信息: 法释〔2020〕7号 第一条; the finer values are for readers.
SECRET_TYPES: Final = (
    "技术信息",
    "经营信息",
    "客户信息",
    "源代码与软件",
    "数据与算法",
    "配方与工艺",
    "图纸与设计",
    "研发与实验资料",
    "价格、招投标与商业计划",
    "生物材料与种质",
)

#: Infringing acts: 反不正当竞争法（2025）第十条 (= 2019 第九条); 刑法第二百一十九条之一.
CONDUCTS: Final = (
    "以不正当手段获取",
    "电子侵入",
    "披露或使用不正当获取的信息",
    "违反保密义务披露或使用",
    "教唆、引诱、帮助",
    "第三人明知应知",
    "以申请专利等方式公开",
    "为境外窃取、提供",
)

RELATIONSHIPS: Final = (
    "离职员工",
    "在职员工",
    "竞争者或新雇主",
    "合作方",
    "外部人员",
)

#: Elements at issue; 要件.
ELEMENTS: Final = (
    "秘密点与权利基础",
    "秘密性",
    "商业价值",
    "保密措施",
    "客户信息认定",
    "接触与实质相同",
    "举证责任",
    "合法来源与抗辩",
    "竞业限制",
    "责任与数额",
    "刑民行衔接",
    "程序与管辖",
)

OUTCOMES: Final = (
    "责令停止违法行为",
    "罚款",
    "没收违法所得",
    "移送司法",
    "不予处罚或撤销处罚",
    "维持处罚或复议决定",
    "判令停止侵害",
    "判赔",
    "惩罚性赔偿",
    "驳回诉请或不构成侵权",
    "行为保全或证据保全",
    "调解或和解",
    "定罪判刑",
    "缓刑",
    "刑事罚金",
    "从业禁止",
    "不起诉、不批捕或无罪",
    "发回、撤销或改判",
    "排除令或禁令",
    "程序性裁决",
    "结果未读到",
)

#: Outcomes after which an earlier award is not known to stand.
UNDOING: Final = ("驳回诉请或不构成侵权", "发回、撤销或改判")
#: Types of amounts that are what a case came to; what was asked for, lost or gained is none.
RESULT_SUMS: Final = ("罚款", "没收违法所得", "判赔", "刑事罚金", "和解或调解")
#: Stands in for 判赔 where no final sum is known.
FIRST_AWARD: Final = "一审判赔"
AMOUNT_TYPES: Final = (
    "罚款",
    "没收违法所得",
    "判赔",
    "一审判赔",
    "诉请",
    "刑事罚金",
    "损失",
    "违法所得",
    "和解或调解",
    "其他",
)

COMPLETENESS: Final[dict[str, str]] = {"full": "完整", "brief": "资料不全"}
CONFIDENCE: Final[dict[str, str]] = {"high": "高", "medium": "中", "low": "低"}
SOURCE_GRADES: Final[dict[str, str]] = {
    "A": "官方来源",
    "B": "成熟媒体或专业机构",
    "C": "转载,原始出处待核",
}

#: Questions in people's own words that a document answers, put by its editors for it to
#: be found by.
QUESTIONS_ROLE: Final = "questions"

#: Heading in a corpus file -> role of the section. 制作规范 = 法〔2016〕221号 for judgments.
ROLE_HEADINGS: Final[dict[str, str]] = {
    "要旨": "gist",
    "当事人": "parties",
    "案情": "facts",
    "秘密信息": "secret",
    "保密措施": "measures",
    "侵权行为": "conduct",
    "证据": "evidence",
    "争议焦点": "issues",
    "裁判理由": "reasoning",
    "裁判结果": "disposition",
    "处理结果": "disposition",
    "法律依据": "legal_basis",
    "启示": "takeaway",
    "核对说明": "verification",
    "法律渊源": "legal_sources",
    "定义": "definition",
    "抗辩": "defences",
    "民事救济": "civil_remedies",
    "刑事责任": "criminal_liability",
    "时效": "limitation",
    "程序与保密": "procedure",
    "员工流动与竞业": "employee_mobility",
    "行政与海关措施": "administrative_measures",
    "实务步骤": "practical_steps",
    "分行业提示": "industry_notes",
    "相关判例": "precedents",
    "概述": "overview",
    "版本沿革": "versions",
    "条文摘要": "article",
    "步骤": "step",
    "要点": "key_point",
    "例外与易错点": "pitfall",
    "常见问法": QUESTIONS_ROLE,
}

#: Role -> label shown in the table of contents of a page and in a passage's caption.
ROLES: Final[dict[str, str]] = {
    "header": "首部",
    "claims": "诉辩",
    "footer": "尾部",
    "body": "正文",
    **{
        role: heading
        for heading, role in ROLE_HEADINGS.items()
        if heading != "处理结果"
    },
    "disposition": "裁判结果",
    "appendix": "附录",
}

#: 法域: ISO 3166-1 alpha-2 with the label used on pages; EU is exceptionally reserved there.
JURISDICTIONS: Final[dict[str, str]] = {
    "CN": "中国内地",
    "HK": "中国香港",
    "TW": "中国台湾",
    "US": "美国",
    "EU": "欧盟",
    "DE": "德国",
    "FR": "法国",
    "GB": "英国",
    "JP": "日本",
    "KR": "韩国",
    "SG": "新加坡",
    "MY": "马来西亚",
    "IN": "印度",
    "VN": "越南",
    "ID": "印度尼西亚",
    "TH": "泰国",
    "AU": "澳大利亚",
    "CA": "加拿大",
    "MX": "墨西哥",
    "BR": "巴西",
    "RU": "俄罗斯",
    "AE": "阿联酋",
    "SA": "沙特阿拉伯",
    "TR": "土耳其",
    "ZA": "南非",
    "PH": "菲律宾",
    "NZ": "新西兰",
    "IT": "意大利",
    "ES": "西班牙",
    "CH": "瑞士",
    "KZ": "哈萨克斯坦",
    "UZ": "乌兹别克斯坦",
    "KH": "柬埔寨",
    "EG": "埃及",
    "NG": "尼日利亚",
    "IL": "以色列",
    "LA": "老挝",
}

REGIONS: Final = (
    "全国",
    *(
        "北京",
        "天津",
        "河北",
        "山西",
        "内蒙古",
        "辽宁",
        "吉林",
        "黑龙江",
        "上海",
        "江苏",
        "浙江",
    ),
    *(
        "安徽",
        "福建",
        "江西",
        "山东",
        "河南",
        "湖北",
        "湖南",
        "广东",
        "广西",
        "海南",
        "重庆",
    ),
    *("四川", "贵州", "云南", "西藏", "陕西", "甘肃", "青海", "宁夏", "新疆"),
)

UNLABELLED: Final = "未标注"
#: Longer values are filtered by their beginning, which still fits into an address.
LONGEST_FACET_VALUE: Final = 300
VERSION_UNSTATED: Final = "版本未注明"
#: A version told by when it was in force and not by a name of its own.
VERSION_FORMER: Final = "修订前"
VERSION_OF_THE_ACT: Final = "行为时"
VERSIONS_UNNAMED: Final = frozenset(
    (VERSION_UNSTATED, VERSION_FORMER, VERSION_OF_THE_ACT)
)
#: Why a version that is not written beside an article is taken to be meant.
BY_DATE: Final = "date"
BY_TEXT: Final = "text"
PRESUMED: Final = {BY_DATE: "版本按裁判日期推定", BY_TEXT: "版本按文中他处所写推定"}
