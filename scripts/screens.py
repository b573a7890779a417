#!/usr/bin/env python
"""Draw docs/screens anew: the ten main pages of the demonstration, in a real browser. Called by `make screens`.

    scripts/screens.py [--port 8000] [--only NAME …]

Starts a demonstration of its own, in a folder that is removed afterwards. Needs Chromium (scripts/setup-tests).
"""

import argparse
import io
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from honeyguide.cli.demo import HOST, is_ready
from honeyguide.demo.logins import PASSWORD

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "screens"
READY_WITHIN_S, SETTLED_AFTER_MS = 300, 800
COLOURS = 96
"""Of a picture's palette: interfaces have few."""
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ANNA, DINA, MANAGER, COMPLIANCE = (
    "anna@nectar.example",
    "dina@klever.example",
    "manager@meadow.example",
    "compliance@meadow.example",
)
WIDE, PHONE = (1440, 900), (390, 844)


class Screen(NamedTuple):
    """A picture: the page, whoever is signed in, and how the window is."""

    name: str
    path: str
    email: str
    size: tuple[int, int] = WIDE
    theme: str = "light"
    language: str = "en-GB"
    first: tuple[tuple[str, str], ...] = ()
    """What is done before: a selector, and the text to fill in; "" to click it."""


WISHES = "item=consultation.sales&quantity=1&priority=first&item=course.webinar&quantity=2&priority=then"
SCREENS = (
    Screen("home", "/partner/", ANNA),
    Screen("status", "/partner/status/", ANNA),
    Screen("points", "/partner/points/", ANNA),
    Screen("planner", f"/partner/points/plan/?{WISHES}&months=6", ANNA),
    Screen("licences", "/partner/licences/", ANNA, theme="dark"),
    Screen("notices", "/partner/notices/", DINA, size=PHONE, language="ru-RU"),
    Screen("queues", "/console/", MANAGER),
    Screen("partner", "/console/partners/nectar/", COMPLIANCE),
    Screen("evidence", "/console/evidence/", MANAGER, theme="dark", first=(("[data-queue-line] >> nth=1", ""),)),
    Screen(
        "simulation",
        "/console/rulebook/drafts/",
        MANAGER,
        first=(('td a[href*="/rulebook/drafts/"] >> nth=0', ""), ('a[href*="/rulebook/simulations/"] >> nth=0', "")),
    ),
)


def main() -> int:
    """Draw them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--only", nargs="*", choices=[screen.name for screen in SCREENS])
    arguments = parser.parse_args()
    chosen = [screen for screen in SCREENS if not arguments.only or screen.name in arguments.only]
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    with demonstration(arguments.port) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        for screen in chosen:
            picture = small(drawn(browser, address, screen))
            (FOLDER / f"{screen.name}.png").write_bytes(picture)
            sys.stdout.write(f"{screen.name:14} {len(picture) / 1000:6.1f} kB\n")
    return 0


@contextmanager
def demonstration(port: int) -> Iterator[str]:
    """A demonstration that is ready; gives its address. It ends, and its data go, with the block."""
    with tempfile.TemporaryDirectory(prefix="honeyguide-screens-") as folder:
        command = [sys.executable, "-m", "honeyguide.cli", "demo", "--port", str(port), "--data", folder]
        running = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603 - ourselves
        try:
            until = time.monotonic() + READY_WITHIN_S
            while not is_ready(port):
                if running.poll() is not None or time.monotonic() > until:
                    raise SystemExit(f"The demonstration did not start on {HOST}:{port}.")
                time.sleep(0.5)
            yield f"http://localhost:{port}"
        finally:
            if running.poll() is None:
                running.send_signal(signal.SIGINT)
            running.wait()


def drawn(browser: Browser, address: str, screen: Screen) -> bytes:
    """The window with the page, as PNG."""
    width, height = screen.size
    context = browser.new_context(
        base_url=address,
        viewport={"width": width, "height": height},
        color_scheme="dark" if screen.theme == "dark" else "light",
        locale=screen.language,
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto("/account/login/")
    page.fill("input[name=login]", screen.email)
    page.fill("input[name=password]", PASSWORD)
    page.click("button.btn-primary[type=submit]")
    page.wait_for_url(lambda url: "/account/" not in url)
    page.goto(screen.path, wait_until="networkidle")
    for selector, text in screen.first:
        page.fill(selector, text) if text else page.click(selector)
        page.wait_for_timeout(SETTLED_AFTER_MS)  # parts of the page that it asks for have come
    page.wait_for_load_state("networkidle")
    picture = page.screenshot(animations="disabled")
    context.close()
    return picture


def small(picture: bytes) -> bytes:
    """The picture with a palette: a third of its size, and no eye sees it."""
    with Image.open(io.BytesIO(picture)) as image:
        reduced = image.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    out = io.BytesIO()
    reduced.save(out, "PNG", optimize=True)
    return out.getvalue()


if __name__ == "__main__":
    sys.exit(main())
