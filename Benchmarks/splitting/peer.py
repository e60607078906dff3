"""scikit-learn's StratifiedGroupKFold on a table: peer.py TABLE OUTPUT FOLDS label|method. Prints seconds as JSON."""
import csv
import json
import sys
import time

import numpy
from sklearn.model_selection import StratifiedGroupKFold

table, output, folds, by = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
with open(table) as file:
    rows = list(csv.DictReader(file))
classes = numpy.array([row["label"] if by == "label" else f"{row['label']} {row['method']}" for row in rows])
groups = numpy.array([row["group"] for row in rows])
start = time.monotonic()
fold_of = numpy.zeros(len(rows), dtype=int)
for fold, (_, held) in enumerate(StratifiedGroupKFold(n_splits=folds).split(classes, classes, groups)):
    fold_of[held] = fold
seconds = time.monotonic() - start
with open(output, "w", newline="") as file:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["video", "label", "method", "group", "fold"])
    for row, fold in zip(rows, fold_of):
        writer.writerow([row["video"], row["label"], row["method"], row["group"], fold])
print(json.dumps({"split": seconds}))
