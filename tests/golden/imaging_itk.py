#!/usr/bin/python3
"""imaging_itk.py CONSILIUM IMAGE_OPS PEER_SOURCE BUILD: ITK and nibabel read
what we write and agree on every voxel's place and value, oblique grids
included, and the other way round; and what is done with volumes gives ITK's
voxels. ITK is a small program, built here once; 77 (skipped) without it."""
import json
import pathlib
import subprocess
import sys
import tempfile

try:
    import nibabel
    import numpy as np
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

CONSILIUM, OPS, PEER_SOURCE, BUILD = sys.argv[1:5]
sys.path.insert(0, str(pathlib.Path(PEER_SOURCE).parents[1] / "image_peers"))
from volumes import read_mhd  # noqa: E402

TYPES = {"i1": "MET_CHAR", "u1": "MET_UCHAR", "<i2": "MET_SHORT", "<u2": "MET_USHORT", "<i4": "MET_INT",
         "<f4": "MET_FLOAT", "<f8": "MET_DOUBLE"}
failures = []


def check(good, text):
    if not good:
        failures.append(text)
        print(f"FAILED {text}", flush=True)


def run(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, command))}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def build_peer():
    build = pathlib.Path(BUILD)
    for command in (["cmake", "-S", PEER_SOURCE, "-B", build, "-G", "Ninja"], ["cmake", "--build", build]):
        done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
        if done.returncode != 0:
            print(f"skipped: no ITK: {done.stderr.strip().splitlines()[:1]}")
            sys.exit(77)
    return build / "itk_peer"


# --- volumes to try ---

def rotation(a, b, c):
    def turn(axis, t):
        m = np.eye(3)
        i, j = [k for k in range(3) if k != axis]
        m[i, i] = m[j, j] = np.cos(t)
        m[i, j], m[j, i] = -np.sin(t), np.sin(t)
        return m
    return turn(2, a) @ turn(1, b) @ turn(0, c)


def scene(shape, seed=1):
    """Something smooth with edges and noise, in HU."""
    rng = np.random.default_rng(seed)
    z, y, x = np.meshgrid(*(np.linspace(-1, 1, n) for n in shape), indexing="ij")
    body = np.where(x ** 2 + y ** 2 < 0.8, 40, -1000)
    lung = ((x - 0.4) ** 2 * 6 + y ** 2 * 3 + z ** 2 < 0.7) | ((x + 0.4) ** 2 * 6 + y ** 2 * 3 + z ** 2 < 0.6)
    hu = np.where(lung, -850, body) + 80 * np.sin(9 * x + 4 * y) * np.cos(7 * z) + rng.normal(0, 25, shape)
    return np.clip(np.rint(hu), -1024, 3000).astype("<i2")


# Spacings of the oblique ones are such that 1 mm voxels never fall half-way
# between two: which one ITK then takes hangs on the last bit of its inverse.
GEOMETRIES = {
    "plain": (np.eye(3), (0.7, 0.7, 1.25), (0, 0, 0)),
    "shifted": (np.eye(3), (0.68, 0.72, 2.5), (-171.25, -160.5, -312.75)),
    "flipped": (np.diag([-1.0, -1, 1]), (0.7, 0.7, 1.25), (150, 140.5, 33)),
    "feet-first": (np.diag([1.0, 1, -1]), (0.8, 0.8, 1), (-10, 20, 30)),
    "coronal": (np.array([[1.0, 0, 0], [0, 0, 1], [0, -1, 0]]), (0.9, 1.1, 2), (1, 2, 3)),
    "oblique": (rotation(0.3, -0.2, 0.15), (0.71, 0.83, 1.53), (-80.5, 33.25, 1000.125)),
    "oblique-mirrored": (rotation(-0.5, 0.4, 0.1) @ np.diag([1.0, -1, 1]), (0.7, 0.8, 1.5), (4, -5, 6)),
}


def write_mhd(path, voxels, geometry):
    direction, spacing, origin = geometry
    matrix = " ".join(repr(float(v)) for v in direction.T.ravel())
    code = next(code for code in TYPES if np.dtype(code) == voxels.dtype)
    path.with_suffix(".raw").write_bytes(voxels.tobytes())
    path.write_text(
        "ObjectType = Image\nNDims = 3\nBinaryData = True\nBinaryDataByteOrderMSB = False\nCompressedData = False\n"
        f"TransformMatrix = {matrix}\nOffset = {' '.join(map(repr, map(float, origin)))}\n"
        f"ElementSpacing = {' '.join(map(str, spacing))}\nDimSize = {' '.join(map(str, voxels.shape[::-1]))}\n"
        f"ElementType = {TYPES[code]}\nElementDataFile = {path.with_suffix('.raw').name}\n")


# --- places ---

def place(geometry, index):
    direction, spacing, origin = geometry
    return np.asarray(origin) + direction @ (np.asarray(spacing) * index)


def itk_agrees(peer, path, voxels, geometry, slack):
    found = json.loads(run(peer, "positions", path))
    check(found["size"] == list(voxels.shape[::-1]), f"{path.name}: ITK sees size {found['size']}")
    for x, y, z, *world, value in found["voxels"]:
        gap = np.abs(place(geometry, (x, y, z)) - world).max()
        check(gap < slack, f"{path.name}: ITK sees voxel {(x, y, z)} {gap:.2g} mm off")
        check(value == voxels[z, y, x], f"{path.name}: ITK sees {value} at {(x, y, z)}, not {voxels[z, y, x]}")


def nibabel_agrees(path, voxels, geometry, slack):
    image = nibabel.load(path)
    data = np.asanyarray(image.dataobj)
    check(np.array_equal(data.transpose(2, 1, 0), voxels), f"{path.name}: nibabel sees other voxels")
    lps = np.diag([-1, -1, 1, 1])
    for affine, name in ((image.affine, "affine"), (image.get_qform(), "qform"), (image.get_sform(), "sform")):
        for index in ((0, 0, 0), (voxels.shape[2] - 1, 0, 0), (3, voxels.shape[1] - 1, voxels.shape[0] - 1)):
            world = (lps @ affine @ (*index, 1))[:3]
            gap = np.abs(place(geometry, index) - world).max()
            check(gap < slack, f"{path.name}: nibabel's {name} sees voxel {index} {gap:.2g} mm off")


def we_agree(path, voxels, geometry, folder, slack):
    """Read by us, told by `image info`, and written as plain .mhd."""
    info = json.loads(run(CONSILIUM, "image", "info", path, "--json"))
    text = json.dumps(info)
    out = folder / "ours.mhd"
    run(CONSILIUM, "image", "convert", path, out)
    check(np.array_equal(read_mhd(out), voxels), f"{path.name}: we see other voxels: {text[:200]}")
    found = json.loads(run(PEER, "positions", out))
    for x, y, z, *world, _ in found["voxels"]:
        gap = np.abs(place(geometry, (x, y, z)) - world).max()
        check(gap < slack, f"{path.name}: we see voxel {(x, y, z)} {gap:.2g} mm off")


def check_places(folder):
    for name, geometry in GEOMETRIES.items():
        for code in ("<i2", "u1", "<f4"):
            voxels = (scene((9, 12, 7)) / (1 if code == "<i2" else 16 if code == "<f4" else 1)).astype(code)
            source = folder / f"{name}-{code.strip('<')}.mhd"
            write_mhd(source, voxels, geometry)
            itk_agrees(PEER, source, voxels, geometry, 1e-9)
            for ending, slack in ((".mhd", 1e-9), (".mha", 1e-9), (".nii", 2e-3), (".nii.gz", 2e-3)):
                out = folder / f"out-{source.stem}{ending}"
                run(CONSILIUM, "image", "convert", source, out)
                itk_agrees(PEER, out, voxels, geometry, slack)
                if "nii" in ending:
                    nibabel_agrees(out, voxels, geometry, slack)
                we_agree(out, voxels, geometry, folder, slack)
        for ending in (".mha", ".nii.gz", ".mhd"):  # written by ITK
            out = folder / f"itk{ending}"
            source = folder / f"{name}-i2.mhd"
            run(PEER, "read", source, "--output", out)
            we_agree(out, read_mhd(source), geometry, folder, 2e-3 if "nii" in ending else 1e-9)


# --- operations ---

def compare(name, ours, theirs, slack):
    a, b = read_mhd(ours), read_mhd(theirs)
    check(a.shape == b.shape, f"{name}: ours is {a.shape}, ITK's {b.shape}")
    if a.shape == b.shape:
        gap = np.abs(a.astype("f8") - b.astype("f8"))
        check(gap.max() <= slack, f"{name}: {np.count_nonzero(gap > slack)} voxels differ by up to {gap.max():.3g}")
        print(f"{name}: {np.count_nonzero(gap)} of {gap.size} voxels differ, by {gap.max():.3g} at most", flush=True)


def check_resampling(folder):
    for name in ("plain", "oblique"):
        source, like = folder / f"scan-{name}.mhd", folder / f"like-{name}.mhd"
        write_mhd(source, scene((40, 61, 53)), GEOMETRIES[name])
        direction, _, _ = GEOMETRIES["oblique" if name == "plain" else "plain"]
        centre = place(GEOMETRIES[name], (26, 30, 20))
        origin = centre - direction @ (np.array([20, 22, 15]) * 0.9)
        write_mhd(like, np.zeros((31, 45, 41), "<i2"), (direction, (0.9, 0.9, 0.9), tuple(origin)))
        write_mhd(folder / f"mask-{name}.mhd", (read_mhd(source) > -500).astype("u1"), GEOMETRIES[name])
        run(CONSILIUM, "image", "convert", "--type", "f32", source, folder / f"float-{name}.mhd")
        for case, given, slack in (("linear", source, 0.501), ("cubic", source, 0.51),
                                   ("linear", folder / f"float-{name}.mhd", 0.01),
                                   ("cubic", folder / f"float-{name}.mhd", 0.01),
                                   ("nearest", folder / f"mask-{name}.mhd", 0)):
            outside = "0" if case == "nearest" else "-1024"
            for grid, ours, theirs in (("1 mm", ("--spacing", "1,1,1"), ("--spacing", "1")),
                                       ("another grid", ("--like", like), ("--like", like))):
                run(CONSILIUM, "image", "resample", given, folder / "ours.mhd", "--interpolation", case,
                    "--default", outside, *ours)
                run(PEER, case, source if case != "nearest" else given, "--output", folder / "theirs.mhd", *theirs)
                compare(f"{case} of {given.name} to {grid}", folder / "ours.mhd", folder / "theirs.mhd", slack)


def check_operations(folder):
    source = folder / "scan-plain.mhd"
    masks = {"smooth": read_mhd(source) > -500, "speckled": read_mhd(source) > -845}
    for name, mask in masks.items():
        path = folder / f"{name}.mhd"
        write_mhd(path, mask.astype("u1"), GEOMETRIES["plain"])
        for case, slack in (("components", 0), ("components26", 0), ("distance", 1e-4), ("closing", 0), ("opening", 0),
                            ("dilate", 0), ("erode", 0)):
            for radius in (("1", "3", "5") if case in ("closing", "opening", "dilate", "erode") else ("0",)):
                run(OPS, case, path, folder / "ours.mhd", radius)
                run(PEER, case, path, "--radius", radius, "--output", folder / "theirs.mhd")
                compare(f"{case} {radius} of {name}", folder / "ours.mhd", folder / "theirs.mhd", slack)
    run(OPS, "median", source, folder / "ours.mhd", "1")
    run(PEER, "median", source, "--output", folder / "theirs.mhd")
    compare("median", folder / "ours.mhd", folder / "theirs.mhd", 0)


PEER = build_peer()
with tempfile.TemporaryDirectory() as text:
    work = pathlib.Path(text)
    check_places(work)
    check_resampling(work)
    check_operations(work)
print(f"{len(failures)} differences")
sys.exit(1 if failures else 0)
