#!/usr/bin/python3
"""check.py PROGRAM: bench_medmnist on a few random images: the same weights for
one thread and two, others for another seed; AUC and accuracy by definition."""
import json
import pathlib
import subprocess
import sys
import tempfile

try:
    import numpy
except ImportError:
    print("numpy is not installed")
    sys.exit(77)

SKEW = 40  # brightness by class, so that there is something to learn


def write(folder, classes, colour):
    rng = numpy.random.default_rng(classes)
    for name, n in (("train", 13), ("val", 11), ("test", 18)):
        labels = (numpy.arange(n) % classes).astype(numpy.uint8)
        shape = (n, 28, 28, 3) if colour else (n, 28, 28)
        images = rng.integers(0, 80, shape) + SKEW * labels.reshape(-1, *[1] * (len(shape) - 1))
        images[-1] = images[0]  # of another class: equal scores
        numpy.save(folder / f"{name}_images.npy", images.astype(numpy.uint8))
        numpy.save(folder / f"{name}_labels.npy", labels.reshape(-1, 1))


def train(program, folder, *options):
    out = subprocess.run([program, "--data", str(folder), "--epochs", "1", "--batch", "8",
                          "--json", "--scores", str(folder / "scores.npy"), *options],
                         check=True, stdout=subprocess.PIPE, text=True).stdout
    return json.loads(out), numpy.load(folder / "scores.npy")


def auc(scores, positive):
    """Over every pair; ties count half."""
    above = scores[positive][:, None] - scores[~positive][None, :]
    return ((above > 0) + 0.5 * (above == 0)).mean()


def judge(folder, scores):
    labels = numpy.load(folder / "test_labels.npy")[:, 0]
    classes = scores.shape[1]
    each = [auc(scores[:, c], labels == c) for c in range(classes)]
    return each[1] if classes == 2 else numpy.mean(each), (scores.argmax(1) == labels).mean()


def check(program, folder, classes, colour):
    write(folder, classes, colour)
    one, scores = train(program, folder, "--seed", "3", "--threads", "1")
    two, same = train(program, folder, "--seed", "3", "--threads", "2")
    assert one["weights"] == two["weights"], "threads change the weights"
    assert (scores == same).all(), "threads change the scores"
    assert numpy.allclose(scores.sum(1), 1, atol=1e-12), "scores are no probabilities"
    area, accuracy = judge(folder, scores)
    assert abs(one["auc"] - area) < 1e-12, f"AUC {one['auc']} instead of {area}"
    assert abs(one["acc"] - accuracy) < 1e-12, f"ACC {one['acc']} instead of {accuracy}"
    return one


def refuses(program, folder):
    numpy.save(folder / "val_labels.npy", numpy.zeros(11, numpy.uint8))
    done = subprocess.run([program, "--data", str(folder)], capture_output=True, text=True)
    assert done.returncode == 3 and done.stderr == (
        "bench_medmnist: images are [11, 28, 28, 3] and labels [11]\n"), done


def main():
    program = sys.argv[1]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        first = check(program, folder, 2, False)
        other, _ = train(program, folder, "--seed", "4", "--threads", "1")
        assert other["weights"] != first["weights"], "the seed changes nothing"
        check(program, folder, 3, True)
        refuses(program, folder)


main()
