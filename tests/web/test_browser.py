"""The pages in a real browser: search, read, walk, keys, phone, no script, print, contrast, nothing
leaves the host.
"""

from __future__ import annotations

import base64
import contextlib
import http.client
import io
import json
import unicodedata
from collections.abc import Callable
from urllib.parse import quote, urlsplit

import pytest
from pypdf import PdfReader
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from tests.web.conftest import Browser

PATHS = (
    *(
        "/",
        "/?q=客户名单",
        "/?q=客户名单&group=tier&x.year=2018",
        "/?q=没有的词汇组合&mode=keyword&f.kind=criminal",
    ),
    *(
        "/browse/civil",
        "/documents/test-customer-list?q=客户名单",
        "/documents/test-fine",
        "/laws",
    ),
    *(
        "/laws/反不正当竞争法?left=2019&right=2025",
        "/jurisdictions",
        "/jurisdictions/DE",
    ),
    *(
        "/jurisdictions/compare?c=DE&c=JP",
        "/elements",
        "/about",
        "/api/docs",
        "/?offset=abc",
    ),
)

#: Text whose contrast with what it stands on is below WCAG AA, as "words: ratio".
CONTRAST = """
const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
function rgba(css) {
  canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = "#000"; canvas.fillStyle = css; canvas.fillRect(0, 0, 1, 1);
  const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data; return [r, g, b, a / 255];
}
const over = (top, below) => top.slice(0, 3).map((c, i) => c * top[3] + below[i] * (1 - top[3]));
function ground(node) {
  const layers = [];
  for (let n = node; n; n = n.parentElement) {
    const c = rgba(getComputedStyle(n).backgroundColor); if (c[3] > 0) layers.push(c); if (c[3] === 1) break;
  }
  return layers.reverse().reduce((below, top) => over(top, below), [255, 255, 255]);
}
const light = (rgb) => rgb.map((c) => c / 255).map((c) => c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4)
  .reduce((sum, c, i) => sum + c * [.2126, .7152, .0722][i], 0);
const poor = [];
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const words = walker.currentNode.textContent.trim(), node = walker.currentNode.parentElement;
  const seen = node.checkVisibility({opacityProperty: true, visibilityProperty: true});
  if (!words || !seen || node.closest(".sr, script, style")) continue;
  const style = getComputedStyle(node), below = ground(node);
  const a = light(over(rgba(style.color), below)), b = light(below);
  const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
  const size = parseFloat(style.fontSize), large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
  if (ratio < (large ? 3 : 4.5)) poor.push(words.slice(0, 20) + ": " + ratio.toFixed(2));
}
return poor;
"""

#: Things an assistive technology would stumble over.
STUMBLES = """
const found = [];
const name = (n) => (n.getAttribute("aria-label") || n.textContent || n.title || "").trim();
const start = (n) => n.outerHTML.slice(0, 80);
for (const n of document.querySelectorAll("a[href], button, summary"))
  if (!name(n)) found.push("no name: " + start(n));
for (const n of document.querySelectorAll("input:not([type=hidden]), select, textarea"))
  if (!n.labels.length && !n.getAttribute("aria-label")) found.push("no label: " + start(n));
const ids = [...document.querySelectorAll("[id]")].map((n) => n.id);
for (const id of new Set(ids.filter((id, i) => ids.indexOf(id) !== i))) found.push("id twice: " + id);
if (document.querySelectorAll("h1").length !== 1) found.push("h1: " + document.querySelectorAll("h1").length);
let level = 1;
for (const h of document.querySelectorAll("main h1, main h2, main h3, main h4")) {
  const next = Number(h.tagName[1]);
  if (next > level + 1) found.push("heading leap: " + h.textContent.trim());
  level = next;
}
for (const t of document.querySelectorAll("th:not([scope])")) found.push("th without scope: " + t.textContent);
for (const a of document.querySelectorAll("a[href^='#']:not([href='#'])"))
  if (!document.getElementById(decodeURIComponent(a.hash.slice(1)))) found.push("dead anchor: " + a.hash);
if (!document.documentElement.lang) found.push("no lang");
if (!document.querySelector("main")) found.push("no main");
return found;
"""


def go(browser: Browser, site: str, path: str) -> None:
    browser.get(site + quote(path, safe="/?&=#%."))


def wait(browser: Browser, condition: Callable[[Browser], object]) -> None:
    WebDriverWait(browser, 20).until(condition)


def press(browser: Browser, key: str) -> None:
    ActionChains(browser).send_keys(key).perform()


def test_an_officer_searches_opens_a_case_walks_its_matches_and_comes_back(
    browser: Browser, site: str
) -> None:
    go(browser, site, "/")
    box = browser.find_element(By.NAME, "q")
    box.send_keys("离职员工带走客户名单", Keys.ENTER)
    wait(browser, lambda b: b.find_elements(By.CSS_SELECTOR, "[data-hit]"))
    results = browser.current_url
    assert "q=" in urlsplit(results).query
    browser.find_element(By.LINK_TEXT, "测试文本甲公司客户名单案").click()
    wait(browser, lambda b: b.find_elements(By.CSS_SELECTOR, "[data-document]"))
    total = len(browser.find_elements(By.CSS_SELECTOR, "[data-mark]"))
    assert total >= 3
    counter = browser.find_element(By.CSS_SELECTOR, "[data-position]")
    press(browser, "n")
    assert counter.text == "1"
    press(browser, "n")
    assert counter.text == "2"
    assert (
        browser.find_element(By.CSS_SELECTOR, "mark.is-now").get_attribute("id") == "m2"
    )
    press(browser, "p")
    press(browser, "p")
    assert counter.text == str(total)
    assert browser.find_element(By.CSS_SELECTOR, "[data-status]").text != ""
    press(browser, "u")
    wait(browser, lambda b: b.find_elements(By.CSS_SELECTOR, "[data-hit]"))

    assert (
        browser.find_element(By.NAME, "q").get_attribute("value")
        == "离职员工带走客户名单"
    )


def test_a_passage_opens_the_document_at_its_paragraph_and_counts_from_there(
    browser: Browser, site: str
) -> None:
    go(browser, site, "/documents/test-customer-list?q=客户名单#p5")
    wait(browser, lambda b: b.find_elements(By.CSS_SELECTOR, "mark.is-now"))

    assert browser.find_element(By.CSS_SELECTOR, "#p5 mark.is-now")
    assert browser.execute_script("return document.querySelector(':target').id") == "p5"


def test_keys_reach_the_box_move_among_hits_and_show_the_help(
    browser: Browser, site: str
) -> None:
    go(browser, site, "/?q=竞业限制")
    press(browser, "j")
    press(browser, "j")
    second = browser.find_elements(By.CSS_SELECTOR, "[data-hit-link]")[1]
    assert browser.switch_to.active_element == second
    press(browser, "k")
    assert (
        browser.switch_to.active_element
        == browser.find_elements(By.CSS_SELECTOR, "[data-hit-link]")[0]
    )
    press(browser, "/")
    assert browser.switch_to.active_element.get_attribute("name") == "q"
    press(browser, "j")  # inside the box a letter is a letter
    assert browser.switch_to.active_element.get_attribute("value") == "j"
    browser.execute_script("document.activeElement.blur()")
    press(browser, "?")
    assert browser.find_element(By.CSS_SELECTOR, "[data-help]").is_displayed()
    press(browser, Keys.ESCAPE)
    assert not browser.find_element(By.CSS_SELECTOR, "[data-help]").is_displayed()


def test_the_box_offers_completions_that_keys_choose_and_leave(
    browser: Browser, site: str
) -> None:
    go(browser, site, "/")
    box = browser.find_element(By.NAME, "q")
    box.send_keys("测试文本乙")
    wait(browser, lambda b: box.get_attribute("aria-expanded") == "true")
    shown = [
        o.text
        for o in browser.find_elements(
            By.CSS_SELECTOR, "#" + str(box.get_attribute("aria-controls")) + " li"
        )
    ]
    box.send_keys(Keys.ESCAPE)
    closed = box.get_attribute("aria-expanded"), box.get_attribute("value")
    box.send_keys("公")
    wait(browser, lambda b: box.get_attribute("aria-expanded") == "true")
    box.send_keys(Keys.ARROW_DOWN)
    chosen = browser.find_element(
        By.ID, str(box.get_attribute("aria-activedescendant"))
    )
    assert chosen.get_attribute("aria-selected") == "true"
    box.send_keys(Keys.ENTER)
    wait(browser, lambda b: b.find_elements(By.CSS_SELECTOR, "[data-document]"))

    assert "测试文本乙公司源代码行政处罚案" in shown[0] and closed == (
        "false",
        "测试文本乙",
    )
    assert (
        browser.find_element(By.TAG_NAME, "h1").text == "测试文本乙公司源代码行政处罚案"
    )


def test_nothing_is_offered_while_an_input_method_composes(
    browser: Browser, site: str
) -> None:
    go(browser, site, "/")
    box = browser.find_element(By.NAME, "q")
    browser.execute_script(
        "const f = window.fetch; window.asked = 0; window.fetch = (...a) => { asked++; return f(...a); }"
    )
    box.click()
    browser.execute_cdp_cmd(
        "Input.imeSetComposition",
        {"text": "ceshi", "selectionStart": 5, "selectionEnd": 5},
    )
    assert box.get_attribute("value") == "ceshi"
    browser.execute_async_script("setTimeout(arguments[0], 500)")
    while_composing = browser.execute_script("return window.asked")
    browser.execute_cdp_cmd("Input.insertText", {"text": "测试"})
    wait(browser, lambda b: box.get_attribute("aria-expanded") == "true")

    assert while_composing == 0


def test_single_keys_can_be_switched_off(browser: Browser, site: str) -> None:
    go(browser, site, "/?q=竞业限制")
    browser.execute_script("localStorage.setItem('keys', 'off')")
    press(browser, "j")
    focused = browser.execute_script(
        "return document.activeElement.matches('[data-hit-link]')"
    )
    browser.execute_script("localStorage.removeItem('keys')")

    assert focused is False


def test_a_quotation_is_copied_with_number_authority_date_paragraph_and_address(
    browser: Browser, site: str
) -> None:
    browser.execute_cdp_cmd(
        "Browser.grantPermissions",
        {
            "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"],
            "origin": site,
        },
    )
    go(browser, site, "/documents/test-customer-list?q=客户名单")
    button = browser.find_element(By.CSS_SELECTOR, "#p2 [data-copy]")
    browser.execute_script("arguments[0].click()", button)
    wait(browser, lambda b: button.text != "复制引用")
    copied = browser.execute_async_script(
        "navigator.clipboard.readText().then(arguments[0], (e) => arguments[0](String(e)))"
    )

    assert copied == (
        "测试文本甲公司客户名单案,（2021）测01民终9907号,测试知识产权法院,2021-04-22,第2段,"
        f"{site}/documents/test-customer-list#p2"
    )


def test_everything_needed_works_without_scripts(
    plain_browser: Browser, site: str
) -> None:
    browser = plain_browser
    go(browser, site, "/")
    browser.find_element(By.NAME, "q").send_keys("客户名单", Keys.ENTER)
    wait(browser, lambda b: b.find_elements(By.CSS_SELECTOR, "[data-hit]"))
    browser.find_element(By.PARTIAL_LINK_TEXT, "民事案例").click()
    wait(browser, lambda b: "f.kind=civil" in b.current_url)
    browser.find_element(By.LINK_TEXT, "测试文本甲公司客户名单案").click()
    wait(browser, lambda b: b.find_elements(By.CSS_SELECTOR, "[data-document]"))
    assert browser.find_elements(By.CSS_SELECTOR, "mark#m1")
    assert not browser.find_element(By.CSS_SELECTOR, "[data-copy]").is_displayed()
    browser.find_element(By.CSS_SELECTOR, "[data-next]").click()
    assert browser.current_url.endswith("#m1")
    browser.find_element(By.PARTIAL_LINK_TEXT, "返回结果").click()
    wait(browser, lambda b: b.find_elements(By.CSS_SELECTOR, "[data-hit]"))

    assert "f.kind=civil" in browser.current_url
    for path in (
        "/laws/反不正当竞争法",
        "/jurisdictions",
        "/elements",
        "/browse/civil",
    ):
        go(browser, site, path)
        assert browser.find_element(By.CSS_SELECTOR, "main h1").text


def test_on_a_phone_the_newest_version_of_a_provision_comes_first(
    phone: Browser, site: str
) -> None:
    go(phone, site, "/laws/反不正当竞争法")
    name, old, new = phone.find_elements(
        By.CSS_SELECTOR, ".concordance tbody tr:first-child > *"
    )[:3]

    assert "2019" in old.text and "2025" in new.text
    assert name.location["y"] < new.location["y"] < old.location["y"]


@pytest.mark.parametrize("path", PATHS)
def test_nothing_sticks_out_on_a_phone(phone: Browser, site: str, path: str) -> None:
    go(phone, site, path)

    assert phone.execute_script("return document.documentElement.scrollWidth") <= 390


def test_on_a_phone_filters_are_a_drawer_that_opens_chooses_and_closes(
    phone: Browser, site: str
) -> None:
    go(phone, site, "/browse?f.kind=civil")
    panel = phone.find_element(By.ID, "filters")
    assert not panel.is_displayed()
    opener = phone.find_element(By.CSS_SELECTOR, ".drawer-open")
    assert opener.text == "筛选（1）"
    opener.click()
    wait(phone, lambda b: panel.is_displayed())
    press(phone, Keys.ESCAPE)
    wait(phone, lambda b: not panel.is_displayed())
    opener.click()
    wait(phone, lambda b: panel.is_displayed())
    phone.find_element(By.CSS_SELECTOR, "[data-facet=year] .facet-in").click()
    wait(phone, lambda b: "f.year=" in b.current_url)

    assert phone.find_element(By.CSS_SELECTOR, ".drawer-open").text == "筛选（2）"


@pytest.mark.parametrize("path", PATHS)
def test_pages_are_clean_for_assistive_technology(
    browser: Browser, site: str, path: str
) -> None:
    go(browser, site, path)

    assert browser.execute_script(STUMBLES) == []


@pytest.mark.parametrize("scheme", ["light", "dark", "calm"])
@pytest.mark.parametrize("path", PATHS)
def test_text_has_enough_contrast(
    browser: Browser, site: str, path: str, scheme: str
) -> None:
    # what is chosen goes before what the system prefers
    wanted = "dark" if scheme == "calm" else scheme
    browser.execute_cdp_cmd(
        "Emulation.setEmulatedMedia",
        {"features": [{"name": "prefers-color-scheme", "value": wanted}]},
    )
    go(browser, site, path)
    if scheme == "calm":
        browser.execute_script("document.documentElement.dataset.tone = 'calm'")
    poor = browser.execute_script(CONTRAST)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})

    assert poor == []


def test_focus_is_visible_and_the_first_stop_skips_to_the_text(
    browser: Browser, site: str
) -> None:
    go(browser, site, "/about")
    press(browser, Keys.TAB)
    skip = browser.switch_to.active_element

    assert skip.get_attribute("href").endswith("#main")
    assert skip.value_of_css_property("outline-style") == "solid"
    assert skip.location["y"] >= 0


def test_a_printed_case_keeps_text_numbers_and_source_and_loses_the_rest(
    browser: Browser, site: str
) -> None:
    go(browser, site, "/documents/test-customer-list?q=客户名单")
    printed = base64.b64decode(
        browser.execute_cdp_cmd("Page.printToPDF", {"printBackground": False})["data"]
    )
    words = "".join(
        page.extract_text() for page in PdfReader(io.BytesIO(printed)).pages
    )
    words = unicodedata.normalize(
        "NFKC", words
    )  # fonts map some characters to radicals

    assert "判令停止侵害" in words and "引自" in words and "50万元" in words
    assert (
        "复制引用" not in words and "返回结果" not in words and "检索案例" not in words
    )


def test_no_request_leaves_the_host_and_no_page_complains(
    browser: Browser, site: str
) -> None:
    browser.get_log("performance")
    browser.get_log("browser")
    for path in PATHS:
        go(browser, site, path)
    asked = [
        message["params"]["request"]["url"]
        for entry in browser.get_log("performance")
        if (message := json.loads(entry["message"])["message"])["method"]
        == "Network.requestWillBeSent"
    ]
    complaints = [
        e["message"]
        for e in browser.get_log("browser")
        if "offset=abc" not in e["message"]
    ]

    assert len(asked) > len(PATHS)
    assert {urlsplit(url).netloc for url in asked if not url.startswith("data:")} == {
        urlsplit(site).netloc
    }
    assert complaints == []


def test_a_head_request_sends_no_body_over_the_wire(site: str) -> None:
    with contextlib.closing(
        http.client.HTTPConnection(urlsplit(site).netloc)
    ) as connection:
        connection.request("HEAD", "/about")
        answer = connection.getresponse()
        body = answer.read()

    assert (answer.status, body) == (200, b"")


def test_long_lists_of_values_can_be_narrowed_by_typing(
    browser: Browser, site: str
) -> None:
    go(browser, site, "/")
    shown = browser.execute_script(
        """const more = document.createElement("details"); more.innerHTML = "<summary>更多</summary>"
             + Array.from({length: 12}, (_, i) => `<li>值${i}</li>`).join("");
           const group = document.createElement("details"); group.innerHTML = "<summary>地区</summary>";
           group.append(more); document.querySelector("main").append(group);
           addValueFilter(more);
           const box = more.querySelector("input"); box.value = "11"; box.dispatchEvent(new Event("input"));
           return [...more.querySelectorAll("li")].filter((li) => !li.hidden).map((li) => li.textContent);"""
    )

    assert shown == ["值11"]
