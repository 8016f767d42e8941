"""A small library of test texts, filled once; the application over it; a real browser against it."""

from __future__ import annotations

import json
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import uvicorn
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from starlette.testclient import TestClient

from ingest.pipeline import ingest_file
from kb.embedding import load_embedder
from kb.settings import Settings
from kb.store import Store
from kb.vocabulary import Visibility
from web import create_app

_OFFICIAL = "sources: [{name: 某机关公报, grade: A, url: 'https://gazette.example/1'}]"


def _case(slug: str, title: str, front: str, body: str) -> str:
    return f"---\nslug: {slug}\ntitle: {title}\n{front}\n---\n{body}\n"


DOCUMENTS = {
    "list.md": _case(
        "test-customer-list",
        "测试文本甲公司客户名单案",
        """kind: civil
decided_on: 2021-04-22
date_note: 2021-04-22二审判决
regions: [上海]
place: 上海浦东
authorities: [测试知识产权法院]
case_numbers: ["（2021）测01民终9907号"]
earlier_case_numbers: ["（2020）测0199民初77号"]
tier: 指导性案例
industries: [贸易与物流]
secret_types: [经营信息, 客户信息]
conducts: [违反保密义务披露或使用]
elements: [客户信息认定, 保密措施]
outcomes: [判赔, 判令停止侵害]
amounts: [{type: 判赔, value: 500000, currency: CNY, text: 50万元}]
statutes: ["反不正当竞争法（2019）第九条第一款第（三）项"]
uncertain: [履行情况未读到]
related: [test-fine]
verified_in: 不明转载站的摘录
sources:
  - {name: 某机关公报, grade: A, url: 'https://gazette.example/1'}
  - {name: 不明转载站, grade: C, url: 'https://repost.example/2'}""",
        """## 要旨
测试文本。离职员工带走客户名单,客户名单汇集了交易习惯,可以构成经营信息。

## 案情
销售人员离职后联系原客户。公司与其签过保密协议。

- 名单保存在加密系统中。
- 导出客户名单需要审批。

## 裁判理由
依反不正当竞争法（2019）第九条,客户名单不为公众所知悉。

## 裁判结果
判令停止侵害,赔偿50万元。""",
    ),
    "fine.md": _case(
        "test-fine",
        "测试文本乙公司源代码行政处罚案",
        """kind: administrative
decided_on: 2023-06-01
regions: [江苏]
authorities: [测试市场监督管理局]
doc_numbers: [测市监处罚〔2023〕9号]
tier: 其他案例
industries: ["软件、人工智能与互联网"]
secret_types: [技术信息, 源代码与软件]
elements: [保密措施]
confidence: high
outcomes: [罚款, 没收违法所得, 责令停止违法行为]
amounts:
  - {type: 罚款, value: 100000, currency: CNY, text: 10万元}
  - {type: 和解或调解, value: 20000, currency: CNY, text: 2万元}
statutes: ["反不正当竞争法（2025）第十条"]
sources: [{name: 不明转载站, grade: C, url: 'https://repost.example/3'}]""",
        """## 案情
测试文本。工程师用移动硬盘复制源代码,公司设有访问权限和保密协议。

## 处理结果
责令停止违法行为,罚款10万元。

## 常见问法
- 程序员把代码带走怎么罚""",
    ),
    "theft.md": _case(
        "test-theft",
        "测试文本丙公司配方刑事案",
        f"""kind: criminal
decided_on: 2020-11-30
regions: [浙江]
authorities: [测试区人民法院]
tier: 其他案例
completeness: brief
outcomes: [定罪判刑]
{_OFFICIAL}""",
        "## 案情\n测试文本。员工离职前下载配方,触犯反不正当竞争法（版本未注明）第九条。\n",
    ),
    "de.md": _case(
        "test-de-case",
        "测试文本德国客户名单案",
        f"""kind: foreign_case
jurisdiction: DE
name_en: Test v. Customer List
decided_on: 2022-02-02
industries: [装备制造与机械]
{_OFFICIAL}""",
        "## 案情\n测试文本。德国销售代理带走客户名单。The customer list was copied.\n",
    ),
    "guide-de.md": _case(
        "test-guide-de",
        "测试文本德国指引",
        f"kind: foreign_guide\njurisdiction: DE\nindustries: [装备制造与机械]\nchecked_on: 2025-01-01\n{_OFFICIAL}",
        "## 定义\n测试文本。德国要求适当的保密措施。\n\n## 时效\n测试文本。德国三年。\n",
    ),
    "guide-jp.md": _case(
        "test-guide-jp",
        "测试文本日本指引",
        f"kind: foreign_guide\njurisdiction: JP\n{_OFFICIAL}",
        "## 定义\n测试文本。日本要求秘密管理性。\n\n## 刑事责任\n测试文本。日本有刑罚。\n",
    ),
    "law-2019.md": _case(
        "test-law-2019",
        "测试文本反不正当竞争法（2019）",
        f"""kind: statute
law: 反不正当竞争法
version: "2019"
tier: 法律
effective_from: 2019-04-23
effective_to: 2025-10-14
provisions:
  - {{article: 第九条, provision: 侵犯商业秘密行为与定义}}
  - {{article: 第二十一条, provision: 行政处罚}}
{_OFFICIAL}""",
        "## 概述\n测试文本。\n\n## 第九条 侵犯商业秘密行为与定义\n测试文本。经营者不得以盗窃手段获取商业秘密。\n",
    ),
    "law-2025.md": _case(
        "test-law-2025",
        "测试文本反不正当竞争法（2025）",
        f"""kind: statute
law: 反不正当竞争法
version: "2025"
tier: 法律
effective_from: 2025-10-15
checked_on: 2025-11-01
provisions:
  - {{article: 第十条, provision: 侵犯商业秘密行为与定义, note: 由第九条移来}}
bare_articles:
  - {{article: 第九条, provision: 虚假宣传}}
{_OFFICIAL}""",
        "## 概述\n测试文本。反不正当竞争法（2025）第十条由旧条文移来。\n\n## 第十条 侵犯商业秘密行为与定义\n测试文本。经营者不得以电子侵入手段获取商业秘密。\n",
    ),
    "law-penalty.md": _case(
        "test-law-penalty",
        "测试文本行政处罚法",
        f"""kind: statute
law: 行政处罚法
version: "2021"
tier: 法律
provisions:
  - {{article: 第三十七条, provision: 从旧兼从轻, version_rule: administrative}}
{_OFFICIAL}""",
        "## 概述\n测试文本。\n\n## 第三十七条 从旧兼从轻\n测试文本。新规定较轻的,适用新规定。\n",
    ),
    "law-unstated.md": _case(
        "test-law-unstated",
        "测试文本民法典",
        f"""kind: statute
law: 民法典
version: 版本未注明
tier: 法律
effective_to: 2025-04-25
{_OFFICIAL}""",
        "## 概述\n测试文本。\n",
    ),
    "guide.md": _case(
        "test-handling",
        "测试文本办案指引",
        f"kind: guidance\nelements: [保密措施]\n{_OFFICIAL}",
        "## 步骤 现场检查\n测试文本。先固定电子数据,"
        "参见[[test-customer-list|甲公司案]]和[[test-secret-memo|内部备忘]]。\n",
    ),
    "memo.md": _case(
        "test-secret-memo",
        "内部备忘客户名单绝密机关",
        """kind: civil
visibility: internal
decided_on: 2024-01-01
regions: [西藏]
authorities: [内部专用机关]
tier: 指导性案例
industries: [航空航天]
related: [test-customer-list]
statutes: ["反不正当竞争法（2019）第九条"]""",
        "## 案情\n内部备忘。离职员工带走客户名单,内部暗语紫罗兰。\n",
    ),
    "sealed.md": _case(
        "test-sealed",
        "受限卷宗客户名单",
        "kind: foreign_case\nvisibility: restricted\njurisdiction: BR\n"
        "industries: [能源与矿业]\ndecided_on: 2025-05-05",
        "## 案情\n受限卷宗。客户名单,受限暗语曼陀罗。\n",
    ),
    "many.jsonl": "\n".join(
        json.dumps(
            {
                "id": f"test-many-{number}",
                "title": f"测试文本竞业限制第{number}案",
                "text": f"测试文本。第{number}名员工违反竞业限制约定。",
                "kind": "civil",
                "decided_on": f"2018-01-{number:02}",
            },
            ensure_ascii=False,
        )
        for number in range(1, 26)
    ),
    "script.jsonl": json.dumps(
        {
            "id": "test-script",
            "title": "测试文本<script>alert('title')</script>与&amp;",
            "text": "测试文本逃逸样本。<script>alert('text')</script><img src=x onerror=alert(1)>结尾。",
            "kind": "guidance",
        },
        ensure_ascii=False,
    ),
}


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("library")
    incoming = tmp_path_factory.mktemp("incoming")
    embedder = load_embedder("zh-legal-static")
    with Store(folder, Visibility.RESTRICTED) as store:
        for name, content in DOCUMENTS.items():
            (incoming / name).write_text(content, encoding="utf-8")
            for receipt in ingest_file(incoming / name, store, embedder):
                assert receipt.error is None, f"{name}: {receipt.error}"
    return folder


@pytest.fixture(scope="session")
def client(home: Path) -> Iterator[TestClient]:
    """What a public reader sees."""
    with TestClient(create_app(Settings(home=home))) as opened:
        yield opened


@pytest.fixture(scope="session")
def insider(home: Path) -> Iterator[TestClient]:
    """What a reader cleared for everything sees."""
    with TestClient(
        create_app(Settings(home=home, clearance=Visibility.RESTRICTED))
    ) as opened:
        yield opened


@pytest.fixture(scope="session")
def ids(home: Path) -> dict[str, int]:
    """Document ids by slug, whatever their visibility."""
    with Store(home, Visibility.RESTRICTED) as store:
        heads, _ = store.listing(limit=1000)
        return {head.slug: head.id for head in heads}


@pytest.fixture(scope="session")
def site(home: Path) -> Iterator[str]:
    """The application on a port of its own, served as in life."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    config = uvicorn.Config(
        create_app(Settings(home=home)),
        port=port,
        access_log=False,
        log_level="warning",
        lifespan="on",
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.05)
    assert server.started
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


Browser = webdriver.Chrome
OpenBrowser = Callable[..., Browser]


@pytest.fixture(scope="session")
def open_browser() -> Iterator[OpenBrowser]:
    """Return a function that opens a headless browser; script=False turns JavaScript off."""
    opened: list[Browser] = []
    by_script: dict[bool, Browser] = {}

    def open_one(*, script: bool = True) -> Browser:
        if script in by_script:
            return by_script[script]
        options = webdriver.ChromeOptions()
        options.binary_location = "/usr/bin/chromium"
        for flag in (
            *(
                "headless=new",
                "no-sandbox",
                "disable-gpu",
                "disable-quic",
                "no-first-run",
            ),
            # else a click lands where the page has been scrolled past meanwhile
            "force-prefers-reduced-motion",
            *(
                "disable-background-networking",
                "disable-component-update",
                "disable-sync",
            ),
            *(
                "disable-dev-shm-usage",
                f"user-data-dir={tempfile.mkdtemp(prefix='kb-browser-')}",
            ),
        ):
            options.add_argument(f"--{flag}")
        options.set_capability(
            "goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"}
        )
        if not script:
            options.add_experimental_option(
                "prefs", {"profile.managed_default_content_settings.javascript": 2}
            )
        browser = webdriver.Chrome(
            options=options, service=Service("/usr/bin/chromedriver")
        )
        opened.append(browser)
        by_script[script] = browser
        return browser

    yield open_one
    for browser in opened:
        browser.quit()


@pytest.fixture
def browser(open_browser: OpenBrowser) -> Browser:
    """A desktop browser with scripts."""
    return sized(open_browser(), 1440, 1000)


@pytest.fixture
def phone(open_browser: OpenBrowser) -> Iterator[Browser]:
    """The same browser as wide as a telephone."""
    yield sized(open_browser(), 390, 844)
    open_browser().execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


@pytest.fixture
def plain_browser(open_browser: OpenBrowser) -> Browser:
    """A desktop browser without scripts."""
    return sized(open_browser(script=False), 1440, 1000)


def sized(browser: Browser, width: int, height: int) -> Browser:
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {
            "width": width,
            "height": height,
            "deviceScaleFactor": 1,
            "mobile": width < 600,
        },
    )
    return browser
