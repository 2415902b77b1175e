"""Make `images/spiral.webp`, the moving picture in README, from screenshots of a real training.

    $ ./run & python -m docs.moving_picture http://127.0.0.1:8000 docs/images/spiral.webp

It needs Playwright with a Chromium, and Pillow (`pip install pillow`, which nothing else here does).
"""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
#: Between two screenshots, and how long each is shown.
PAUSE_MS, SHOWN_MS, HOLD_MS = 300, 120, 2500
FRAMES = 56
WIDTH, QUALITY = 960, 60
MOST_BYTES = 1_500_000


def main(url: str, path: Path) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1300, "height": 940})
        _begin(page, url)
        shots = [_shot(page) for _ in range(FRAMES)]
        browser.close()
    _write(shots, path)
    if (size := path.stat().st_size) > MOST_BYTES:
        raise SystemExit(f"{path} has {size:,} bytes, over {MOST_BYTES:,}")


def _begin(page: Page, url: str) -> None:
    page.goto(url)
    page.get_by_role("button", name="Spiral: Train it").click()
    page.wait_for_url(re.compile("#/jobs/job_"))
    page.locator(".surface canvas").wait_for()
    page.get_by_label("Speed", exact=True).select_option("30 epochs/s")
    page.locator(".transport").evaluate("bar => scrollTo(0, bar.getBoundingClientRect().top + scrollY)")


def _shot(page: Page) -> Image.Image:
    page.wait_for_timeout(PAUSE_MS)
    image = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    return image.resize((WIDTH, round(image.height * WIDTH / image.width)), Image.Resampling.LANCZOS)


def _write(shots: list[Image.Image], path: Path) -> None:
    durations = [SHOWN_MS] * (len(shots) - 1) + [HOLD_MS]
    first, *others = shots
    first.save(path, save_all=True, append_images=others, duration=durations, loop=0, quality=QUALITY, method=4)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
