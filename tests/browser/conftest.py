"""A real browser on the real server: Chromium by Playwright, watched for errors, with axe for accessibility."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from playwright.sync_api import Browser, ConsoleMessage, Page, Response, ViewportSize, sync_playwright
from playwright.sync_api import Error as PlaywrightError
from pytest_django.live_server_helper import LiveServer

from honeyguide.accounts.models import User
from tests.live.conftest import frozen_clock, private_files, pytest_runtest_teardown, world

__all__ = ["frozen_clock", "private_files", "pytest_runtest_teardown", "world"]

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright's loop runs in the thread of the test

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDE, PHONE = ViewportSize(width=1440, height=900), ViewportSize(width=390, height=844)
TIMEOUT_MS = 15_000
"""No test relies on speed: a page that does not come at all ends it."""
AXE = Axe().axe_script
SERIOUS = {"serious", "critical"}
COLOURS_TURNED = """() => {
  for (const each of document.getAnimations()) if (each instanceof CSSTransition) each.finish();
}"""
FRAMES_DRAWN = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
TABS_SEEN = """row => {
  const frame = row.getBoundingClientRect(), open = row.querySelector(".active")?.getBoundingClientRect();
  return {
    lines: new Set([...row.children].map((tab) => tab.offsetTop)).size,
    open: !open || (open.left >= frame.left - 1 && open.right <= frame.right + 1),
  };
}"""

BROKEN_WORDS = """() => {
  const found = [], range = document.createRange();
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode.textContent.trim();
    if (text.length < 8 || texts.currentNode.parentElement.closest("script, style, .visually-hidden")) continue;
    range.selectNodeContents(texts.currentNode);
    const lines = new Set([...range.getClientRects()].map((line) => Math.round(line.top))).size;
    if (lines > 3 && text.length / lines < 4) found.push(text.slice(0, 40));
  }
  return found;
}"""
"""Texts in a column so narrow that their words fall into letters."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of these need a browser, and the database as several threads see it."""
    for item in items:
        if Path(item.path).parent == Path(__file__).parent:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.django_db(transaction=True))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium, or Playwright's own where that was downloaded."""
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


class Visitor:
    """A page in a browser of its own, that remembers everything that went wrong in it."""

    def __init__(self, browser: Browser, server: str, **options: Any) -> None:
        """Open an empty page; `options` are those of Playwright's contexts."""
        self.server = server
        self.context = browser.new_context(base_url=server, **{"viewport": WIDE, "locale": "en-GB", **options})
        self.context.set_default_timeout(TIMEOUT_MS)
        self.page: Page = self.context.new_page()
        self.errors: list[str] = []
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.errors.append(f"{self.page.url}: {error}"))
        self.page.on("response", self._answered)

    def _answered(self, got: Response) -> None:
        if got.status >= 500:
            self.errors.append(f"{got.url}: {got.status}")

    def _heard(self, message: ConsoleMessage) -> None:
        expected = "Failed to load resource: the server responded with a status of 4"  # a refusal that a test asks for
        if message.type in {"error", "warning"} and not message.text.startswith(expected):
            self.errors.append(f"{self.page.url}: {message.text}")

    def sign_in(self, user: User) -> "Visitor":
        """Sign a user in without the login page."""
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        self.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": str(session.session_key), "url": self.server}]
        )
        return self

    def go(self, path: str) -> Page:
        """Open an address of the site."""
        self.page.goto(path)
        return self.page

    def opens(self, path: str) -> bool:
        """Open an address; whether a page of the site is there, not a file, a refusal or a redirect to elsewhere."""
        try:
            answer = self.page.goto(path)
        except PlaywrightError as stopped:
            if "Download is starting" in str(stopped):
                return False
            raise
        if answer is None or answer.status != 200:
            return False
        is_page = answer.headers.get("content-type", "").startswith("text/html")
        return is_page and urlsplit(self.page.url).path == urlsplit(path).path

    def turn_dark(self) -> None:
        """The device becomes dark, and the page with it."""
        self.page.emulate_media(color_scheme="dark")
        self.page.locator("html[data-bs-theme=dark]").wait_for(state="attached")
        self.page.evaluate(COLOURS_TURNED)

    def turn_narrow(self) -> None:
        """The window becomes as wide as a phone's, and what listens for that (charts) has drawn itself anew."""
        self.page.set_viewport_size(PHONE)
        self.page.evaluate(FRAMES_DRAWN)

    def check_accessibility(self, **more: Any) -> None:
        """Fail on anything that axe finds serious on the page as it is; `more`: options of axe."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE)
        asked = {"resultTypes": ["violations"], **more}
        found = self.page.evaluate("(asked) => axe.run(asked)", asked)["violations"]
        serious = [
            f"{rule['id']}: {rule['help']}: {[node['html'][:160] for node in rule['nodes'][:4]]}"
            for rule in found
            if rule["impact"] in SERIOUS
        ]
        assert not serious, f"{self.page.url}\n" + "\n".join(serious)

    def check_fits(self) -> None:
        """Fail if the page is wider than the window, or a text on it so narrow that its words fall into letters."""
        page = self.page
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{page.url} is {wide} pixels wider than its window"
        broken = page.evaluate(BROKEN_WORDS)
        assert not broken, f"{page.url}: {broken} stand letter below letter"

    def check_tabs(self) -> None:
        """Fail if a row of tabs takes more than one line, or the open one is not in sight."""
        for number, row in enumerate(self.page.locator(".nav-tabs").all()):
            seen: dict[str, Any] = row.evaluate(TABS_SEEN)
            assert seen["lines"] == 1, f"{self.page.url}: tabs {number} stand in {seen['lines']} lines"
            assert seen["open"], f"{self.page.url}: the open one of tabs {number} is not in sight"

    def close(self) -> None:
        """Close the browser and fail if anything went wrong in it."""
        self.context.close()
        assert not self.errors, "\n".join(self.errors)


@pytest.fixture
def visit(chromium: Browser, live_server: LiveServer) -> Iterator[Callable[..., Visitor]]:
    """Opens browsers; each one's errors are looked at when the test is over."""
    opened: list[Visitor] = []
    server = live_server.url.replace("127.0.0.1", "localhost")  # passkeys are for names, not for numbers

    def open_one(user: User | None = None, **options: Any) -> Visitor:
        visitor = Visitor(chromium, server, **options)
        opened.append(visitor)
        return visitor if user is None else visitor.sign_in(user)

    yield open_one
    for visitor in opened:
        visitor.close()
