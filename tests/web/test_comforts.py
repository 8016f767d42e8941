"""What makes reading easier, in a real browser: a look beside the list, the size of the text, its
ground.
"""

from __future__ import annotations

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.web.conftest import Browser
from tests.web.test_browser import CONTRAST, STUMBLES, go, press, wait


def test_a_hit_is_looked_at_beside_the_list_and_closed_again(
    browser: Browser, site: str
) -> None:
    go(browser, site, "/?q=客户名单")
    first, second = browser.find_elements(By.CSS_SELECTOR, "[data-peek]")[:2]
    pane = browser.find_element(By.ID, "preview")
    titles = [
        link.text
        for link in browser.find_elements(By.CSS_SELECTOR, "[data-hit-link]")[:2]
    ]
    assert not pane.is_displayed()
    first.click()
    wait(browser, lambda b: titles[0] in pane.text)
    assert "客户名单" in [
        mark.text for mark in pane.find_elements(By.CSS_SELECTOR, ".text mark")
    ]
    assert "要点" in pane.text and "复制引用" not in pane.text
    assert not pane.find_elements(By.CSS_SELECTOR, "[id], a[href^='#']")
    assert (
        browser.execute_script(STUMBLES) == []
        and browser.execute_script(CONTRAST) == []
    )
    second.click()
    wait(browser, lambda b: titles[1] in pane.text)
    assert [b.get_attribute("aria-expanded") for b in (first, second)] == [
        "false",
        "true",
    ]
    press(browser, Keys.ESCAPE)

    # where it was already
    assert not pane.is_displayed() and browser.switch_to.active_element == second
    assert second.get_attribute("aria-expanded") == "false"
    press(browser, "v")
    wait(browser, lambda b: titles[1] in pane.text)
    browser.find_element(By.CSS_SELECTOR, "[data-search]").send_keys("客", Keys.ESCAPE)
    assert (
        pane.is_displayed()
        and browser.switch_to.active_element.get_attribute("type") == "search"
    )
    browser.execute_script("arguments[0].focus()", pane)
    press(browser, "v")
    assert not pane.is_displayed() and browser.switch_to.active_element == second
    press(browser, "v")
    wait(browser, lambda b: titles[1] in pane.text)
    browser.find_element(By.CSS_SELECTOR, "#preview > button").click()
    assert not pane.is_displayed() and browser.switch_to.active_element == second


def test_a_preview_that_cannot_be_had_says_so(browser: Browser, site: str) -> None:
    go(browser, site, "/?q=客户名单")
    browser.execute_script(
        "document.querySelector('[data-hit-link]').href = '/documents/0'"
    )
    browser.find_element(By.CSS_SELECTOR, "[data-peek]").click()
    wait(browser, lambda b: "没有取到这件文书" in b.find_element(By.ID, "preview").text)
    browser.get_log("browser")  # the refused request is told there


def test_on_a_phone_there_is_no_preview(phone: Browser, site: str) -> None:
    go(phone, site, "/?q=客户名单")

    assert not any(
        button.is_displayed()
        for button in phone.find_elements(By.CSS_SELECTOR, "[data-peek]")
    )


def test_the_text_grows_and_the_browser_remembers(browser: Browser, site: str) -> None:
    def size() -> float:
        text = browser.find_element(By.CSS_SELECTOR, ".para > p")
        return float(text.value_of_css_property("font-size").removesuffix("px"))

    go(browser, site, "/documents/test-customer-list")
    usual = size()
    browser.find_element(By.CSS_SELECTOR, "[data-size-step='1']").click()
    grown = size()
    go(browser, site, "/documents/test-fine")
    remembered = size()
    for _ in range(2):
        browser.find_element(By.CSS_SELECTOR, "[data-size-step='-1']").click()
    shrunk = size()
    ended = not browser.find_element(
        By.CSS_SELECTOR, "[data-size-step='-1']"
    ).is_enabled()
    browser.execute_script("localStorage.removeItem('size')")

    assert shrunk < usual < grown == remembered and ended


def test_the_paper_turns_easy_on_the_eyes_on_every_page_until_it_is_turned_back(
    browser: Browser, site: str
) -> None:
    def paper() -> str:
        return str(
            browser.find_element(By.TAG_NAME, "body").value_of_css_property(
                "background-color"
            )
        )

    go(browser, site, "/documents/test-customer-list")
    usual = paper()
    toggle = browser.find_element(By.CSS_SELECTOR, "[data-tone-toggle]")
    states = [toggle.get_attribute("aria-pressed")]
    toggle.click()
    states.append(toggle.get_attribute("aria-pressed"))
    calm = paper()
    go(browser, site, "/?q=客户名单")
    elsewhere = paper()
    go(browser, site, "/documents/test-fine")
    toggle = browser.find_element(By.CSS_SELECTOR, "[data-tone-toggle]")
    states.append(toggle.get_attribute("aria-pressed"))
    toggle.click()
    states.append(toggle.get_attribute("aria-pressed"))
    browser.refresh()

    assert states == ["false", "true", "true", "false"]
    assert usual == paper() != calm == elsewhere


def test_on_paper_a_chosen_ground_is_white(browser: Browser, site: str) -> None:
    go(browser, site, "/documents/test-customer-list")
    browser.execute_script("document.documentElement.dataset.tone = 'calm'")
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    ground = browser.find_element(By.TAG_NAME, "body").value_of_css_property(
        "background-color"
    )
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})

    assert ground in ("rgba(255, 255, 255, 1)", "rgb(255, 255, 255)")
