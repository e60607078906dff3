"""Folds under groups, in proportion: `dfprep split` beside scikit-learn's StratifiedGroupKFold."""
import collections
import csv
import itertools
import json
import random

import common

ROWS, GROUPS, FOLDS = 100_000, 5_000, 5
PACKAGES = ["scikit-learn==1.7.2", "numpy==2.3.4"]
PEER = "scikit-learn 1.7.2 StratifiedGroupKFold"
METHODS = ["Deepfakes", "Face2Face", "FaceSwap", "NeuralTextures", "FaceShifter", "SimSwap", "StyleGAN2", "diffusion"]


def make_table(path):
    """Groups as identities tie them: videos of 4 to 8 crops each, most groups of a few, some of dozens; rare methods and
    common ones, one to four to a group."""
    draw = random.Random(17)
    weights = [draw.lognormvariate(0, 0.9) for _ in range(GROUPS)]
    frequency = [1 / (1 + rank) for rank in range(len(METHODS))]
    methods = [draw.choices(METHODS, frequency, k=draw.randint(1, 4)) for _ in range(GROUPS)]
    sums = list(itertools.accumulate(weights))
    rows = []
    # Every group has a video; the others go where the weights say, until there are rows enough.
    groups = list(range(GROUPS))
    while len(rows) < ROWS:
        group = groups.pop() if groups else draw.choices(range(GROUPS), cum_weights=sums)[0]
        method = "" if draw.random() < 0.25 else draw.choice(methods[group])
        for _ in range(min(draw.randint(4, 8), ROWS - len(rows))):
            rows.append([f"v{len(rows):06d}", 0 if method == "" else 1, method, f"g{group:04d}"])
    draw.shuffle(rows)
    with open(path, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["video", "label", "method", "group"])
        writer.writerows(rows)


def errors(table, path):
    """Rows beside their shares by label, by method and by size, and groups in two folds."""
    with open(table) as file:
        truth = {row["video"]: row for row in csv.DictReader(file)}
    folds, sides = collections.defaultdict(collections.Counter), collections.defaultdict(set)
    with open(path) as file:
        for row in csv.DictReader(file):
            known = truth.pop(row["video"])
            for value in [("label", known["label"]), ("method", known["label"], known["method"]), ("size",)]:
                folds[value][row["fold"]] += 1
            sides[known["group"]].add(row["fold"])
    if truth:
        common.missing(f"{path} lacks {len(truth)} rows")
    beside = collections.Counter()
    for value, counts in folds.items():
        share = sum(counts.values()) / FOLDS
        beside[value[0]] += sum(abs(counts[str(fold)] - share) for fold in range(FOLDS)) / 2
    return {**beside, "leaks": sum(len(found) > 1 for found in sides.values())}


def measure(runs, about):
    table = common.SCRATCH / "table.csv"
    make_table(table)
    python = common.environment("splitting", PACKAGES)
    commands = {
        "ours": [common.DFPREP, "split", table, "--folds", FOLDS, "--stratify", "label,method", "--output",
                 common.SCRATCH / "ours.csv"],
        "label": [python, common.HERE / "peer.py", table, common.SCRATCH / "label.csv", FOLDS, "label"],
        "method": [python, common.HERE / "peer.py", table, common.SCRATCH / "method.csv", FOLDS, "method"],
    }
    results = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            results[name].append(common.measure(command))
    quality = {name: errors(table, common.SCRATCH / f"{name}.csv") for name in commands}
    work = f"{ROWS} rows, {GROUPS} groups, {FOLDS} folds"
    rows = []
    for name, asked in [("label", "by label"), ("method", "by label and method")]:
        peer = f"{PEER}, {asked}"
        for value in ["label", "method", "size"]:
            rows.append(common.row(f"{work}, beside their shares of {value}s", [quality["ours"][value]],
                                   [quality[name][value]], peer, "rows", 1, about))
        rows.append(common.row(f"{work}, groups in two folds", [quality["ours"]["leaks"]], [quality[name]["leaks"]], peer,
                               "groups", 1, about))
        for unit, key in [("s wall", "wall"), ("s CPU", "cpu"), ("MiB peak", "memory")]:
            rows.append(common.row(work, [run[key] for run in results["ours"]], [run[key] for run in results[name]], peer,
                                   unit, 1, f"{about}; whole command, reading and writing the table"))
        rows.append(common.row(
            f"{work}, ours with reading and writing", [run["wall"] for run in results["ours"]],
            [json.loads(run["output"])["split"] for run in results[name]], f"{peer}, split() alone", "s wall", 1, about))
    return rows
