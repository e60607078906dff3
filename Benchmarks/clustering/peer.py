"""What of the k-means benchmark needs NumPy: features, peers, and the inertia of anybody's centroids. Prints JSON."""
import json
import sys
import time
from pathlib import Path

import numpy

# Noise is 1 in every column, and two centres are so far from each other on average: clusters overlap a little.
DISTANCE_OF_BLOBS = 7.0
BLOCK_ROWS = 16384


def blobs(rows, columns, clusters, target):
    """Normal noise around normal centres, written block by block."""
    random = numpy.random.default_rng(1)
    centres = random.normal(size=(clusters, columns)).astype("f4") * (DISTANCE_OF_BLOBS / (2 * columns) ** 0.5)
    features = numpy.lib.format.open_memmap(target, "w+", "<f4", (rows, columns))
    for start in range(0, rows, BLOCK_ROWS):
        count = min(BLOCK_ROWS, rows - start)
        features[start:start + count] = centres[random.integers(clusters, size=count)]
        features[start:start + count] += random.standard_normal((count, columns), dtype="f4")
    return features


def patches(rows, height, width, folder, target):
    """Patches of luma, 0 to 1, as many out of every picture, in random order."""
    from PIL import Image, UnidentifiedImageError

    random = numpy.random.default_rng(1)
    files = sorted(path for path in Path(folder).rglob("*") if path.suffix.lower() in (".jpg", ".jpeg", ".png"))
    pictures = []
    for path in files:
        try:
            picture = numpy.asarray(Image.open(path).convert("L"))
        except (OSError, UnidentifiedImageError, ValueError):
            continue
        if picture.shape[0] >= height and picture.shape[1] >= width:
            pictures.append(picture)
    features = numpy.lib.format.open_memmap(target, "w+", "<f4", (rows, height * width))
    for place, row in enumerate(random.permutation(rows)):
        picture = pictures[place % len(pictures)]
        top, left = (random.integers(size - part + 1) for size, part in zip(picture.shape, (height, width)))
        features[row] = picture[top:top + height, left:left + width].reshape(-1) / numpy.float32(255)
    return features


def make(kind, rows, columns, clusters, features, initial, source=""):
    rows, columns, clusters = int(rows), int(columns), int(clusters)
    if kind == "blobs":
        values = blobs(rows, columns, clusters, features)
    else:
        height = {256: 16, 1280: 32}[columns]
        values = patches(rows, height, columns // height, source, features)
    chosen = numpy.sort(numpy.random.default_rng(2).choice(rows, clusters, replace=False))
    numpy.save(initial, numpy.array(values[chosen]))
    return {}


def textbook(features, centroids, iterations):
    """Lloyd's rounds with sums and distances in float64, centroids as float32 holds them: as many updates as the others."""
    features, centroids = features.astype("f8"), centroids.astype("f8")
    for _ in range(iterations):
        lengths = (centroids ** 2).sum(1)
        nearest = numpy.concatenate([(lengths - 2 * features[start:start + BLOCK_ROWS] @ centroids.T).argmin(1)
                                     for start in range(0, len(features), BLOCK_ROWS)])
        for centroid in range(len(centroids)):
            members = nearest == centroid
            if members.any():
                centroids[centroid] = features[members].mean(0).astype("f4")
    return centroids


def fit(peer, features, initial, iterations, threads, target):
    """Fits from the same centroids, no subsampling, no early stop by tolerance; the seconds are of the fit alone."""
    features, initial = numpy.load(features), numpy.load(initial)
    iterations, threads, done = int(iterations), int(threads), int(iterations)
    if peer == "textbook":
        start = time.perf_counter()
        centroids = textbook(features, initial, iterations)
        seconds = time.perf_counter() - start
    elif peer == "faiss":
        import faiss

        faiss.omp_set_num_threads(threads)
        kmeans = faiss.Kmeans(
            features.shape[1], len(initial), niter=iterations, min_points_per_centroid=1,
            max_points_per_centroid=len(features))
        start = time.perf_counter()
        kmeans.train(features, init_centroids=initial)
        seconds, centroids = time.perf_counter() - start, kmeans.centroids
    else:
        from sklearn.cluster import KMeans

        kmeans = KMeans(len(initial), init=initial, n_init=1, max_iter=iterations, tol=0, algorithm=peer)
        start = time.perf_counter()
        kmeans.fit(features)
        seconds, centroids, done = time.perf_counter() - start, kmeans.cluster_centers_, kmeans.n_iter_
    numpy.save(target, numpy.asarray(centroids, "f4"))
    return {"seconds": seconds, "iterations": int(done)}


def judge(features, *centroids):
    """Inertia of each file of centroids over all features, distances in float64; whether labels beside it are the nearest."""
    features = numpy.load(features, mmap_mode="r")
    answer = []
    for path in centroids:
        centres = numpy.load(path).astype("f8")
        labels = Path(path).parent / "assignment.npy"
        ours = numpy.load(labels) if labels.is_file() else None
        total, differ = 0.0, 0
        for start in range(0, len(features), BLOCK_ROWS):
            block = features[start:start + BLOCK_ROWS].astype("f8")
            squares = (block ** 2).sum(1)[:, None] - 2 * block @ centres.T + (centres ** 2).sum(1)
            nearest = squares.argmin(1)
            total += ((block - centres[nearest]) ** 2).sum()
            if ours is not None:
                # Products cancel digits: a difference counts where the other centroid is truly nearer.
                for row in numpy.flatnonzero(nearest != ours[start:start + BLOCK_ROWS]):
                    one, other = (((block[row] - centres[label]) ** 2).sum()
                                  for label in (nearest[row], ours[start + row]))
                    differ += one < other
        answer.append({"inertia": float(total), "not_nearest": int(differ)})
    return answer


if __name__ == "__main__":
    print(json.dumps({"make": make, "fit": fit, "judge": judge}[sys.argv[1]](*sys.argv[2:])))
