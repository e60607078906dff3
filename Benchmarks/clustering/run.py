#!/usr/bin/env python3
"""Clusters of features: dfprep beside Python peers, on the same rows, in the same run. See README.md.

Standard library alone; peers run in an environment of their own under build/bench. Reports, and never fails on speed; exit
status 69 where dfprep is missing. A section is a file with a function `measure_section(runs, about)` that returns entries.
"""
import argparse
import json
import os
import shutil
import sys
from pathlib import Path

import common
import kmeans
import mapped

SECTIONS = {"k-means": kmeans, "mapped": mapped}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5, help="of each, one after another in turn (default 5)")
    parser.add_argument("--only", choices=list(SECTIONS), help="one section; the others' entries stay as they are")
    parser.add_argument("--results", type=Path, default=common.RESULTS, help="file to write")
    arguments = parser.parse_args()
    if not common.DFPREP.is_file():
        common.missing("no .build/release/dfprep; run `make build`")
    shutil.rmtree(common.SCRATCH, ignore_errors=True)
    common.SCRATCH.mkdir(parents=True)
    about = f"{common.machine()}, load average {os.getloadavg()[0]:.1f} at the start"
    print(about, file=sys.stderr)
    kept = []
    if arguments.only and arguments.results.is_file():
        kept = [row for row in json.loads(arguments.results.read_text()) if row.get("section") != arguments.only]
    rows = []
    for name, section in SECTIONS.items():
        if arguments.only in (None, name):
            rows += [{**row, "section": name} for row in section.measure_section(arguments.runs, about)]
    common.show(rows)
    arguments.results.parent.mkdir(parents=True, exist_ok=True)
    arguments.results.write_text("[\n" + ",\n".join(json.dumps(row) for row in kept + rows) + "\n]\n")
    shutil.rmtree(common.SCRATCH)


if __name__ == "__main__":
    main()
