#!/usr/bin/env python3
"""The study: does a cluster split tell better than a random one how a detector will do on a domain that it never saw?

    python3 Benchmarks/study/run.py            # the short form: two seeds, every domain left out once
    python3 Benchmarks/study/run.py --seeds 5  # the full form

Every cell (a domain left out, a seed) is a handful of pipelines that `dfprep run` does; a cell that is done is not done again,
and one that was cut goes on where it stood. README.md says what is compared and how.
"""
import argparse
import hashlib
import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import domains  # noqa: E402
import harness  # noqa: E402
import pipelines  # noqa: E402

PACKAGES = ["numpy==1.26.4", "scipy==1.11.4", "scikit-learn==1.7.2"]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--media", type=Path, default=os.environ.get("DFPREP_DATA", harness.ROOT / "data"),
                        help="folder of the domains (default DFPREP_DATA)")
    parser.add_argument("--work", type=Path, default=harness.ROOT / "build/study", help="runs, store, tables")
    parser.add_argument("--program", type=Path, default=harness.DFPREP, help="the dfprep that does the work")
    parser.add_argument("--models", type=Path, default=harness.ROOT / "models", help="folder of weights")
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--domains", nargs="+", choices=domains.ALL, default=domains.ALL, help="those that are left out in turn")
    parser.add_argument("--experts", type=int, default=3, help="folds, clusters, and seeds of an ensemble")
    parser.add_argument("--steps", type=int, default=60, help="of every model")
    parser.add_argument("--epochs", type=int, default=3, help="looks at a model on its way: checkpoints")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--size", type=int, default=96, help="side of the crops, pixels")
    parser.add_argument("--contrastive-rate", type=float, default=0.001)
    parser.add_argument("--cells", type=int, default=len(os.sched_getaffinity(0)), help="at a time, one worker each")
    parser.add_argument("--tables", type=Path, default=harness.ROOT / "docs/study-tables.md", help="what comes of it, as Markdown")
    parser.add_argument("--only-tables", action="store_true", help="of the cells that are done")
    return parser.parse_args()


def run_pipeline(spec, name, cell, settings):
    """One pipeline in its folder of the cell; its output is kept beside it."""
    folder = cell / name
    folder.mkdir(parents=True, exist_ok=True)
    file = cell / f"{name}.yaml"  # JSON is YAML.
    file.write_text(json.dumps({"name": name, **spec}, indent=1))
    command = ["nice", "-n", "15", settings.program, "run", file, "--output", folder / "run", "--store", settings.work / "store",
               "--models", settings.models, "--jobs", "1", "--quiet"]
    with open(folder / "output.txt", "w") as output:
        status = subprocess.run([str(part) for part in command], stdout=output, stderr=subprocess.STDOUT).returncode
    if status != 0:
        raise SystemExit(f"{file} ended with {status}; {folder / 'output.txt'} says why")


def do_cell(outer, seed, settings):
    cell = settings.work / "data" / f"{outer}-{seed}"
    specs = pipelines.cell(outer, seed, settings)
    # What a cell was made with, so that other settings do it again.
    wanted = hashlib.sha256(json.dumps(specs, sort_keys=True).encode()).hexdigest()
    stamp = cell / "done"
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    start = time.monotonic()
    for name, spec in specs.items():
        run_pipeline(spec, name, cell, settings)
    stamp.write_text(wanted)
    print(f"{outer} left out, seed {seed}: {time.monotonic() - start:.0f} s", file=sys.stderr, flush=True)


def main():
    settings = arguments()
    settings.work = settings.work.resolve()
    if not Path(settings.media).is_dir():
        harness.missing(f"no folder {settings.media}; DFPREP_DATA names the media (README.md lists what is in it)")
    if not settings.program.is_file():
        harness.missing(f"no {settings.program}; run `make build`")
    python = harness.environment("study", PACKAGES)
    domains.write(Path(settings.media), settings.work / "data")
    cells = [(outer, seed) for seed in range(1, settings.seeds + 1) for outer in settings.domains]
    if not settings.only_tables:
        start = time.monotonic()
        # The first fills the store with what all share.
        do_cell(*cells[0], settings)
        with ThreadPoolExecutor(settings.cells) as pool:
            list(pool.map(lambda cell: do_cell(*cell, settings), cells[1:]))
        print(f"{len(cells)} cells in {time.monotonic() - start:.0f} s", file=sys.stderr)
    done = [f"{outer}-{seed}" for outer, seed in cells if (settings.work / "data" / f"{outer}-{seed}" / "done").is_file()]
    request = {"cells": done, "data": str(settings.work / "data"), "experts": settings.experts, "epochs": settings.epochs,
               "steps": settings.steps, "batch": settings.batch, "size": settings.size, "seeds": settings.seeds,
               "program": str(settings.program), "work": str(settings.work), "tables": str(settings.tables)}
    subprocess.run([python, Path(__file__).parent / "tables.py"], input=json.dumps(request), text=True, check=True)


if __name__ == "__main__":
    main()
