#!/usr/bin/env python3
"""evaluate_numpy.py PROGRAM: what `consilium evaluate` says against the same
measures written with NumPy and SciPy: ROC with DeLong's interval, a FROC, and
the surface distances of label volumes. Exit status 77: they are not installed."""
import json
import math
import pathlib
import subprocess
import sys
import tempfile

try:
    import numpy as np
    from scipy import ndimage, stats
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

PROGRAM = sys.argv[1]
RATES = [0.125, 0.25, 0.5, 1, 2, 4, 8]


def evaluate(*words):
    out = subprocess.run([PROGRAM, "evaluate", *map(str, words), "--json"], check=True,
                         capture_output=True, text=True).stdout
    return json.loads(out)


def expect(what, ours, theirs, within=1e-9):
    if not math.isclose(ours, theirs, rel_tol=within, abs_tol=within):
        sys.exit(f"{what}: {ours!r}, not {theirs!r}")


# --- two classes ---

def delong(positive, negative):
    """Area and its standard error from all pairs."""
    pairs = (positive[:, None] > negative) + 0.5 * (positive[:, None] == negative)
    of_positive, of_negative = pairs.mean(1), pairs.mean(0)
    variance = of_positive.var(ddof=1) / len(positive) + of_negative.var(ddof=1) / len(negative)
    return pairs.mean(), math.sqrt(variance)


def check_roc(folder, seed):
    rng = np.random.default_rng(seed)
    label = rng.random(300) < 0.3
    score = 1 / (1 + np.exp(-rng.normal(label * 1.2, 1)))
    if seed % 2:
        score = np.round(score, 1)
    table = folder / "cases.csv"
    rows = [f"{int(y)},{float(s)!r}" for y, s in zip(label, score)]
    table.write_text("label,score\n" + "\n".join(rows), encoding="utf-8")
    ours = evaluate("roc", table)
    area, error = delong(score[label], score[~label])
    expect("AUC", ours["auc"]["value"], area)
    expect("AUC by ranks", ours["auc"]["value"],
           stats.mannwhitneyu(score[label], score[~label])[0] / label.sum() / (~label).sum())
    expect("its error", ours["auc"]["se"], error)
    expect("its bound", ours["auc"]["low"], max(0, area - stats.norm.ppf(0.975) * error))
    expect("Brier", ours["calibration"]["brier"], np.mean((score - label) ** 2))
    call = score >= 0.5
    agree, chance = np.mean(call == label), 0
    for kind in (False, True):
        chance += np.mean(call == kind) * np.mean(label == kind)
    expect("kappa", ours["calls"]["kappa"]["value"], (agree - chance) / (1 - chance))


# --- FROC ---

def write_points(path, head, rows):
    lines = [",".join(str(v) for v in row) for row in rows]
    path.write_text(head + "\n" + "\n".join(lines) + "\n", encoding="utf-8")


def froc_by_numpy(scans, nodules, marks):
    found, false = [], []
    for scan in range(scans):
        own = [m for m in marks if m[0] == scan]
        taken = set()
        for nodule in (n for n in nodules if n[0] == scan):
            hits = [i for i, m in enumerate(own)
                    if np.sum((np.array(m[1:4]) - nodule[1:4]) ** 2) < (nodule[4] / 2) ** 2]
            taken.update(hits)
            if hits:
                found.append(max(own[i][4] for i in hits))
        false += [m[4] for i, m in enumerate(own) if i not in taken]
    found, false = np.array(found), np.array(false)
    steps = np.unique(np.concatenate([found, false]))[::-1]
    rate = [0] + [np.sum(false >= t) / scans for t in steps]
    height = [0] + [np.sum(found >= t) / len(nodules) for t in steps]
    return np.interp(RATES, rate, height)


def check_froc(folder, seed):
    rng = np.random.default_rng(seed)
    scans = 20
    nodules = [(s, *np.round(rng.uniform(0, 60, 3), 2), round(rng.uniform(4, 25), 1))
               for s in rng.integers(0, scans, 40)]
    marks = [(s, *np.round(rng.uniform(0, 60, 3), 2), round(rng.random(), 2))
             for s in rng.integers(0, scans, 150)]
    marks += [(n[0], n[1] + 0.5, n[2], n[3], round(0.5 + rng.random() / 2, 2))
              for n in nodules[:25]]
    head = "seriesuid,coordX,coordY,coordZ,"
    write_points(folder / "nodules.csv", head + "diameter_mm", nodules)
    write_points(folder / "marks.csv", head + "probability", marks)
    write_points(folder / "scans.csv", "seriesuid", [(s,) for s in range(scans)])
    ours = evaluate("froc", "-a", folder / "nodules.csv", "-p", folder / "marks.csv",
                    "-s", folder / "scans.csv", "-b", 0)["froc"]
    theirs = froc_by_numpy(scans, nodules, marks)
    for rate, a, b in zip(RATES, ours["sensitivities"], theirs):
        expect(f"sensitivity at {rate}", a, b)
    expect("CPM", ours["cpm"], theirs.mean())


# --- masks ---

def write_volume(path, voxels, spacing):
    header = ("ObjectType = Image\nNDims = 3\nBinaryData = True\nBinaryDataByteOrderMSB = False\n"
              f"DimSize = {' '.join(str(n) for n in voxels.shape[::-1])}\n"
              f"ElementSpacing = {' '.join(str(s) for s in spacing)}\n"
              "ElementType = MET_UCHAR\nElementDataFile = LOCAL\n")
    path.write_bytes(header.encode() + voxels.astype(np.uint8).tobytes())


def distances(a, b, sampling):
    """From each surface voxel of a to the nearest one of b."""
    edge = [m & ~ndimage.binary_erosion(m, border_value=0) for m in (a, b)]
    return ndimage.distance_transform_edt(~edge[1], sampling=sampling)[edge[0]]


def check_overlap(folder, seed):
    rng = np.random.default_rng(seed)
    spacing = tuple(np.round(rng.uniform(0.3, 3, 3), 2))
    noise = ndimage.gaussian_filter(rng.normal(size=(17, 40, 70)), 2.5)
    other = noise + 0.4 * ndimage.gaussian_filter(rng.normal(size=noise.shape), 2.5)
    both = [np.digitize(v, [0.02, 0.08]) for v in (noise, other)]
    for name, volume in zip("ab", both):
        write_volume(folder / f"{name}.mha", volume, spacing)
    ours = evaluate("overlap", folder / "a.mha", folder / "b.mha")["labels"]
    for entry in ours:
        a, b = (v == entry["label"] for v in both)
        ab, ba = distances(a, b, spacing[::-1]), distances(b, a, spacing[::-1])
        what = f"label {entry['label']}: "
        expect(what + "Dice", entry["dice"], 2 * np.sum(a & b) / (a.sum() + b.sum()))
        expect(what + "HD", entry["hausdorff_mm"], max(ab.max(), ba.max()), 1e-6)
        expect(what + "HD95", entry["hausdorff95_mm"],
               max(np.percentile(ab, 95), np.percentile(ba, 95)), 1e-6)
        expect(what + "ASSD", entry["mean_surface_distance_mm"],
               np.concatenate([ab, ba]).mean(), 1e-6)
        expect(what + "ml", entry["result_ml"], b.sum() * np.prod(spacing) / 1000)
    expect("labels", len(ours), 2)


def main():
    with tempfile.TemporaryDirectory() as name:
        for seed in range(1, 7):
            for check in (check_roc, check_froc, check_overlap):
                check(pathlib.Path(name), seed)
    print("agreed: ROC, FROC, overlap")


main()
