"""The figure of merit: how far a split's validation foretells the domain left out.

Of each cell and split, at least twelve candidates with the mean over experts of the AUC on their own folds (validation), and of
their AUC on the domain left out (unseen). The choice is made, and written down, before unseen scores are read.
"""
import hashlib
import json

import numpy
from scipy.stats import spearmanr

import scores
from pipelines import SPLITS


def comparisons(rows, values):
    """What an AUC is worked out from, with the groups of its fakes and reals."""
    labels = scores.labels(rows)
    groups = numpy.array([row["group"] for row in rows])
    return scores.better(values[labels == 1], values[labels == 0]), groups[labels == 1], groups[labels == 0]


def weighted(parts, weight):
    """The AUC where every group counts as often as it was drawn."""
    matrix, fakes, reals = parts
    a, b = weight(fakes), weight(reals)
    return a @ matrix @ b / (a.sum() * b.sum()) if a.sum() * b.sum() > 0 else numpy.nan


def validations(cell, split):
    """Per candidate, per expert."""
    result = []
    for _, table in cell.candidates(split):
        folds = [table.validation(fold) for fold in range(table.experts)]
        result.append([comparisons(rows, table.expert(rows, fold)) for fold, rows in enumerate(folds)])
    return result


def sealed_choice(cell, split, found):
    """Writes which candidate the validation chooses; the file is what opens the unseen scores."""
    means = [numpy.nanmean([parts[0].mean() if parts[0].size else numpy.nan for parts in experts]) for experts in found]
    names = [name for name, _ in cell.candidates(split)]
    choice = {"split": split, "chosen": names[int(numpy.nanargmax(means))],
              "validation": {name: float(mean) for name, mean in zip(names, means)}}
    choice["digest"] = hashlib.sha256(json.dumps(choice, sort_keys=True).encode()).hexdigest()
    file = cell.folder / f"choice-{split}.json"
    if file.is_file() and json.loads(file.read_text())["digest"] != choice["digest"]:
        raise SystemExit(f"{file} is of other validation scores than there are now: a choice is made once; remove it to redo")
    file.write_text(json.dumps(choice, indent=1) + "\n")
    return file


def unseen(cell, split, seal):
    """Per candidate, per expert; only where the choice is written down."""
    json.loads(seal.read_text())
    result = []
    for _, table in cell.candidates(split):
        rows = table.unseen()
        result.append([comparisons(rows, table.expert(rows, number)) for number in range(table.experts)])
    return result


def figures(validation, unseen):
    """Regret, distance and rank correlation of one cell and split, given AUCs of candidates."""
    chosen = int(numpy.nanargmax(validation))
    return {"validation": validation[chosen], "unseen": unseen[chosen], "regret": numpy.nanmax(unseen) - unseen[chosen],
            "distance": numpy.nanmean(numpy.abs(validation - unseen)),
            "rank correlation": float(spearmanr(validation, unseen).statistic)}


class Merit:
    """All cells; figures as they are, and under draws of seeds and groups."""

    def __init__(self, cells):
        self.cells, self.parts = cells, {}
        for cell in cells:
            for split in SPLITS:
                found = validations(cell, split)
                seal = sealed_choice(cell, split, found)
                self.parts[cell.outer, cell.seed, split] = (found, unseen(cell, split, seal))
        self.outers = sorted({cell.outer for cell in cells})
        self.seeds = sorted({cell.seed for cell in cells})
        self.groups = sorted({group for sides in self.parts.values() for side in sides for experts in side
                              for _, fakes, reals in experts for group in [*fakes, *reals]})
        place = {group: number for number, group in enumerate(self.groups)}
        # Groups by number, so that a draw is a look-up.
        for key, sides in self.parts.items():
            self.parts[key] = tuple(
                [[(matrix, numpy.array([place[g] for g in fakes], int), numpy.array([place[g] for g in reals], int))
                  for matrix, fakes, reals in experts] for experts in side] for side in sides)

    def of(self, outer, seed, split, counts):
        """Figures of a cell where group i counts `counts[i]` times."""
        def mean(experts):
            return numpy.nanmean([weighted(parts, lambda groups: counts[groups]) for parts in experts])
        validation, unseen = ([mean(experts) for experts in side] for side in self.parts[outer, seed, split])
        return figures(numpy.array(validation), numpy.array(unseen))

    def table(self, outers, draws, random):
        """Per split the mean over domains and seeds of each figure, and clusters less random, with intervals."""
        ones = numpy.ones(len(self.groups))

        def means(seeds_of, counts):
            result = {}
            for split in SPLITS:
                cells = [self.of(outer, seed, split, counts) for outer in outers for seed in seeds_of[outer]]
                result[split] = {name: float(numpy.nanmean([cell[name] for cell in cells])) for name in cells[0]}
            result["clusters less random"] = {
                name: result["clusters"][name] - result["random"][name] for name in result["random"]}
            return result

        seeds_of = {outer: [cell.seed for cell in self.cells if cell.outer == outer] for outer in outers}
        value, drawn = means(seeds_of, ones), []
        for _ in range(draws):
            seeds = {outer: list(random.choice(seeds, len(seeds))) for outer, seeds in seeds_of.items()}
            counts = random.multinomial(len(self.groups), ones / len(self.groups)).astype(float)
            drawn.append(means(seeds, counts))
        intervals = {split: {name: tuple(numpy.nanpercentile([draw[split][name] for draw in drawn], (2.5, 97.5)))
                             for name in figures_} for split, figures_ in value.items()}
        return value, intervals
