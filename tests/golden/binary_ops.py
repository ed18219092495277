#!/usr/bin/env python3
"""binary_ops.py BINARY_OPS: labels, distances, closing, opening, filling and
medians of random volumes are those of scipy.ndimage, voxel by voxel. Exits with
77 (skipped) without SciPy."""
import pathlib
import subprocess
import sys
import tempfile

try:
    import numpy as np
    from scipy import ndimage
except ImportError:
    print("skipped: this Python has no SciPy")
    sys.exit(77)

program = sys.argv[1]
rng = np.random.default_rng(4)
SPACING = (0.7, 0.7, 1.25)  # x, y, z
done = 0


def ours(operation, volume, number, kind):
    """The result of our operation on an array [z, y, x]."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = pathlib.Path(folder) / "in", pathlib.Path(folder) / "out"
        source.write_bytes(volume.tobytes())
        size = [str(n) for n in volume.shape[::-1]]
        subprocess.run([program, operation, source, target, *size,
                        *(str(s) for s in SPACING), str(number)], check=True)
        return np.frombuffer(target.read_bytes(), kind).reshape(volume.shape)


def equal(operation, volume, number, kind, theirs):
    global done
    got = ours(operation, volume, number, kind)
    assert np.array_equal(got, theirs), (operation, number, volume.shape,
                                         int((got != theirs).sum()))
    done += 1


def ball(radius):
    """ITK's: half a voxel more than the radius."""
    z, y, x = np.mgrid[-radius:radius + 1, -radius:radius + 1, -radius:radius + 1]
    return x * x + y * y + z * z <= (radius + 0.5) ** 2


def closed(mask, element):
    """On a grid that goes on as background on all sides."""
    pad = element.shape[0]
    wide = ndimage.binary_closing(np.pad(mask, pad), element)
    return wide[pad:-pad, pad:-pad, pad:-pad]


def first_voxels_first(labels):
    """SciPy's labels in the order of their first voxels."""
    values, first = np.unique(labels.ravel(), return_index=True)
    order = values[np.argsort(first)]
    anew = np.zeros(labels.max() + 1, np.int32)
    anew[order[order > 0]] = np.arange(1, (order > 0).sum() + 1)
    return anew[labels]


def check_mask(mask):
    for connectivity, neighbours in ((1, 6), (2, 18), (3, 26)):
        structure = ndimage.generate_binary_structure(3, connectivity)
        theirs = ndimage.label(mask, structure)[0]
        equal("components", mask, neighbours, np.int32, first_voxels_first(theirs))
    for radius in (1, 2, 5):
        equal("close-ball", mask, radius, np.uint8, closed(mask, ball(radius)))
    cube = np.ones((3, 3, 3), bool)
    eroded = ndimage.binary_erosion(mask, cube, border_value=1)
    equal("open-box", mask, 1, np.uint8, ndimage.binary_dilation(eroded, cube))
    equal("fill", mask, 0, np.uint8, ndimage.binary_fill_holes(mask))


def check_distance(mask):
    """SciPy's are doubles: two units in the last place of a float."""
    global done
    mask = mask.copy()
    mask.flat[0] = 0  # SciPy says nothing of a mask without background
    theirs = ndimage.distance_transform_edt(mask, SPACING[::-1])
    got = ours("distance", mask, 0, np.float32).astype(float)
    assert np.all(np.abs(got - theirs) <= 2 * 2.0 ** -24 * theirs), mask.shape
    done += 1


def smooth(shape, sigma, share):
    noise = ndimage.gaussian_filter(rng.normal(size=shape), sigma)
    return (noise > np.quantile(noise, 1 - share)).astype(np.uint8)


SHAPES = ((1, 1, 1), (3, 5, 70), (33, 40, 129), (20, 64, 64))
for shape in SHAPES:
    for sigma, share in ((0, 0.1), (0, 0.5), (1, 0.3), (2, 0.7)):
        sample = smooth(shape, sigma, share)
        check_mask(sample)
        check_distance(sample)
    values = rng.integers(-1024, 3000, shape).astype(np.int16)
    for size in (1, 2):
        equal("median", values, size, np.int16,
              ndimage.median_filter(values, 2 * size + 1, mode="nearest"))
print(f"{done} comparisons with SciPy agree")
