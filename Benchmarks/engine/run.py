#!/usr/bin/env python3
"""The engine by itself and beside Snakemake and DVC. See README.md.

Standard library alone; peers run in an environment under build/bench. Reports, and never fails on speed; exit status 69
where dfprep is missing. A section is a function that returns entries; `--only` takes one.
"""
import json
import os
import shutil
import subprocess
import sys
import time
import zlib
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import harness  # noqa: E402
import grown  # noqa: E402

SCRATCH = harness.BUILD / "engine"
RESULTS = harness.RESULTS / "engine.json"
STAGES = """
  - decode: {frames: 1}
  - detect: {model: haar}
  - track: {}
  - crop: {margin: 1, size: 16, format: png}
"""


def picture(number):
    """A PNG of 16 x 16 pixels of which no two numbers give the same."""
    def chunk(kind, data):
        return (len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big"))
    row = b"\0" + bytes((number >> shift) % 251 for shift in range(16) for _ in range(3))
    head = (16).to_bytes(4, "big") * 2 + bytes([8, 2, 0, 0, 0])
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(row * 16)) + chunk(b"IEND", b""))


def project(name, files):
    """A folder with a dataset of so many ready crops, and a pipeline over it."""
    folder = SCRATCH / name
    shutil.rmtree(folder, ignore_errors=True)
    for label in ["real", "fake"]:
        (folder / "data" / label).mkdir(parents=True)
    for number in range(files):
        (folder / "data" / ("fake" if number % 2 else "real") / f"{number:06}.png").write_bytes(picture(number))
    grown.project(folder, STAGES)
    return folder


def timed(command, folder, runs):
    """Wall seconds, CPU seconds and peak MiB of each of so many runs."""
    measured = []
    for _ in range(runs):
        measured.append(harness.measure(["env", f"--chdir={folder}", *command], cores=os.cpu_count()))
    return measured


def limit(work, figures, most, unit, note):
    """An entry whose peer is what we set ourselves as the limit."""
    return harness.row(work, figures, [most] * len(figures), "the limit set", unit, 1, note, os.cpu_count())


def start(arguments, about):
    folder = project("small", 4)
    rows = []
    for name, command in [("--help", ["--help"]), ("validate", ["validate", "Pipelines/run.yaml"]),
                          ("plan of a small pipeline", ["plan", "Pipelines/run.yaml"])]:
        figures = [run["wall"] * 1000 for run in timed([harness.DFPREP, *command], folder, max(arguments.runs, 5))]
        rows.append(limit(f"start: {name}", figures, 100, "ms wall", about))
    return rows


def many(arguments, about):
    """Trivial work on many files: what the engine adds, and what peers take for it."""
    files, jobs = arguments.files, os.cpu_count()
    folder = project("many", files)
    command = [harness.DFPREP, "run", "Pipelines/run.yaml", "--quiet"]
    wall, over, memory = [], [], []
    for _ in range(arguments.runs):
        shutil.rmtree(folder / "runs", ignore_errors=True)
        run = timed(command, folder, 1)[0]
        record = json.loads((folder / "runs/run/run.json").read_text())
        stages = sum(stage["seconds"] for stage in record["stages"] if stage["grain"] == "source")
        tables = sum(stage["seconds"] for stage in record["stages"] if stage["grain"] == "table")
        wall.append((run["wall"] - tables) / files * 1000)
        over.append((run["wall"] - tables - stages / jobs) / files * 1000)
        memory.append(run["memory"])
    again = [run["wall"] / files * 1000 for run in timed(command, folder, max(3, arguments.runs))]
    rows = [limit(f"{files} files: overhead of the engine", over, 1, "ms wall per source",
                  f"{about}; wall time without the stages' own CPU time on {jobs} workers"),
            limit(f"{files} files: memory of the coordinator or its largest worker", memory, 300, "MiB peak", about)]
    if arguments.no_peers:
        return rows
    python = harness.environment("engine-peers", ["snakemake==9.27.1", "dvc==3.67.1"])
    for name, figures, idle, peer_files in [snakemake(python, arguments), dvc(python, arguments)]:
        note = (f"{about}; ours decodes, crops and encodes {files} pictures, the peer copies {peer_files} files; "
                "whole commands, per file")
        rows.append(harness.row("trivial work per file", wall, figures, name, "ms wall per file", 10, note, jobs))
        rows.append(harness.row("nothing to do", again, idle, name, "ms wall per file", 10, note, jobs))
    return rows


def version(python, package):
    code = f"import importlib.metadata as m; print(m.version('{package}'))"
    return subprocess.run([python, "-c", code], stdout=subprocess.PIPE, text=True).stdout.strip()


def peer(name, python, arguments, write, command):
    files = arguments.peer_files
    folder = SCRATCH / name
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "in").mkdir(parents=True)
    for number in range(files):
        (folder / "in" / f"{number:06}.png").write_bytes(picture(number))
    write(folder, files)
    environment = {**os.environ, "PATH": f"{python.parent}:{os.environ['PATH']}", "DVC_NO_ANALYTICS": "1"}

    def once():
        begun = time.monotonic()
        done = subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        if done.returncode != 0:
            harness.missing(f"{name} failed: {done.stderr.decode()[-500:]}")
        return (time.monotonic() - begun) / files * 1000
    first = once()
    return f"{name} {version(python, name)}", [first], [once() for _ in range(3)], files


def snakemake(python, arguments):
    def write(folder, files):
        (folder / "Snakefile").write_text(
            f'rule all:\n    input: expand("out/{{n:06}}.png", n=range({files}))\n'
            'rule one:\n    input: "in/{n}.png"\n    output: "out/{n}.png"\n    shell: "cp {input} {output}"\n')
    return peer("snakemake", python, arguments, write, ["snakemake", "--cores", str(os.cpu_count()), "--quiet", "all"])


def dvc(python, arguments):
    def write(folder, files):
        subprocess.run([python.parent / "dvc", "init", "--no-scm", "--quiet"], cwd=folder, check=True)
        (folder / "out").mkdir()
        stages = "".join(f"  s{n:06}:\n    cmd: cp in/{n:06}.png out/{n:06}.png\n    deps: [in/{n:06}.png]\n"
                         f"    outs: [out/{n:06}.png]\n" for n in range(files))
        (folder / "dvc.yaml").write_text("stages:\n" + stages)
    return peer("dvc", python, arguments, write, ["dvc", "repro", "--quiet"])


def large(arguments, about):
    """A finished run of many sources and samples, made out of manifests alone."""
    sources, samples = arguments.sources, arguments.sources * arguments.samples
    folder = SCRATCH / "large"
    shutil.rmtree(folder, ignore_errors=True)
    grown.make(folder, sources, arguments.samples, harness.DFPREP, STAGES, picture(1))
    command = [harness.DFPREP, "run", "Pipelines/run.yaml", "--quiet"]
    first = timed(command, folder, 1)[0]
    again = timed(command, folder, max(3, arguments.runs))
    status = timed([harness.DFPREP, "status", "runs/run"], folder, max(3, arguments.runs))
    what = f"{sources} sources, {samples} samples"
    return [
        limit(f"{what}: a finished run checks itself", [run["wall"] for run in again], 2, "s wall", about),
        limit(f"{what}: memory of that", [run["memory"] for run in again], 300, "MiB peak", about),
        limit(f"{what}: status", [run["wall"] for run in status], 1, "s wall", about),
        limit(f"{what}: overhead where every manifest is read and the catalog written", [first["wall"] / sources * 1000], 1,
              "ms wall per source", about),
        limit(f"{what}: memory of a coordinator that reads every manifest and writes the catalog", [first["memory"]], 300,
              "MiB peak", f"{about}; {first['wall']:.0f} s"),
    ]


SECTIONS = {"start": start, "many": many, "large": large}


def add_options(parser):
    parser.add_argument("--files", type=int, default=10_000, help="of trivial work (default 10000)")
    parser.add_argument("--peer-files", type=int, default=1_000, help="of it for peers, which take long (default 1000)")
    parser.add_argument("--sources", type=int, default=100_000, help="of the large run (default 100000)")
    parser.add_argument("--samples", type=int, default=30, help="of each of its sources (default 30)")
    parser.add_argument("--no-peers", action="store_true")


if __name__ == "__main__":
    harness.run_sections(SECTIONS, __doc__, RESULTS, SCRATCH, add_options,
                         lambda section, arguments, about: section(arguments, about))
