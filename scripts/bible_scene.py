"""The application `bible` of the rack that is up, as a reader has it: an answer with a passage
beside it, and a chapter with their colours, on a phone. Wants `scripture` and `study` in the rack
file, and the verses in the search, which takes minutes after the first start.
"""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, Page

QUESTION = "What do Psalm 139:7-10 and Romans 8:38-39 say?"


def answered(browser: Browser, link: str, study: str, picture: Path) -> None:
    """An answer at a desk. `link` signs in, `study` is where one asks."""
    page = browser.new_page(viewport={"width": 1280, "height": 700}, ignore_https_errors=True)
    _sign_in(page, link)
    page.goto(study)
    page.fill("#question", QUESTION)
    page.keyboard.press("Enter")
    page.get_by_text("What was done").wait_for()
    page.locator(".turn a.cite").first.click()
    page.locator(".opened").wait_for()
    page.locator(".turn .why summary").first.click()
    page.evaluate("scrollTo(0, document.querySelector('.turn').offsetTop - 70)")
    page.screenshot(path=picture, type="jpeg", quality=70)


def read(browser: Browser, link: str, study: str, picture: Path) -> None:
    """A chapter on a phone, in the dark, with verses that this reader coloured."""
    page = browser.new_page(
        viewport={"width": 390, "height": 844}, color_scheme="dark", ignore_https_errors=True
    )
    _sign_in(page, link)
    for verses, colour in (("38-39", "Green"), ("28", "Yellow")):
        page.goto(f"{study}/passages/ROM.8.{verses}")
        page.get_by_role("button", name=colour).click()
    page.goto(f"{study.removesuffix('/ask')}/read/ROM/8")
    page.locator("#v28.own").wait_for()
    page.evaluate("document.querySelector('#v26').scrollIntoView()")
    page.screenshot(path=picture, type="jpeg", quality=70)


def _sign_in(page: Page, link: str) -> None:
    page.goto(link)
    page.click("main button")
    page.wait_for_url(f"{link.partition('/sign-in')[0]}/")
