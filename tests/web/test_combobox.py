"""The box as a combobox in a real browser: typing, keys, an input method, a finger, and no script
at all.
"""

from __future__ import annotations

import json
import time
from urllib.parse import unquote, urlsplit

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from tests.web.conftest import Browser
from tests.web.test_browser import CONTRAST, STUMBLES, go, press, wait

OPTION = "[role=listbox]:not([hidden]) [role=option]"


def box(browser: Browser) -> WebElement:
    return browser.find_element(By.NAME, "q")


def options(browser: Browser) -> list[str]:
    return [one.text for one in browser.find_elements(By.CSS_SELECTOR, OPTION)]


def opened(browser: Browser, text: str, path: str, site: str) -> list[str]:
    """Type into the box of a page and wait for the list."""
    go(browser, site, path)
    field = box(browser)
    field.clear()
    field.send_keys(text)
    wait(browser, lambda b: b.find_elements(By.CSS_SELECTOR, OPTION))
    return options(browser)


def asked(browser: Browser) -> list[str]:
    """Return the query texts of the suggestions asked for since the last call."""
    made = [
        json.loads(entry["message"])["message"]
        for entry in browser.get_log("performance")
    ]
    urls = [
        m["params"]["request"]["url"]
        for m in made
        if m["method"] == "Network.requestWillBeSent"
    ]
    return [
        unquote(urlsplit(url).query)
        for url in urls
        if urlsplit(url).path == "/api/suggest"
    ]


@pytest.mark.parametrize("path", ["/", "/?q=客户名单", "/about"])
def test_typing_opens_a_list_that_the_box_announces(
    browser: Browser, site: str, path: str
) -> None:
    found = opened(browser, "khmd", path, site)
    field = box(browser)

    assert found[0].startswith("客户名单")
    assert (
        field.get_attribute("role") == "combobox"
        and field.get_attribute("aria-expanded") == "true"
    )
    assert (
        browser.find_element(
            By.ID, field.get_attribute("aria-controls") or ""
        ).get_attribute("role")
        == "listbox"
    )
    assert "条输入建议" in (
        browser.find_element(By.CSS_SELECTOR, "[data-status]").get_attribute(
            "textContent"
        )
        or ""
    )


def test_arrows_go_round_and_the_box_says_where_they_are(
    browser: Browser, site: str
) -> None:
    found = opened(browser, "客户", "/", site)
    field = box(browser)
    assert field.get_attribute("aria-activedescendant") is None
    active = []
    for _ in range(len(found) + 1):
        press(browser, Keys.ARROW_DOWN)
        active.append(field.get_attribute("aria-activedescendant"))

    assert active[-1] is None and len(set(active)) == len(found) + 1
    press(browser, Keys.ARROW_UP)
    assert field.get_attribute("aria-activedescendant") == active[-2]
    selected = browser.find_elements(
        By.CSS_SELECTOR, "[role=option][aria-selected=true]"
    )
    assert [one.get_attribute("id") for one in selected] == [active[-2]]


def test_enter_on_a_word_fills_the_box_and_the_next_enter_searches(
    browser: Browser, site: str
) -> None:
    opened(browser, "khmd", "/", site)
    press(browser, Keys.ARROW_DOWN)
    press(browser, Keys.ENTER)

    assert box(browser).get_attribute("value") == "客户名单" and options(browser) == []
    assert urlsplit(browser.current_url).query == ""
    press(browser, Keys.ENTER)
    wait(browser, lambda b: b.find_elements(By.CSS_SELECTOR, "[data-hit]"))
    assert "q=" in browser.current_url


def test_enter_on_a_number_opens_its_document(
    browser: Browser, site: str, ids: dict[str, int]
) -> None:
    opened(browser, "2021测01", "/?q=客户名单", site)
    press(browser, Keys.ARROW_DOWN)
    press(browser, Keys.ENTER)
    wait(browser, lambda b: b.find_elements(By.CSS_SELECTOR, "[data-document]"))

    assert (
        urlsplit(browser.current_url).path == f"/documents/{ids['test-customer-list']}"
    )


def test_enter_with_nothing_chosen_searches_for_what_was_typed(
    browser: Browser, site: str
) -> None:
    opened(browser, "客户", "/", site)
    press(browser, Keys.ENTER)
    wait(browser, lambda b: "q=" in b.current_url)

    assert box(browser).get_attribute("value") == "客户"


def test_escape_closes_the_list_and_keeps_the_words(
    browser: Browser, site: str
) -> None:
    opened(browser, "客户", "/", site)
    press(browser, Keys.ESCAPE)

    assert options(browser) == [] and box(browser).get_attribute("value") == "客户"
    assert box(browser).get_attribute("aria-expanded") == "false"


def test_leaving_the_box_closes_the_list(browser: Browser, site: str) -> None:
    opened(browser, "客户", "/", site)
    press(browser, Keys.TAB)

    assert options(browser) == []


def test_letters_of_an_input_method_are_neither_asked_for_nor_sent(
    browser: Browser, site: str
) -> None:
    opened(browser, "客户", "/", site)
    asked(browser)
    browser.execute_cdp_cmd(
        "Input.imeSetComposition",
        {"text": "ming'dan", "selectionStart": 8, "selectionEnd": 8},
    )
    time.sleep(0.5)
    composing = asked(browser)
    shown_meanwhile = options(browser)
    enter = {
        "type": "rawKeyDown",
        "key": "Process",
        "code": "Enter",
        "windowsVirtualKeyCode": 229,
    }
    browser.execute_cdp_cmd("Input.dispatchKeyEvent", enter)
    still_here = urlsplit(browser.current_url).query == ""
    browser.execute_cdp_cmd("Input.insertText", {"text": "名单"})
    wait(browser, lambda b: b.find_elements(By.CSS_SELECTOR, OPTION))

    assert composing == [] and shown_meanwhile == [] and still_here
    assert asked(browser) == ["q=客户名单"]
    assert box(browser).get_attribute("value") == "客户名单"


def test_enter_while_an_input_method_composes_chooses_nothing(
    browser: Browser, site: str
) -> None:
    opened(browser, "khmd", "/", site)
    press(browser, Keys.ARROW_DOWN)
    taken = browser.execute_script(
        """const event = new KeyboardEvent("keydown", {key: "Enter", isComposing: true, bubbles: true, cancelable: true});
           document.activeElement.dispatchEvent(event); return event.defaultPrevented;"""
    )

    assert (
        taken is False
        and box(browser).get_attribute("value") == "khmd"
        and options(browser) != []
    )


def test_quick_typing_asks_once_for_the_last_words(browser: Browser, site: str) -> None:
    go(browser, site, "/")
    asked(browser)
    browser.execute_script(
        """const box = document.querySelector("[data-search]"); box.focus();
           for (const words of ["客", "客户", "客户名", "客户名单"]) {
             box.value = words; box.dispatchEvent(new InputEvent("input", {bubbles: true}));
           }"""
    )
    wait(browser, lambda b: b.find_elements(By.CSS_SELECTOR, OPTION))

    assert asked(browser) == ["q=客户名单"]


def test_a_passage_stays_where_it_is_until_it_is_sent(
    browser: Browser, site: str
) -> None:
    go(browser, site, "/")
    asked(browser)
    box(browser).send_keys("离职员工带走客户名单" * 7)
    time.sleep(0.5)

    assert asked(browser) == []


def test_a_click_or_a_finger_chooses(phone: Browser, site: str) -> None:
    opened(phone, "khmd", "/", site)
    phone.find_element(By.CSS_SELECTOR, OPTION).click()

    assert box(phone).get_attribute("value") == "客户名单" and options(phone) == []
    assert phone.switch_to.active_element == box(phone)


def test_the_keys_of_the_page_are_letters_in_the_box(
    browser: Browser, site: str
) -> None:
    go(browser, site, "/?q=竞业限制")
    press(browser, "/")
    press(browser, "jknp/")

    assert box(browser).get_attribute("value") == "jknp/"


@pytest.mark.parametrize("path", ["/", "/about"])
def test_an_open_list_sticks_out_nowhere_and_is_clean_for_assistive_technology(
    phone: Browser, site: str, path: str
) -> None:
    opened(phone, "客户", path, site)

    assert phone.execute_script("return document.documentElement.scrollWidth") <= 390
    assert phone.execute_script(STUMBLES) == [] and phone.execute_script(CONTRAST) == []


def test_without_scripts_the_box_is_a_plain_field(
    plain_browser: Browser, site: str
) -> None:
    browser = plain_browser
    go(browser, site, "/")
    field = box(browser)
    field.send_keys("客户名但", Keys.ENTER)
    wait(browser, lambda b: b.find_elements(By.CSS_SELECTOR, ".meant a"))
    assert box(browser).get_attribute("role") is None
    browser.find_element(By.CSS_SELECTOR, ".meant a").click()
    wait(browser, lambda b: box(b).get_attribute("value") == "客户名单")

    assert browser.find_elements(By.CSS_SELECTOR, "[data-hit]")
