"""Near-duplicates: `dfprep duplicates` beside imagededup and CleanVision on planted copies, in the same run. See README.md.

Standard library alone; what needs the peers runs as planted.py in an environment of its own under build/bench. Reports,
and never fails on figures; exit status 69 where dfprep or the pictures are missing.
"""
import json
import os
import random
import statistics
import subprocess
import sys
import time
import types
from pathlib import Path

import common
from common import DFPREP, HERE, ROOT, missing

SCRATCH = common.BUILD / "duplicates"
# imagededup declares PyTorch, 5 GB, for its network alone; its hashes do without, so it is installed by itself.
ALONE = ["imagededup==0.3.3.post2"]
PEERS = ["cleanvision==0.3.7", "Pillow", "PyWavelets", "numpy", "scikit-learn", "scipy", "tqdm", "matplotlib"]
# Figures that are no gate but a promise: how many times better than the peer.
QUALITY_GOAL, HASH_GOAL, SEARCH_GOAL = 1.0, 2.0, 1.0
MILLION_GOAL_SECONDS = 10.0


def environment():
    """The Python that has the peers."""
    return common.environment("duplicates-peers", PEERS, ALONE)


def peer(python, *arguments):
    done = subprocess.run([python, HERE / "planted.py", *map(str, arguments)], capture_output=True, text=True)
    if done.returncode != 0:
        missing(f"planted.py {arguments[0]} failed\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def media():
    data = os.environ.get("DFPREP_DATA")
    demo = ROOT / "build/demo/media"
    folder = Path(data).resolve() if data else demo
    if not any(folder.rglob("*.jpg")):
        missing("no pictures: set DFPREP_DATA, or fetch the demo's as `make demo-media` does")
    return folder, demo


def ours(*arguments, cores=None):
    pin = ["taskset", "-c", cores] if cores else []
    start = time.perf_counter()
    done = subprocess.run([*pin, DFPREP, "duplicates", "--json", *map(str, arguments)], capture_output=True, text=True)
    seconds = time.perf_counter() - start
    if done.returncode != 0:
        missing(f"dfprep duplicates {arguments}: {done.stderr}")
    return json.loads(done.stdout), seconds


def score(pairs, names, kinds):
    """Recall and precision among originals and the copies of some kinds: (original, copy) is right, two originals wrong."""
    def part(path):
        number, kind = Path(path).stem.split("--")
        return number, kind

    wanted = {part(name) for name in names if part(name)[1] in kinds}
    right, wrong = set(), set()
    for first, second in pairs:
        one, other = part(first), part(second)
        if not {one[1], other[1]} <= kinds | {"original"}:
            continue
        if one[0] != other[0]:
            wrong.add((min(first, second), max(first, second)))
        elif "original" in (one[1], other[1]):
            right.add(other if one[1] == "original" else one)
    recall = len(right) / max(1, len(wanted))
    precision = len(right) / max(1, len(right) + len(wrong))
    f1 = 2 * recall * precision / max(1e-9, recall + precision)
    return {"recall": recall, "precision": precision, "f1": f1, "wrong": sorted(wrong), "count": len(wanted)}


def row(work, a, b, name, unit, goal, note, ratio, runs=1, cores=2):
    return {"work": work, "ours": a, "peer": b, "peer_name": name, "unit": unit, "ratio": round(ratio, 3), "goal": goal,
            "met": ratio >= goal, "runs": runs, "cores": cores, "note": note}


def quality(python, planted, kinds, rows):
    """A table of each kind of copy, of all but the turned ones, and of all; peers at their default and at their best threshold.

    Whether two files are a pair hangs on no third, so all are looked at once and the pairs told apart by kind."""
    names = [path.name for path in planted.iterdir()]
    found = peer(python, "peers", planted)
    answer, _ = ours(planted)
    mine_pairs = [[pair["first"], pair["second"]] for pair in answer["pairs"]]
    straight = {kind for kind in kinds if not kind.startswith("turn")}
    sets = {kind: {kind} for kind in kinds}
    sets["all but turned and mirrored"] = {kind for kind in straight if "mirror" not in kind}
    sets["all but turned"] = straight
    sets["all"] = set(kinds)
    best = {name: max(by, key=lambda label: score(by[label], names, straight)["f1"]) for name, by in found.items()}
    for title, chosen in sets.items():
        mine = score(mine_pairs, names, chosen)
        for name, by in found.items():
            for label in dict.fromkeys(["default", best[name]]):
                other = score(by[label], names, chosen)
                at = f"{name}, {'default' if label == 'default' else f'best threshold {label} bits'}"
                note = (f"{mine['count']} copies; ours recall {mine['recall']:.3f} precision {mine['precision']:.3f}, "
                        f"peer recall {other['recall']:.3f} precision {other['precision']:.3f}; pairs of different "
                        f"pictures: ours {len(mine['wrong'])}, peer {len(other['wrong'])}")
                rows.append(row(f"copies: {title}", round(mine["f1"], 4), round(other["f1"], 4), at, "F1", QUALITY_GOAL,
                                note, mine["f1"] / max(1e-4, other["f1"])))
    return score(mine_pairs, names, straight)["wrong"]


def hashing(python, folders, rows, runs):
    for name, folder in folders.items():
        count = sum(1 for path in folder.iterdir())
        for cores, pinned in [(1, "0"), (2, "0,1")]:
            mine, others, whole, found = [], [], [], []
            for _ in range(runs):
                mine.append(ours(folder, "--radius", 0, "--no-cuts", cores=pinned)[1])
                others.append(peer(python, "hash", folder, cores)["seconds"])
            for _ in range(runs):
                whole.append(ours(folder, cores=pinned)[1])
                found.append(peer(python, "find", folder, cores)["seconds"])
            for work, a, b, goal in [("hashing", mine, others, HASH_GOAL), ("finding near-duplicates", whole, found, 1.0)]:
                a, b = [[1000 * seconds / count for seconds in values] for values in (a, b)]
                rows.append(row(
                    f"{work}: {count} {name}", round(statistics.median(a), 4), round(statistics.median(b), 4),
                    "imagededup PHash", "ms an image", goal,
                    f"from file bytes; ours the whole command with mirrors"
                    f"{'' if work == 'hashing' else ', 32 views of each and the second look'}, "
                    f"the peer without its start and imports, {'one process' if cores == 1 else 'its two processes'}; "
                    f"ours {min(a):.3g} to {max(a):.3g}, peer {min(b):.3g} to {max(b):.3g}",
                    statistics.median(b) / statistics.median(a), runs, cores))


def searching(python, rows, runs):
    """Every pair within a radius: random hashes of which every tenth has a near one."""
    def hashes(count):
        draw = random.Random(count)
        values = [draw.getrandbits(64) for _ in range(count * 9 // 10)]
        while len(values) < count:
            value = values[draw.randrange(count * 9 // 10)]
            for bit in draw.sample(range(64), draw.randrange(9)):
                value ^= 1 << bit
            values.append(value)
        path = SCRATCH / f"hashes-{count}.txt"
        path.write_text("".join(f"{value:016x}\n" for value in values))
        return path

    large = hashes(1_000_000)
    for radius in [4, 6, 8]:
        # The peer's time grows with the square of their number.
        for method, count in [("bktree", 2_000), ("brute_force_cython", 8_000)]:
            small = hashes(count)
            mine = [ours("--hashes", small, "--radius", radius)[0] for _ in range(runs)]
            other = peer(python, "search", small, radius, method)
            same = "the same" if other["pairs"] == mine[0]["pairs"] else f"{other['pairs']}"
            median = statistics.median(one["seconds"] for one in mine)
            rows.append(row(
                f"pairs within {radius} bits of {count:,} hashes", round(median, 4), round(other["seconds"], 4),
                f"imagededup {method}", "s", SEARCH_GOAL,
                f"{mine[0]['pairs']} pairs, the peer {same}; the peer once, two processes",
                other["seconds"] / median, runs))
        many = [ours("--hashes", large, "--radius", radius)[0] for _ in range(runs)]
        median = statistics.median(one["seconds"] for one in many)
        rows.append(row(
            f"pairs within {radius} bits of 1,000,000 hashes", round(median, 3), MILLION_GOAL_SECONDS,
            "a goal of our own, no peer was run", "s", 1.0, f"{many[0]['pairs']} pairs; no peer was run at this size",
            MILLION_GOAL_SECONDS / median, runs))


def prepared(part):
    """A section: the rows of one part, with the machine in their notes, from the same pictures each time."""
    def measure(runs, about):
        rows = []
        part(runs, environment(), rows)
        return [{**entry, "note": f"{about}; {entry['note']}"} for entry in rows]

    return types.SimpleNamespace(measure=measure)


def plant(python):
    planted = SCRATCH / "planted"
    made = peer(python, "plant", planted, *media())
    print(f"duplicates: {made['pictures']} pictures, {len(made['kinds'])} copies of each", file=sys.stderr)
    return planted, made


def copies_rows(_, python, rows):
    planted, made = plant(python)
    for pair in quality(python, planted, made["kinds"], rows):
        print(f"duplicates: two pictures taken for one: {pair[0]} {pair[1]}", file=sys.stderr)


def hashing_rows(runs, python, rows):
    folders = peer(python, "speed", SCRATCH, media()[0])["speed"]
    hashing(python, {name: Path(folder) for name, folder in folders.items()}, rows, runs)


COPIES, HASHING = prepared(copies_rows), prepared(hashing_rows)
SEARCHING = prepared(lambda runs, python, rows: searching(python, rows, runs))
