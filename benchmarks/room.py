"""What the live room costs while it moves: `python -m benchmarks.room --throttle 4 --seconds 20`.

A service and its worker, really started; the spiral of the first page, trained at a pace that yields as many frames as
the service streams; its room in Chromium, first as fast as the machine is, then slowed down. Printed for each: pictures
that the browser showed and frames of the training that were drawn, a second; the main thread's processor time, in
milliseconds a second and a frame (`--throttle 4` counts it as on a core of a quarter of the speed), without what the
same page takes while the training is paused. Then the heap after a collection, DOM nodes and listeners.
"""

from __future__ import annotations

import argparse
import re
import tempfile
from pathlib import Path

from playwright.sync_api import CDPSession, Page, sync_playwright

from tests.acceptance.running import running
from tests.browser.conftest import CHROMIUM, DESKTOP

MIB = 2**20
#: Pictures that the browser makes, and changes of the epoch that is drawn.
COUNT = """() => {
  window.counted = {pictures: 0, frames: 0};
  const tick = () => { window.counted.pictures += 1; requestAnimationFrame(tick); };
  requestAnimationFrame(tick);
  let last = '';
  new MutationObserver(() => {
    const now = document.querySelector('.scrubber-says b')?.textContent;
    if (now !== last) { last = now; window.counted.frames += 1; }
  }).observe(document.querySelector('.transport'), {subtree: true, childList: true, characterData: true});
}"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--throttle", type=float, default=4, help="how many times slower than the machine")
    parser.add_argument("--seconds", type=float, default=20, help="of each measurement")
    parser.add_argument("--looks", type=int, default=5, help="at the heap, so many seconds apart")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder) / "data") as service,
        sync_playwright() as driver,
    ):
        browser = driver.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--enable-precise-memory-info"]
        )
        page = browser.new_page(viewport=DESKTOP)
        begin(page, service.url)
        session = page.context.new_cdp_session(page)
        session.send("Performance.enable", {"timeDomain": "threadTicks"})
        page.evaluate(COUNT)
        for throttle in (1, options.throttle):
            session.send("Emulation.setCPUThrottlingRate", {"rate": throttle})
            measure(page, session, throttle, options.seconds)
        session.send("Emulation.setCPUThrottlingRate", {"rate": 1})
        for _ in range(options.looks):
            look(page, session, options.seconds)
        browser.close()


def begin(page: Page, url: str) -> None:
    page.goto(url)
    page.get_by_role("button", name="Spiral: Train it").click()
    page.wait_for_url(re.compile("#/jobs/job_"))
    page.locator(".surface canvas").first.wait_for()
    page.get_by_label("Speed", exact=True).select_option("30 epochs/s")
    page.locator(".transport").evaluate("bar => scrollTo(0, bar.getBoundingClientRect().top + scrollY)")
    page.wait_for_timeout(3000)


def measure(page: Page, session: CDPSession, throttle: float, seconds: float) -> None:
    resting = spent(page, session, "Pause", seconds / 2)
    moving = spent(page, session, "Resume", seconds)
    cost = {name: 1000 * (moving[name] - resting[name]) for name in SPENT}
    frames = max(moving["frames"], 1e-9)
    print(
        f"{throttle:g}x: {moving['pictures']:.1f} pictures/s ({resting['pictures']:.1f} paused), "
        f"{frames:.1f} frames/s; ms/s "
        + ", ".join(f"{name} {value:.0f}" for name, value in cost.items())
        + f"; ms per frame {cost['Task'] / frames:.1f}",
        flush=True,
    )


SPENT = ("Script", "RecalcStyle", "Layout", "Task")


def spent(page: Page, session: CDPSession, button: str, seconds: float) -> dict[str, float]:
    """A second: what was counted, and seconds of the main thread."""
    page.get_by_role("button", name=button, exact=True).click()
    page.get_by_role("button", name="Resume" if button == "Pause" else "Pause", exact=True).wait_for()
    page.wait_for_timeout(2000)
    before = totals(page, session)
    page.wait_for_timeout(1000 * seconds)
    after = totals(page, session)
    return {name: (after[name] - before[name]) / (after["Timestamp"] - before["Timestamp"]) for name in after}


def totals(page: Page, session: CDPSession) -> dict[str, float]:
    found = metrics(session)
    times = {name: found[f"{name}Duration"] for name in SPENT} | {"Timestamp": found["Timestamp"]}
    counted: dict[str, float] = page.evaluate("({...counted})")
    return times | counted


def look(page: Page, session: CDPSession, seconds: float) -> None:
    session.send("HeapProfiler.collectGarbage")
    found = metrics(session)
    epoch = page.locator(".scrubber-says b").inner_text()
    print(
        f"{epoch}: heap {found['JSHeapUsedSize'] / MIB:.1f} MiB, {found['Nodes']:.0f} nodes, "
        f"{found['JSEventListeners']:.0f} listeners",
        flush=True,
    )
    page.wait_for_timeout(1000 * seconds)


def metrics(session: CDPSession) -> dict[str, float]:
    return {each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]}


if __name__ == "__main__":
    main()
