"""The study's tables, from what its runs left: reads a request on standard input, writes Markdown."""
import json
import sys
from pathlib import Path

import numpy

import arms
import domains
from merit import Merit
from pipelines import CANDIDATES, SPLITS
from scores import Cell

DRAWS = 300
FIGURES = ["validation", "unseen", "regret", "distance", "rank correlation"]


def row(cells):
    return "| " + " | ".join(cells) + " |"


def table(columns, rows):
    return [row(columns), row(["---"] * len(columns))] + [row(cells) for cells in rows]


def number(value, interval=None):
    if value is None or numpy.isnan(value):
        return "-"
    return f"{value:.3f}" + (f" [{interval[0]:.3f}, {interval[1]:.3f}]" if interval and None not in interval else "")


def estimate(found):
    metric = found["metrics"].get("auc") or {}
    return number(metric.get("value"), (metric.get("low"), metric.get("high")))


def headline(found):
    level = found["levels"].get("images") or found["levels"]["videos"]
    part = (level.get("headline") or {}).get("estimate") or {}
    return number(part.get("value"), (part.get("low"), part.get("high")))


def by_domain(found, name):
    for part in found["breakdowns"]:
        if part["dimension"] == "dataset" and part["part"] == name and part["level"] in ("images", "videos"):
            return estimate(part["estimates"])
    return "-"


def arm_tables(cells, outers, folder, settings):
    found, pairs = arms.judged(cells, outers, folder, settings)
    rows = []
    for arm, title in arms.TITLES.items():
        judged = found[arm][0]
        rows.append([title, headline(judged)] + [by_domain(judged, name) for name in outers])
    lines = table(["arm", "mean over domains", *outers], rows)
    differences = []
    for (first, second), compared in pairs.items():
        headlines = compared[0]["headlines"]
        part = headlines.get("images") or headlines.get("videos") or {}
        differences.append([arms.TITLES[second], arms.TITLES[first], number(part.get("difference"), (part.get("low"), part.get("high")))])
    return lines, table(["arm", "less", "difference of the mean AUC"], differences)


def merit_tables(merit, outers):
    value, intervals = merit.table(outers, DRAWS, numpy.random.default_rng(0))
    rows = [[split] + [number(value[split][name], intervals[split][name]) for name in FIGURES] for split in value]
    whole = table(["split", *FIGURES], rows)
    single = []
    for outer in outers:
        ones = numpy.ones(len(merit.groups))
        for split in SPLITS:
            cells = [merit.of(cell.outer, cell.seed, split, ones) for cell in merit.cells if cell.outer == outer]
            single.append([outer, split] + [number(float(numpy.nanmean([cell[name] for cell in cells]))) for name in FIGURES])
    return whole, table(["left out", "split", *FIGURES], single)


def main():
    settings = json.load(sys.stdin)
    cells = [Cell(Path(settings["data"]) / name, settings) for name in settings["cells"]]
    present = {cell.outer for cell in cells}
    scored = [name for name in domains.SCORED if name in present]
    few = [name for name in domains.FEW_GROUPS if name in present]
    seeds = sorted({cell.seed for cell in cells})
    outers = [name for name in domains.ALL if name in present]
    command = (f"python3 Benchmarks/study/run.py --seeds {settings['seeds']} --steps {settings['steps']} "
               f"--size {settings['size']} --domains {' '.join(outers)}")
    lines = ["<!-- Written by Benchmarks/study; change nothing here by hand. -->", "# The study's tables", "",
             f"`{command}`; left out: {', '.join(outers)}; seeds: {', '.join(map(str, seeds))}. "
             f"{settings['steps']} steps of {settings['batch']} crops of {settings['size']} pixels for every model, "
             f"K = {settings['experts']}, {len(CANDIDATES) * settings['epochs']} candidates per split.", ""]
    work = Path(settings["work"]) / "tables"
    for names, title, note in (
            (scored, "Scored domains", "AUC of pictures of the domain left out, 95 % intervals over seeds and groups."),
            (few, "Domains of few groups", "AUC of videos; two or three groups, so the values say little.")):
        if not names:
            continue
        judged, differences = arm_tables(cells, names, work / title.split()[0].lower(), settings)
        lines += [f"## Arms: {title.lower()}", "", note, "", *judged, "", *differences, ""]
    whole, single = merit_tables(Merit(cells), scored)
    lines += ["## What a split's validation foretells", "",
              "Means over domains left out and seeds. `validation`, `unseen`: AUC of the candidate that validation chose; `regret`: "
              "the best candidate's unseen AUC less the chosen one's; `distance`: mean over candidates of |validation - unseen|; "
              f"`rank correlation`: Spearman's, over candidates. 95 % intervals over seeds and groups, {DRAWS} draws.", "",
              *whole, "", *single, ""]
    Path(settings["tables"]).write_text("\n".join(lines))
    print("\n".join(lines))


if __name__ == "__main__":
    main()
