#!/usr/bin/env python3
"""Kills runs of a pipeline at random moments and holds what comes of them against a run that was left alone.

    soak.py --dfprep PATH --pipeline FILE --work FOLDER [--kills N] [--seed S]

Every round starts the run (again), waits a random while and sends SIGKILL to the coordinator, to one of its workers, or to
all of them at once; a run that ends before its kill is begun anew from an empty store. At the end, and whenever a run
ends, shards, folds, models, features and the catalog's content are compared with those of the run that was left alone:
places, hosts, times and states aside, they are to be the same byte for byte. Standard library alone. Exit status 1 on any
difference, quarantine or failure.
"""
import argparse
import hashlib
import json
import os
import random
import shutil
import signal
import sqlite3
import struct
import subprocess
import sys
import time
from pathlib import Path

# Columns of the catalog that say where or how something was done, not what.
ACCIDENTS = {"sample": {"pack", "offset", "length"}, "stage": {"state", "seconds"}, "about": {"inputs"}}
# Published files that hold no time, host or path.
COMPARED = ["shards", "folds", "models"]


def fail(what):
    print(f"soak: {what}", file=sys.stderr)
    sys.exit(1)


class Runner:
    def __init__(self, arguments):
        self.dfprep, self.pipeline, self.work = arguments.dfprep, arguments.pipeline, arguments.work
        self.random = random.Random(arguments.seed)

    def command(self, name):
        return [str(self.dfprep), "run", str(self.pipeline), "--quiet", "--jobs", "2",
                "--store", str(self.work / f"{name}-store"), "--output", str(self.work / name)]

    def start(self, name):
        # Work is put by after every family, so that a kill meets every step of that, too.
        environment = {**os.environ, "DFPREP_CHECKPOINT": "0.2"}
        log = open(self.work / f"{name}.log", "ab")
        return subprocess.Popen(self.command(name), stdout=log, stderr=log, env=environment)

    def finish(self, name, attempts=20):
        """Runs to the end; 75 (unfinished, such as after the death of a worker) is no failure but a reason to go on."""
        for _ in range(attempts):
            status = self.start(name).wait()
            if status == 0:
                return
            if status != 75:
                break
        tail = (self.work / f"{name}.log").read_text(errors="replace")[-2000:]
        fail(f"the run ended with {status}\n{tail}")

    def forget(self, name):
        for folder in [self.work / name, self.work / f"{name}-store"]:
            shutil.rmtree(folder, ignore_errors=True)

    # What a run left, as digests by name.

    def snapshot(self, name):
        found = {}
        for folder in COMPARED:
            for path in sorted((self.work / name / folder).rglob("*")):
                if path.is_file():
                    relative = path.relative_to(self.work / name)
                    found[f"file {relative}"] = hashlib.sha256(path.read_bytes()).hexdigest()
        found.update(self.features(self.work / f"{name}-store"))
        found.update(self.catalog(self.work / name / "catalog.sqlite"))
        if not any(key.endswith(".tar") for key in found):
            fail("the pipeline writes no shard; take one that does")
        return found

    @staticmethod
    def features(store):
        """A digest per stage, of all rows by key, whatever units they are in."""
        rows = {}
        for path in store.glob("samples/*/*/features.npy"):
            if path.parent.name.startswith("."):
                continue
            keys = (path.parent / "keys.txt").read_text().split()
            data = path.read_bytes()
            start = 10 + struct.unpack("<H", data[8:10])[0]
            width = (len(data) - start) // max(1, len(keys))
            for index, key in enumerate(keys):
                row = data[start + index * width:start + (index + 1) * width]
                rows.setdefault(path.parent.parent.name, {})[key] = hashlib.sha256(row).hexdigest()
        return {f"features {stage}": hashlib.sha256(repr(sorted(of.items())).encode()).hexdigest()
                for stage, of in rows.items()}

    @staticmethod
    def catalog(path):
        database = sqlite3.connect(path)
        found = {}
        for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
            kept = [column for column in columns if column not in ACCIDENTS.get(table, ())]
            if kept:
                rows = database.execute(f"SELECT {', '.join(kept)} FROM {table}").fetchall()
                found[f"table {table}"] = hashlib.sha256(repr(sorted(map(repr, rows))).encode()).hexdigest()
        database.close()
        return found

    # Killing.

    @staticmethod
    def workers(process):
        found = []
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit():
                try:
                    fields = (folder / "stat").read_text().rsplit(")", 1)[1].split()
                except (OSError, IndexError):
                    continue
                if int(fields[1]) == process.pid:
                    found.append(int(folder.name))
        return found

    def kill(self, process):
        """Kills what chance takes; returns its name, or None where there was nothing left to kill."""
        whom = self.random.choice(["coordinator", "worker", "everything"])
        workers = self.workers(process)
        victims = {"coordinator": [process.pid], "worker": self.random.sample(workers, min(1, len(workers))),
                   "everything": [process.pid] + workers}[whom]
        if process.poll() is not None or not victims:
            return None
        for victim in victims:
            try:
                os.kill(victim, signal.SIGKILL)
            except ProcessLookupError:
                pass
        if whom == "worker":
            # The coordinator gets over it, or says that it did not.
            status = process.wait()
            if status not in (0, 75):
                fail(f"the death of a worker ended the run with {status}")
        process.wait()
        return whom

    def tear(self, name):
        """Leaves half a line at the end of the log, as a kill in the middle of a write would."""
        path = self.work / name / "events.jsonl"
        if path.exists() and self.random.random() < 0.3:
            with open(path, "ab") as file:
                file.write(b'{"event":"run-sta')


def differences(expected, found):
    return [f"{key}: {'missing' if key not in found else 'not expected' if key not in expected else 'differs'}"
            for key in sorted(expected.keys() | found.keys()) if expected.get(key) != found.get(key)]


def check(runner, name, expected):
    wrong = differences(expected, runner.snapshot(name))
    if wrong:
        fail("not as in the run that was left alone:\n  " + "\n  ".join(wrong))
    status = json.loads(subprocess.run([runner.dfprep, "status", runner.work / name, "--json"], check=True,
                                       stdout=subprocess.PIPE).stdout)
    if status["sources"].get("quarantined") or not status["isFinished"]:
        fail(f"sources {status['sources']}, finished: {status['isFinished']}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dfprep", type=Path, required=True)
    parser.add_argument("--pipeline", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True, help="folder for stores and runs; emptied first")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    shutil.rmtree(arguments.work, ignore_errors=True)
    arguments.work.mkdir(parents=True)
    runner = Runner(arguments)
    begun = time.monotonic()
    runner.finish("alone", attempts=1)
    whole = time.monotonic() - begun
    expected = runner.snapshot("alone")
    kills, ends = {}, 0
    while sum(kills.values()) < arguments.kills:
        process = runner.start("killed")
        # Half of the time a run takes: long enough to come to every stage, short enough to be met in most.
        time.sleep(runner.random.uniform(0, whole / 2))
        whom = runner.kill(process)
        if whom:
            kills[whom] = kills.get(whom, 0) + 1
            runner.tear("killed")
        if process.wait() == 0:
            ends += 1
            check(runner, "killed", expected)
            runner.forget("killed")
    runner.finish("killed")
    check(runner, "killed", expected)
    subprocess.run([runner.dfprep, "verify", runner.work / "killed"], check=True, stdout=subprocess.DEVNULL)
    print(f"soak: {sum(kills.values())} kills ({', '.join(f'{n} {w}' for w, n in sorted(kills.items()))}), "
          f"{ends + 1} runs brought to their end, all {len(expected)} digests as in the run left alone; "
          f"{time.monotonic() - begun:.0f} s, of which one run takes {whole:.1f}")


if __name__ == "__main__":
    main()
