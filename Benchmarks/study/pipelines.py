"""The pipelines of one cell: one unseen domain, one seed. All share their crops, features and probe through one store."""
from domains import ALL, HALVES

# Training runs whose epochs are the candidates: rates x augmentation, and of each every epoch.
CANDIDATES = {f"{name}-{augment}": {"learning-rate": rate, "augment": augment}
              for name, rate in (("slow", 0.0003), ("fast", 0.001)) for augment in ("none", "light")}
# What the arms are trained with, settled before anything was seen.
ARM = "fast-light"
SPLITS = ["random", "clusters"]


def head(outer, seed, size):
    return {
        "version": 1, "seed": seed,
        "datasets": [{"name": f"{name}-{half}",
                      "role": "train" if name != outer else "test" if half == "a" else "unlabelled"}
                     for name in ALL for half in HALVES],
        "tolerance": {"failed-sources": "5%"},
        "stages": [
            {"decode": {"frames": 8}},
            {"detect": {"model": "yunet", "score": 0.6}},
            {"track": {}},
            {"crop": {"margin": 1.3, "size": size, "format": "png"}},
        ],
    }


def budget(steps, batch, epochs):
    """So many steps of so many crops, looked at `epochs` times."""
    return {"epochs": epochs, "epoch-crops": steps * batch // epochs, "batch": batch}


def experts(settings, name):
    return {"train": {"id": name, "recipe": "experts", "backbones": ["efficientnet-lite0"], "size": settings.size,
                      "keep-epochs": True, **budget(settings.steps, settings.batch, settings.epochs),
                      **CANDIDATES[name]}}


def evaluate(name, epoch=0):
    return {"evaluate": {"id": f"{name}-at-{epoch}" if epoch else f"{name}-scores", **({"epoch": epoch} if epoch else {})}}


def split(kind, outer, seed, settings):
    """Folds of one kind, and every candidate on them."""
    spec = head(outer, seed, settings.size)
    if kind == "clusters":
        spec["stages"] += [
            {"train": {"id": "probe", "recipe": "pretrain", "backbones": ["efficientnet-lite0"], "size": settings.size,
                       "augment": "light", **budget(settings.steps, settings.batch, 1)}},
            {"embed": {"id": "latent", "model": "stage:probe"}},
            {"cluster": {"k": settings.experts, "features": "latent", "center": "class", "components": 64, "whiten": True,
                         "normalise": True, "classes": "each"}},
            {"resplit": {"folds": "leave-one-cluster-out", "conflict": "purge", "min-groups": 2}},
        ]
    else:
        spec["stages"] += [{"resplit": {"folds": "random", "count": settings.experts}}]
    spec["stages"] += [{"shard": {}}]
    for name in CANDIDATES:
        spec["stages"] += [experts(settings, name)] + [evaluate(name, epoch) for epoch in range(1, settings.epochs + 1)]
    return spec


def conventional(number, outer, seed, settings):
    """One model of the lists' own split, seed `number` of as many as there are experts; the first pipeline also has the
    contrastive recipes, on the same split."""
    spec = head(outer, seed * 100 + number, settings.size)
    spec["stages"] += [{"resplit": {"folds": "official"}}, {"shard": {}}, experts(settings, ARM), evaluate(ARM)]
    if number > 0:
        return spec
    whole = settings.steps
    for pool in ("known", "role"):
        def recipe(kind, steps):
            name = f"{kind}-{pool}"
            options = {"unlabelled": pool, "input": "backbone", "learning-rate": settings.contrastive_rate, **steps}
            spec["stages"].extend([
                {"train": {"id": name, "recipe": kind, "backbones": ["efficientnet-lite0"], "size": settings.size,
                           "batch": settings.batch, "contrastive": options}},
                evaluate(name)])

        # Each draws `whole` batches in all: the phases share them, and a teacher's are among them.
        recipe("cross-entropy", {"classifier-steps": whole})
        recipe("supcon", {"encoder-steps": whole * 2 // 3, "classifier-steps": whole - whole * 2 // 3})
        pairs = whole // 2
        recipe("mpl", {"pair-steps": pairs, "ratio": 3, "classifier-steps": whole - pairs})
        recipe("supcon-mpl", {
            "encoder-steps": whole // 6, "classifier-steps": whole // 12, "pair-steps": whole - 2 * (whole // 6 + whole // 12),
            "ratio": 3})
    return spec


def cell(outer, seed, settings):
    """Pipelines by name."""
    found = {f"conventional-{number}": conventional(number, outer, seed, settings) for number in range(settings.experts)}
    found.update({kind: split(kind, outer, seed, settings) for kind in SPLITS})
    return found
