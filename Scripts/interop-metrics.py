"""Holds dfprep's metrics of random tables against scikit-learn's.

Usage: interop-metrics.py DFPREP-COMMAND. Tables have ties, probabilities of 0 and 1, domains of one class, and videos of
one to five frames. Prints how many numbers agree; exits with 1 where one differs by more than 1e-9.
"""

import csv
import functools
import json
import operator
import pathlib
import statistics
import subprocess
import sys
import tempfile

import numpy as np
import sklearn
from sklearn import calibration, metrics

TOLERANCE = 1e-9
TABLES = 60
BINS = 15
RATE = "truePositiveRateAtFalsePositiveRate0.001"


def make_table(generator, path, drift=0.0):
    """Writes a table; returns its rows as (key, video, domain, label, score)."""
    levels = int(generator.integers(2, 40))
    kind = generator.choice(["both", "both", "both", "one"])
    rows = []
    for number in range(int(generator.integers(2, 120))):
        label = 1 if kind == "one" else int(generator.integers(0, 2))
        domain = ["known", "unknown-post", "fakes-alone"][int(generator.integers(0, 3))]
        label = 1 if domain == "fakes-alone" else label
        for frame in range(int(generator.integers(1, 6))):
            score = int(generator.integers(0, levels + 1)) / levels
            score = min(1.0, score + drift * label)
            rows.append((f"v{number}/{frame}", f"v{number}", domain, label, score))
    write(path, rows)
    return rows


def write(path, rows):
    with open(path, "w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["path", "video", "domain", "label", "score"])
        table.writerows((*row[:4], repr(row[4])) for row in rows)


def mean(scores):
    """One addition after the other, so that means tie here where they tie in dfprep."""
    return functools.reduce(operator.add, scores) / len(scores)


def videos(rows, join=mean):
    """One row per video, its score joined of its frames'."""
    frames = {}
    for _, video, domain, label, score in rows:
        frames.setdefault((video, domain, label), []).append(score)
    return [(key[0], key[0], key[1], key[2], join(scores)) for key, scores in sorted(frames.items())]


def expected(rows):
    """Every metric by scikit-learn, by dfprep's names; undefined ones left out."""
    labels = np.array([row[3] for row in rows])
    scores = np.array([row[4] for row in rows])
    clipped = np.column_stack([np.clip(1 - scores, 1e-15, 1), np.clip(scores, 1e-15, 1)])
    fakes_called = (scores > 0.5).astype(int)
    found = {
        "accuracy": metrics.accuracy_score(labels, fakes_called),
        "logLoss": metrics.log_loss(labels, clipped, labels=[0, 1]),
        "calibrationError": calibration_error(labels, scores),
    }
    if len(set(labels)) < 2:
        return found
    falses, trues, _ = metrics.roc_curve(labels, scores, drop_intermediate=False)
    found |= {
        "auc": metrics.roc_auc_score(labels, scores),
        "averagePrecision": metrics.average_precision_score(labels, scores),
        "equalErrorRate": float(np.interp(0, falses + trues - 1, falses)),
        RATE: float(trues[falses <= 1e-3].max()),
        "balancedAccuracy": metrics.balanced_accuracy_score(labels, fakes_called),
        "f1": metrics.f1_score(labels, fakes_called),
    }
    return found


def calibration_error(labels, scores):
    shares, means = calibration.calibration_curve(labels, scores, n_bins=BINS) if len(set(labels)) > 1 else (None, None)
    edges = np.linspace(0, 1, BINS + 1)
    places = np.searchsorted(edges[1:-1], scores)
    counts = np.bincount(places, minlength=BINS)
    if shares is None:
        sums = np.bincount(places, weights=scores - labels, minlength=BINS)
        return float(np.abs(sums).sum() / len(scores))
    return float((np.abs(shares - means) * counts[counts > 0]).sum() / len(scores))


class Check:
    def __init__(self):
        self.numbers, self.problems = 0, []

    def equal(self, name, found, wanted):
        self.numbers += 1
        if found is None or wanted is None:
            agree = found is wanted
        else:
            agree = np.shape(found) == np.shape(wanted) and np.allclose(found, wanted, rtol=0, atol=TOLERANCE)
        if not agree:
            self.problems.append(f"{name}: {found}, scikit-learn {wanted}")

    def metrics(self, name, found, rows):
        wanted = expected(rows)
        self.equal(f"{name}: names", sorted(found) == sorted(wanted), True)
        for metric, value in wanted.items():
            self.equal(f"{name}: {metric}", found.get(metric, {}).get("value"), value)

    def curves(self, name, found, rows):
        labels, scores = [row[3] for row in rows], [row[4] for row in rows]
        if len(set(labels)) < 2:
            self.equal(f"{name}: no curve", found["roc"], [])
            return
        falses, trues, _ = metrics.roc_curve(labels, scores, drop_intermediate=False)
        self.equal(f"{name}: ROC", [[p["falsePositiveRate"], p["truePositiveRate"]] for p in found["roc"]],
                   np.column_stack([falses, trues]))
        precision, recall, _ = metrics.precision_recall_curve(labels, scores)
        # scikit-learn goes from the lowest threshold up, and ends with a point of its own.
        self.equal(f"{name}: precision-recall", [[p["recall"], p["precision"]] for p in found["precisionRecall"]],
                   np.column_stack([recall, precision])[:-1][::-1])
        shares, means = calibration.calibration_curve(labels, scores, n_bins=BINS)
        self.equal(f"{name}: calibration", [[p["fakeShare"], p["meanProbability"]] for p in found["calibration"]],
                   np.column_stack([shares, means]))


def run(command, *arguments):
    done = subprocess.run([command, *arguments, "--json", "--draws", "100"], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"interop: {' '.join(map(str, arguments))}: {done.stderr}")
    return json.loads(done.stdout)


def headline(rows):
    areas = []
    for domain in sorted({row[2] for row in rows}):
        inside = [row for row in rows if row[2] == domain]
        if len({row[3] for row in inside}) == 2:
            areas.append(metrics.roc_auc_score([row[3] for row in inside], [row[4] for row in inside]))
    return float(np.mean(areas)) if areas else None


def check_table(check, command, folder, seed):
    generator = np.random.default_rng(seed)
    first, second = folder / "first.csv", folder / "second.csv"
    rows = make_table(generator, first)
    assessment = run(command, "evaluate", first)[0]
    for level, level_rows in (("frames", rows), ("videos", videos(rows))):
        name = f"table {seed}, {level}"
        whole = assessment["levels"][level]
        check.metrics(name, whole["pooled"]["metrics"], level_rows)
        check.curves(name, whole["curves"], level_rows)
        for part in assessment["breakdowns"]:
            if part["level"] == level and part["dimension"] == "domain" and not part["borrowsReals"]:
                inside = [row for row in level_rows if row[2] == part["part"]]
                check.metrics(f"{name}, {part['part']}", part["estimates"]["metrics"], inside)
    estimate = assessment["levels"]["videos"]["headline"].get("estimate") or {}
    check.equal(f"table {seed}: headline", estimate.get("value"), headline(videos(rows)))
    for join, function in (("mean", mean), ("median", statistics.median), ("max", max)):
        check.metrics(f"table {seed}, {join}", assessment["aggregations"][join], videos(rows, function))

    other = [(*row[:4], float(generator.integers(0, 9)) / 8) for row in rows]
    write(second, other)
    comparison = run(command, "compare", first, second)[0]
    both = next(p for p in comparison["parts"] if p["level"] == "videos" and "domain" not in p)
    left, right = expected(videos(rows)), expected(videos(other))
    for metric, pair in both["metrics"].items():
        check.equal(f"table {seed}: difference of {metric}", pair["difference"], right[metric] - left[metric])


def main(command):
    check = Check()
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(TABLES):
            check_table(check, command, pathlib.Path(folder), seed)
    for problem in check.problems[:20]:
        print(f"interop: {problem}", file=sys.stderr)
    print(f"{TABLES} tables, {check.numbers} numbers and curves, {len(check.problems)} differ from scikit-learn "
          f"{sklearn.__version__} by more than {TOLERANCE}")
    sys.exit(1 if check.problems else 0)


if __name__ == "__main__":
    main(sys.argv[1])
