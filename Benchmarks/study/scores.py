"""Scores of the study's runs: what `evaluate` left, by cell."""
import csv
from pathlib import Path

import numpy

import domains
import pipelines


class Table:
    """predictions.csv: a row per sample that has a score, in the order of the keys."""

    def __init__(self, file):
        with open(file, newline="") as text:
            rows = [row for row in csv.DictReader(text) if not row["missing"] and row["made"] != "1"]
        self.rows = sorted(rows, key=lambda row: row["key"])
        self.experts = sum(name.startswith("expert-") for name in rows[0])

    def unseen(self):
        """Rows of the domain left out."""
        return [row for row in self.rows if row["role"] == "test"]

    def validation(self, fold):
        return [row for row in self.rows if row["role"] == "train" and row["fold"] == str(fold)]

    def expert(self, rows, number):
        return numpy.array([float(row[f"expert-{number}"]) for row in rows])

    def mixture(self, rows):
        return numpy.array([float(row["mixture"]) for row in rows])


class Cell:
    """One domain left out, one seed."""

    def __init__(self, folder, settings):
        self.folder, self.settings = Path(folder), settings
        self.outer, seed = self.folder.name.rsplit("-", 1)
        self.seed = int(seed)
        self._tables = {}

    def table(self, pipeline, evaluate):
        """Of several stages `evaluate` the last publishes in the usual place."""
        models = self.folder / pipeline / "run/models"
        place = models / evaluate / "predictions.csv"
        place = place if place.is_file() else models / "predictions.csv"
        if place not in self._tables:
            self._tables[place] = Table(place)
        return self._tables[place]

    def candidates(self, split):
        """Name and table of each: a training run, looked at after an epoch."""
        return [(f"{name}-at-{epoch}", self.table(split, f"{name}-at-{epoch}"))
                for name in pipelines.CANDIDATES for epoch in range(1, self.settings["epochs"] + 1)]

    def arm(self, split):
        return self.table(split, f"{pipelines.ARM}-at-{self.settings['epochs']}")


def area_under_curve(scores, labels):
    """P(score of a fake > score of a real) + half P(equal)."""
    fakes, reals = scores[labels == 1], scores[labels == 0]
    return float(better(fakes, reals).mean()) if len(fakes) and len(reals) else float("nan")


def better(fakes, reals):
    """Of each fake and real: 1 where the fake's score is higher, half where they are equal."""
    difference = fakes[:, None] - reals[None, :]
    return ((numpy.sign(difference) + 1) / 2).astype(numpy.float32)


def labels(rows):
    return numpy.array([int(row["label"]) for row in rows])


def domain(row):
    return domains.domain_of(row["dataset"])
