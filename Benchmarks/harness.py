"""What benchmarks share: places, environments of peers, measured processes, entries of the results, the run of sections."""
import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build/bench"
DFPREP = ROOT / ".build/release/dfprep"
RESULTS = ROOT / "Benchmarks/results"


def missing(what):
    """Ends the benchmark: something that it needs cannot be had."""
    print(f"{Path(sys.argv[0]).resolve().parent.name}: {what}", file=sys.stderr)
    sys.exit(69)


def require_dfprep():
    if not DFPREP.is_file():
        missing(f"no {DFPREP.relative_to(ROOT)}; run `make build`")


def environment(name, packages, alone=()):
    """The Python of an environment below build/bench that has `packages`, and those `alone` without what they declare to need;
    made anew when they are others."""
    folder, wanted = BUILD / name, "\n".join([*packages, *alone])
    python, stamp = folder / "bin/python", folder / "packages.txt"
    if python.is_file() and stamp.is_file() and stamp.read_text() == wanted:
        return python
    print(f"making {folder.relative_to(ROOT)} with {', '.join(packages)}", file=sys.stderr)
    venv.create(folder, clear=True, with_pip=True)
    for options in [packages, ["--no-deps", *alone]] if alone else [packages]:
        if subprocess.run([python, "-m", "pip", "install", "--quiet", *options]).returncode != 0:
            missing(f"cannot install {', '.join(options)}")
    stamp.write_text(wanted)
    return python


def measure(command, cores=1, folder=None, variables=None):
    """Runs a command in a folder on that many cores: wall and CPU seconds, peak memory in MiB, and what it printed."""
    allowed = sorted(os.sched_getaffinity(0))[:cores]
    start = time.monotonic()
    process = subprocess.Popen(
        [str(part) for part in command], stdout=subprocess.PIPE, text=True, cwd=folder,
        env={**os.environ, **(variables or {})}, preexec_fn=lambda: os.sched_setaffinity(0, allowed))
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        missing(f"{command[0]} ended with {process.returncode}")
    return {"wall": time.monotonic() - start, "cpu": usage.ru_utime + usage.ru_stime, "memory": usage.ru_maxrss / 1024,
            "output": output}


def machine():
    models = [line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")]
    return f"{len(os.sched_getaffinity(0))} cores, {models[0] if models else os.uname().machine}"


def about():
    """The machine, and what else it does."""
    return f"{machine()}, load average {os.getloadavg()[0]:.1f} at the start"


def figure(value, digits=3):
    """Rounded; what is next to nothing has no sign."""
    return round(value, digits) + 0


def row(work, ours, peer, peer_name, unit, goal, note, cores=1, digits=3, more_is_better=False):
    """One entry of the results, less being better unless said otherwise; `ours` and `peer` are the figures of every run."""
    a, b = statistics.median(ours), statistics.median(peer)
    if more_is_better:
        ratio = a / b
    else:
        # None left over on our side is as good as can be told apart: one half stands for it.
        ratio = b / a if a > 0 else (1 if b == 0 else 2 * b)
    ratio, goal, runs = round(ratio, digits), round(goal, digits), max(len(ours), len(peer))
    spread = ", ".join(f"{name} {figure(min(figures), 6):.3g} to {figure(max(figures), 6):.3g}"
                       for name, figures in [("ours", ours), ("peer", peer)])
    return {"work": work, "ours": figure(a, max(3, digits)), "peer": figure(b, max(3, digits)), "peer_name": peer_name,
            "unit": unit, "ratio": ratio, "goal": goal, "met": ratio >= goal, "runs": runs, "cores": cores,
            "note": f"{note}; {spread}" if runs > 1 else note}


def show(rows):
    columns = ["work", "cores", "unit", "ours", "peer", "ratio", "goal", "met", "peer_name"]
    table = [columns] + [["yes" if row[c] is True else "no" if row[c] is False else str(row[c]) for c in columns]
                         for row in rows]
    widths = [max(len(line[column]) for line in table) for column in range(len(columns))]
    for line in table:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip())


def write(rows, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n")


def of_file(section, arguments, where):
    """Entries of a section that is a file with `measure(runs, about)`."""
    return section.measure(arguments.runs, where)


def run_sections(sections, doc, results, scratch, add_options=lambda parser: None, entries=of_file):
    """The command line of a benchmark in sections; `entries(section, arguments, about)` measures one."""
    parser = argparse.ArgumentParser(description=doc.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5, help="of each, one after another in turn (default 5)")
    parser.add_argument("--only", choices=list(sections), help="one section; the others' entries stay as they are")
    parser.add_argument("--results", type=Path, default=results, help="file to write")
    add_options(parser)
    arguments = parser.parse_args()
    require_dfprep()
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    where = about()
    print(where, file=sys.stderr)
    kept = []
    if arguments.only and arguments.results.is_file():
        kept = [row for row in json.loads(arguments.results.read_text())
                if row.get("section") in sections and row.get("section") != arguments.only]
    rows = []
    for name, section in sections.items():
        if arguments.only in (None, name):
            rows += [{**row, "section": name} for row in entries(section, arguments, where)]
            # What was measured so far: a long run that is cut off leaves that.
            write(kept + rows, arguments.results)
    show(rows)
    shutil.rmtree(scratch)
