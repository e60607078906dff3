#!/usr/bin/env python3
"""The report on a hundred thousand samples: how long it takes to write, how large it is, how soon a browser draws it.

Standard library alone; the run is made by synthetic.py. There is no peer that writes such a page: goals stand in its place.
Reports, and never fails on figures; exit status 69 where dfprep, D3 or Chromium is missing.
"""
import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import harness  # noqa: E402
import synthetic  # noqa: E402
from harness import DFPREP, missing  # noqa: E402

DRIVER = harness.ROOT / "Scripts/report-in-browser.py"
SCRATCH = harness.BUILD / "report"
RESULTS = harness.RESULTS / "report.json"


def written(run):
    """Wall and CPU seconds, and peak memory in MiB, of writing the report."""
    start = time.monotonic()
    process = subprocess.Popen([DFPREP, "report", run], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    remarks = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) != 0 or "D3 is missing" in remarks:
        missing(f"dfprep report: {remarks.strip()}")
    return time.monotonic() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def seen(page):
    done = subprocess.run([sys.executable, DRIVER, page], stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        missing(f"{DRIVER.name} ended with {done.returncode}")
    return json.loads(done.stdout)


def row(work, figures, unit, goal, note):
    """An entry of the results: `peer` is the goal, and `ratio` how many times better than it."""
    return harness.row(work, figures, [goal], "goal", unit, 1, note, len(os.sched_getaffinity(0)))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--samples", type=int, default=100_000)
    parser.add_argument("--results", type=Path, default=RESULTS, help="file to write")
    arguments = parser.parse_args()
    harness.require_dfprep()
    about = harness.about()
    print(about, file=sys.stderr)
    shutil.rmtree(SCRATCH, ignore_errors=True)
    run = synthetic.write_run(SCRATCH, arguments.samples)
    page = run / "report/index.html"
    writing = [written(run) for _ in range(arguments.runs)]
    views = [seen(page) for _ in range(arguments.runs)]
    work = f"report on {views[0]['count']} samples"
    note = f"{about}; `dfprep report`, reading the run included"
    browser = f"{about}; headless Chromium, no GPU, window of 1400 x 1000"
    rows = [
        row(work, [figure[0] for figure in writing], "s wall", 10, note),
        row(work, [figure[1] for figure in writing], "s CPU", 20, note),
        row(work, [figure[2] for figure in writing], "MiB peak", 2048, note),
        row(work, [page.stat().st_size / 1e6], "MB of HTML", 10, about),
        row(f"{work}: opening to first drawing", [view["firstDrawingMilliseconds"] / 1000 for view in views], "s wall", 2, browser),
        row(f"{work}: one drawing while moving", [view["drawingMilliseconds"] for view in views], "ms wall", 100, browser)]
    harness.show(rows)
    harness.write(rows, arguments.results)
    shutil.rmtree(SCRATCH)


if __name__ == "__main__":
    main()
