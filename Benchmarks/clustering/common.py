"""What the sections of run.py share: places, measured processes, entries of the results."""
import json
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
SCRATCH = BUILD / "clustering-features"
DFPREP = ROOT / ".build/release/dfprep"
RESULTS = HERE.parent / "results/clustering.json"
PEERS = ["faiss-cpu==1.15.1", "numpy==2.4.6", "Pillow==13.0.0", "scikit-learn==1.9.1"]
CORES = 2


def missing(what):
    print(f"bench-clustering: {what}", file=sys.stderr)
    sys.exit(69)


def environment():
    """The Python of an environment below build/bench that has the peers."""
    folder = BUILD / "clustering"
    python = folder / "bin/python"
    if not python.is_file():
        print(f"making {folder.relative_to(ROOT)} with {', '.join(PEERS)}", file=sys.stderr)
        venv.create(folder, with_pip=True)
    if subprocess.run([python, "-c", "import faiss, PIL, sklearn"], capture_output=True).returncode != 0:
        if subprocess.run([python, "-m", "pip", "install", "--quiet", *PEERS]).returncode != 0:
            missing(f"cannot install {', '.join(PEERS)}")
    return python


def measure(command):
    """Runs a command on two cores: wall and CPU seconds, peak memory in MiB, and the JSON that it printed."""
    allowed = sorted(os.sched_getaffinity(0))[:CORES]
    start = time.monotonic()
    process = subprocess.Popen(
        [str(part) for part in command], stdout=subprocess.PIPE, text=True,
        env={**os.environ, "OMP_NUM_THREADS": str(CORES)}, preexec_fn=lambda: os.sched_setaffinity(0, allowed))
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        missing(f"{command[0]} {command[1]} ended with {process.returncode}")
    return {"wall": time.monotonic() - start, "cpu": usage.ru_utime + usage.ru_stime, "memory": usage.ru_maxrss / 1024,
            **json.loads(output)}


def machine():
    models = [line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")]
    return f"{len(os.sched_getaffinity(0))} cores, {models[0] if models else os.uname().machine}"


def row(work, ours, peer, peer_name, unit, goal, note):
    """One entry of the results, less being better; `ours` and `peer` are the figures of every run."""
    a, b = statistics.median(ours), statistics.median(peer)
    runs = max(len(ours), len(peer))
    spread = f"; ours {min(ours):.3g} to {max(ours):.3g}, peer {min(peer):.3g} to {max(peer):.3g}" if runs > 1 else ""
    return {"work": work, "ours": round(a, 3), "peer": round(b, 3), "peer_name": peer_name, "unit": unit,
            "ratio": round(b / a, 6 if unit == "inertia" else 3), "goal": goal, "met": b / a >= goal, "runs": runs,
            "cores": CORES, "note": note + spread}


def show(rows):
    columns = ["work", "unit", "ours", "peer", "ratio", "goal", "met", "peer_name"]
    table = [columns] + [["yes" if row[c] is True else "no" if row[c] is False else str(row[c]) for c in columns]
                         for row in rows]
    widths = [max(len(line[column]) for line in table) for column in range(len(columns))]
    for line in table:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip())
