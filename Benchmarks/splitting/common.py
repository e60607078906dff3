"""What the sections of run.py share: places, measured processes, entries of the results."""
import os
import statistics
import subprocess
import sys
import time
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BUILD = ROOT / "build/bench"
SCRATCH = BUILD / "splitting-tables"
DFPREP = ROOT / ".build/release/dfprep"
RESULTS = HERE.parent / "results/splitting.json"


def missing(what):
    print(f"bench-splitting: {what}", file=sys.stderr)
    sys.exit(69)


def environment(name, packages):
    """The Python of an environment below build/bench that has `packages`."""
    folder = BUILD / name
    python = folder / "bin/python"
    if not python.is_file():
        print(f"making {folder.relative_to(ROOT)} with {', '.join(packages)}", file=sys.stderr)
        venv.create(folder, with_pip=True)
        done = subprocess.run([python, "-m", "pip", "install", "--quiet", *packages])
        if done.returncode != 0:
            missing(f"cannot install {', '.join(packages)}")
    return python


def measure(command, cores=1, folder=None):
    """Runs a command in a folder on that many cores: wall and CPU seconds, peak memory in MiB, and what it printed."""
    allowed = sorted(os.sched_getaffinity(0))[:cores]
    start = time.monotonic()
    process = subprocess.Popen(
        [str(part) for part in command], stdout=subprocess.PIPE, text=True, cwd=folder,
        preexec_fn=lambda: os.sched_setaffinity(0, allowed))
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


def row(work, ours, peer, peer_name, unit, goal, note, cores=1):
    """One entry of the results, less being better; `ours` and `peer` are the figures of every run."""
    a, b = statistics.median(ours), statistics.median(peer)
    # None left over on our side is as good as can be told apart: one half stands for it.
    ratio = b / a if a > 0 else (1 if b == 0 else 2 * b)
    runs = max(len(ours), len(peer))
    spread = f"; ours {min(ours):.3g} to {max(ours):.3g}, peer {min(peer):.3g} to {max(peer):.3g}" if runs > 1 else ""
    return {"work": work, "ours": round(a, 3), "peer": round(b, 3), "peer_name": peer_name, "unit": unit,
            "ratio": round(ratio, 3), "goal": goal, "met": round(ratio, 3) >= goal, "runs": runs, "cores": cores,
            "note": note + spread}


def show(rows):
    columns = ["work", "cores", "unit", "ours", "peer", "ratio", "goal", "met", "peer_name"]
    table = [columns] + [["yes" if row[c] is True else "no" if row[c] is False else str(row[c]) for c in columns]
                         for row in rows]
    widths = [max(len(line[column]) for line in table) for column in range(len(columns))]
    for line in table:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip())
