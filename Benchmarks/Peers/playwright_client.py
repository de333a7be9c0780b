#!/usr/bin/env python3
"""Playwright's part in the comparison of Weir with its peers; see Peers in Benchmarks/README.md.

    playwright_client.py launch|calls|detect|failover|pool|memory SCRIPT PROGRAM ARGUMENT...

SCRIPT is a file that defines `peer.matmul()`. Figures are printed as one JSON object; `memory` prints `ready` once its
browser has a result, and ends when its standard input does.

Its asynchronous interface is used throughout, and pages are opened from a file: both are the quicker way.
"""
import asyncio
import json
import os
import pathlib
import shutil
import signal
import sys
import tempfile
import time

from playwright.async_api import Error, async_playwright

WARM_UP, CALLS, DEPTH, DEEP_CALLS = 300, 3000, 64, 6400
JOB_ITEMS, JOB_REPEATS = 40, 3
POOL_TASKS = 64


def milliseconds(began):
    return (time.perf_counter() - began) * 1e3


class Browser:
    """A browser with one page that has a first result."""

    def __init__(self, browser, page, folder):
        self.browser, self.page, self.folder = browser, page, folder

    @classmethod
    async def start(cls, playwright, setting):
        folder = tempfile.mkdtemp(prefix="peer-profile-")
        *arguments, first_page = setting.arguments
        browser = await playwright.chromium.launch(
            executable_path=setting.program,
            # The flags are those of the other contestants, and no others.
            ignore_default_args=True,
            args=[*arguments, f"--user-data-dir={folder}", first_page],
        )
        page = await browser.new_page()
        await page.goto(setting.document)
        started = cls(browser, page, folder)
        if await page.evaluate(setting.script + "\npeer.matmul()") is not True:
            raise RuntimeError("no result")
        return started

    async def matmul(self):
        if await self.page.evaluate("peer.matmul()") is not True:
            raise RuntimeError("no result")

    def pid(self):
        """Playwright does not tell it: the process with this profile that no other of that profile has started."""
        mark = f"--user-data-dir={self.folder}".encode()
        found = {}
        for entry in pathlib.Path("/proc").iterdir():
            try:
                if entry.name.isdigit() and mark in (entry / "cmdline").read_bytes():
                    found[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
        return next(pid for pid, parent in found.items() if parent not in found)

    async def close(self):
        await self.browser.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class Setting:
    def __init__(self, script, program, arguments):
        self.script = pathlib.Path(script).read_text()
        self.program, self.arguments = program, arguments
        self.folder = tempfile.TemporaryDirectory(prefix="peer-page-")
        document = pathlib.Path(self.folder.name) / "index.html"
        document.write_text("<!doctype html><title>peer</title>")
        self.document = document.as_uri()


async def launch(setting):
    began = time.perf_counter()
    playwright = await async_playwright().start()
    driver_started = time.perf_counter()
    browser = await Browser.start(playwright, setting)
    figures = {"launch_ms": milliseconds(driver_started), "launch_with_driver_ms": milliseconds(began)}
    await browser.close()
    await playwright.stop()
    return figures


async def round_trips(name, call):
    took = []
    for number in range(-WARM_UP, CALLS):
        began = time.perf_counter()
        await call()
        if number >= 0:
            took.append((time.perf_counter() - began) * 1e6)
    took.sort()
    return {f"{name}_p50_us": took[CALLS // 2], f"{name}_p99_us": took[CALLS * 99 // 100]}


async def calls(setting):
    async with async_playwright() as playwright:
        browser = await Browser.start(playwright, setting)
        session = await browser.browser.new_browser_cdp_session()
        figures = await round_trips("evaluate", lambda: browser.page.evaluate("1"))
        figures |= await round_trips("version", lambda: session.send("Browser.getVersion"))

        async def caller():
            for _ in range(DEEP_CALLS // DEPTH):
                await browser.page.evaluate("1")

        began = time.perf_counter()
        await asyncio.gather(*(caller() for _ in range(DEPTH)))
        figures["deep_per_s"] = DEEP_CALLS / (time.perf_counter() - began)
        await browser.close()
        return figures


async def detect(setting):
    async with async_playwright() as playwright:
        browser = await Browser.start(playwright, setting)
        pid = browser.pid()
        waiting = asyncio.create_task(browser.page.evaluate("new Promise(() => {})"))
        await asyncio.sleep(0.05)
        began = time.perf_counter()
        os.kill(pid, signal.SIGKILL)
        try:
            await waiting
        except Error:
            figures = {"detect_ms": milliseconds(began)}
        await browser.close()
        return figures


async def run_job(playwright, setting, browser, spare):
    """Runs the items of a job, on another browser from where the first one failed. Gives it, the milliseconds, and the
    time of the first product after the failure.

    Where there is a spare, another one is started in its place meanwhile, so that there is one again.
    """
    began = time.perf_counter()
    done = 0
    failed, resumed = False, None
    starting = None
    while done < JOB_ITEMS:
        try:
            await browser.matmul()
            done += 1
            if failed:
                resumed = resumed or time.perf_counter()
        except Error:
            failed = True
            if spare:
                starting = asyncio.create_task(Browser.start(playwright, setting))
            browser = spare or await Browser.start(playwright, setting)
    took = milliseconds(began)
    if starting:
        await (await starting).close()
    return browser, took, resumed


async def failover(setting):
    figures = {}
    async with async_playwright() as playwright:
        for name in ["restart", "spare"]:
            browser = await Browser.start(playwright, setting)
            spare = await Browser.start(playwright, setting) if name == "spare" else None
            undisturbed = sorted([(await run_job(playwright, setting, browser, None))[1] for _ in range(JOB_REPEATS)])
            usual = undisturbed[JOB_REPEATS // 2]
            victim, pid = browser, browser.pid()
            killed = []

            def kill():
                killed.append(time.perf_counter())
                os.kill(pid, signal.SIGKILL)

            asyncio.get_running_loop().call_later(usual / 2e3, kill)
            browser, took, resumed = await run_job(playwright, setting, browser, spare)
            figures.setdefault("job_ms", usual)
            figures.setdefault("resumed_ms", (resumed - killed[0]) * 1e3)
            figures[f"{name}_delay_ms"] = took - usual
            await browser.close()
            await victim.close()
    return figures


async def run_tasks(playwright, setting, browsers, victim):
    """Tasks per second, each browser taking the next task when it is free; one that died is started anew."""
    waiting = list(range(POOL_TASKS))
    done = 0
    half = asyncio.Event()

    async def work(index):
        nonlocal done
        while waiting:
            task = waiting.pop()
            try:
                await browsers[index].matmul()
                done += 1
            except Error:
                waiting.append(task)
                dead = browsers[index]
                browsers[index] = await Browser.start(playwright, setting)
                await dead.close()
            if done >= POOL_TASKS // 2 and not half.is_set():
                half.set()
                if victim:
                    os.kill(victim, signal.SIGKILL)

    began = time.perf_counter()
    await asyncio.gather(*(work(index) for index in range(len(browsers))))
    if done != POOL_TASKS:
        raise RuntimeError(f"{done} tasks were done")
    return POOL_TASKS / (time.perf_counter() - began)


async def pool(setting):
    figures = {}
    async with async_playwright() as playwright:
        for count in [1, 2]:
            browsers = [await Browser.start(playwright, setting) for _ in range(count)]
            figures[f"pool_{count}_per_s"] = await run_tasks(playwright, setting, browsers, None)
            victim = browsers[0].pid()
            figures[f"pool_{count}_killed_per_s"] = await run_tasks(playwright, setting, browsers, victim)
            for browser in browsers:
                await browser.close()
    return figures


async def memory(setting):
    async with async_playwright() as playwright:
        browser = await Browser.start(playwright, setting)
        print("ready", flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
        await browser.close()


ROWS = {row.__name__: row for row in [launch, calls, detect, failover, pool, memory]}


def main():
    if len(sys.argv) < 4 or sys.argv[1] not in ROWS:
        print(__doc__, file=sys.stderr)
        sys.exit(2)
    row, script, program, *arguments = sys.argv[1:]
    figures = asyncio.run(ROWS[row](Setting(script, program, arguments)))
    if figures:
        print(json.dumps(figures))


main()
