"""The arms: every way of making a detector out of the same pool, scored on the domain that the pool lacks.

Each arm becomes one table of scores with a column per seed, which `dfprep evaluate` and `dfprep compare` judge: intervals over
seeds and groups, headline the mean over domains of the AUC within each.
"""
import csv
import json
import subprocess

import numpy

import pipelines
import scores
import shortcuts

CONTRASTIVE = [f"{kind}-{pool}" for kind in ("cross-entropy", "supcon", "mpl", "supcon-mpl") for pool in ("known", "role")]
TITLES = {
    "one": "(i) conventional split, one model",
    "seeds": "(ii) K seeds of it, averaged",
    "folds": "(iii) K random group folds, averaged",
    "experts": "(iv) cluster experts, each by itself",
    "mixture": "(v) cluster experts, averaged",
    "shortcuts": "(vi) measures of the crops alone",
    "cross-entropy-known": "pretrain (cross entropy), half of the labels",
    "cross-entropy-role": "pretrain (cross entropy), all labels",
    "supcon-known": "supcon, half of the labels",
    "supcon-role": "supcon, all labels",
    "mpl-known": "mpl, unlabelled: left-over training crops",
    "mpl-role": "mpl, unlabelled: the other half of the unseen domain",
    "supcon-mpl-known": "supcon-mpl, unlabelled: left-over training crops",
    "supcon-mpl-role": "supcon-mpl, unlabelled: the other half of the unseen domain",
}
COMPARED = [("one", "seeds"), ("one", "mixture"), ("seeds", "mixture"), ("folds", "mixture"),
            ("cross-entropy-known", "supcon-mpl-known"), ("cross-entropy-role", "supcon-mpl-role"),
            ("supcon-mpl-known", "supcon-mpl-role")]


def columns(cell, arm):
    """Rows of the unseen domain and the arm's scores: one column, or one per expert."""
    def conventional(number, name=f"{pipelines.ARM}-scores"):
        table = cell.table(f"conventional-{number}", name)
        rows = table.unseen()
        return rows, table.expert(rows, 0)

    if arm == "one":
        rows, values = conventional(0)
        return rows, [values]
    if arm == "seeds":
        found = [conventional(number) for number in range(cell.settings["experts"])]
        return found[0][0], [numpy.mean([values for _, values in found], axis=0)]
    if arm in ("folds", "mixture", "experts"):
        table = cell.arm("random" if arm == "folds" else "clusters")
        rows = table.unseen()
        return rows, [table.expert(rows, n) for n in range(table.experts)] if arm == "experts" else [table.mixture(rows)]
    if arm == "shortcuts":
        return shortcuts.columns(cell)
    rows, values = conventional(0, f"{arm}-scores")
    return rows, [values]


def write(cells, arm, outers, file):
    """One table of all domains; a domain's rows have the scores of the models that lacked it."""
    lines = {}
    for cell in cells:
        if cell.outer not in outers:
            continue
        rows, found = columns(cell, arm)
        for index, row in enumerate(rows):
            line = lines.setdefault(row["key"], {
                "key": row["key"], "video": row["video"], "group": row["group"], "dataset": scores.domain(row),
                "method": row["method"], "label": row["label"], "scores": []})
            line["scores"] += [values[index] for values in found]
    width = min(len(line["scores"]) for line in lines.values())
    names = ["key", "video", "group", "dataset", "method", "label"]
    with open(file, "w", newline="") as text:
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(names + [f"seed-{number}" for number in range(width)])
        # A domain whose clusters were joined has fewer experts: all have as many columns as the fewest.
        writer.writerows([[line[name] for name in names] + line["scores"][:width] for line in lines.values()])


def dfprep(settings, *command):
    done = subprocess.run([settings["program"], *map(str, command), "--json"], stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout)


def judged(cells, outers, folder, settings):
    """What `dfprep evaluate` says of each arm, and `dfprep compare` of pairs."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {arm: folder / f"{arm}.csv" for arm in TITLES}
    for arm, file in files.items():
        write(cells, arm, outers, file)
    found = {arm: dfprep(settings, "evaluate", file) for arm, file in files.items()}
    pairs = {pair: dfprep(settings, "compare", files[pair[0]], files[pair[1]]) for pair in COMPARED}
    return found, pairs
