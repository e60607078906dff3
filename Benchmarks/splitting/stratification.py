"""Folds under groups, in proportion: `dfprep split` beside scikit-learn's StratifiedGroupKFold."""
import collections
import csv
import json
import random

import common

ROWS, GROUPS, FOLDS = 100_000, 5_000, 5
PACKAGES = ["scikit-learn==1.7.2", "numpy==2.3.4"]
PEER = "scikit-learn 1.7.2 StratifiedGroupKFold"
METHODS = ["Deepfakes", "Face2Face", "FaceSwap", "NeuralTextures", "FaceShifter", "SimSwap", "StyleGAN2", "diffusion"]


def make_table(path):
    """Groups of a few to a few hundred rows, as families tied by identity are; rare methods and common ones."""
    draw = random.Random(17)
    weights = [draw.lognormvariate(0, 1.2) for _ in range(GROUPS)]
    common_methods = [1 / (1 + rank) for rank in range(len(METHODS))]
    rows = []
    for group in range(GROUPS):
        count = max(1, round(ROWS * weights[group] / sum(weights)))
        own = draw.choices(METHODS, common_methods, k=draw.randint(1, 4))
        real = draw.betavariate(1.2, 4)
        for _ in range(count):
            is_real = draw.random() < real
            rows.append([f"v{len(rows):06d}", 0 if is_real else 1, "" if is_real else draw.choice(own), f"g{group:04d}"])
    while len(rows) > ROWS:
        rows.pop(draw.randrange(len(rows)))
    while len(rows) < ROWS:
        group = draw.randrange(GROUPS)
        rows.append([f"x{len(rows):06d}", 1, METHODS[0], f"g{group:04d}"])
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
