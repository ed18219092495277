#!/usr/bin/env python3
"""volumes_nibabel.py CONSILIUM: nibabel and we agree on every voxel's value and
world position, whoever wrote the file.

Both ways for every element type and byte order, for axes in every order and
sign, oblique ones included; MetaImage is read and written here by its
description. Exits with 77 (skipped) without nibabel."""
import itertools
import pathlib
import subprocess
import sys
import tempfile

try:
    import nibabel
    import numpy as np
except ImportError:
    print("skipped: this Python has no nibabel")
    sys.exit(77)

TYPES = {"u1": "MET_UCHAR", "i1": "MET_CHAR", "i2": "MET_SHORT", "u2": "MET_USHORT",
         "i4": "MET_INT", "u4": "MET_UINT", "i8": "MET_LONG_LONG", "f4": "MET_FLOAT",
         "f8": "MET_DOUBLE"}
WRITTEN = {v: k for k, v in TYPES.items()}
TO_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])
program = sys.argv[1]
random = np.random.default_rng(5)
done = []


def convert(*args):
    result = subprocess.run([program, "image", "convert", *map(str, args)], capture_output=True,
                            text=True)
    assert result.returncode == 0, (args, result.stderr)


def rotation():
    q = random.normal(size=4)
    a, b, c, d = q / np.linalg.norm(q)
    return np.array([[a*a+b*b-c*c-d*d, 2*(b*c-a*d), 2*(b*d+a*c)],
                     [2*(b*c+a*d), a*a+c*c-b*b-d*d, 2*(c*d-a*b)],
                     [2*(b*d-a*c), 2*(c*d+a*b), a*a+d*d-b*b-c*c]])


def directions():
    """Axes in every order and sign, then turned ones, mirrored and not."""
    for order in itertools.permutations(range(3)):
        for signs in itertools.product([1, -1], repeat=3):
            yield np.eye(3)[:, order] * signs
    for mirror in (1, -1) * 6:
        yield rotation() * [1, 1, mirror]


def volume(code, shape):
    kind = np.dtype(code)
    if kind.kind == "f":
        return random.normal(0, 1000, shape).astype(kind)
    low, high, native = np.iinfo(kind).min, np.iinfo(kind).max, kind.newbyteorder("=")
    return random.integers(low, high, shape, dtype=native, endpoint=True).astype(kind)


def affine(direction, spacing, origin):
    """RAS, of a direction and an origin in LPS."""
    m = np.eye(4)
    m[:3, :3] = direction * spacing
    m[:3, 3] = origin
    return TO_RAS @ m


def read_mhd(path):
    fields = dict(line.split(" = ", 1) for line in path.read_text().splitlines())
    size = [int(n) for n in fields["DimSize"].split()]
    raw = (path.parent / fields["ElementDataFile"]).read_bytes()
    voxels = np.frombuffer(raw, "<" + WRITTEN[fields["ElementType"]])
    numbers = {key: np.array(fields[key].split(), float)
               for key in ("TransformMatrix", "Offset", "ElementSpacing")}
    direction = numbers["TransformMatrix"].reshape(3, 3).T
    return (voxels.reshape(size, order="F"),
            affine(direction, numbers["ElementSpacing"], numbers["Offset"]))


def write_mhd(path, voxels, direction, spacing, origin):
    order = voxels.dtype.byteorder == ">"
    path.write_text("\n".join([
        "ObjectType = Image", "NDims = 3", f"BinaryDataByteOrderMSB = {order}",
        "TransformMatrix = " + " ".join(repr(float(n)) for n in direction.T.ravel()),
        "Offset = " + " ".join(repr(float(n)) for n in origin),
        "ElementSpacing = " + " ".join(repr(float(n)) for n in spacing),
        "DimSize = " + " ".join(map(str, voxels.shape)),
        "ElementType = " + TYPES[voxels.dtype.str[1:]], "ElementDataFile = raw.raw", ""]))
    (path.parent / "raw.raw").write_bytes(voxels.tobytes(order="F"))


def close(a, b, shape, mm=1e-4):
    """Corners of the grid, at most that far apart."""
    corners = np.array([[*c, 1] for c in itertools.product(*[(0, n - 1) for n in shape])]).T
    assert np.abs(a @ corners - b @ corners).max() < mm, (a, b)


def same(ours, theirs):
    native = theirs.dtype.newbyteorder("<")
    wide = np.dtype(np.int64) if native == np.uint32 else native
    assert ours.dtype == wide, (ours.dtype, theirs.dtype)
    assert np.array_equal(ours, theirs)


def from_nibabel(folder):
    """They write, we read."""
    n = 0
    kinds = itertools.cycle(itertools.product(TYPES, "<>", [nibabel.Nifti1Image, nibabel.Nifti2Image],
                                              [".nii", ".nii.gz"]))
    cases = itertools.chain(directions(), (rotation() for _ in range(80)))
    for direction, (code, order, image, ending) in zip(cases, kinds):
        shape = tuple(random.integers(1, 9, 3))
        voxels = volume(order + code, shape)
        m = affine(direction, random.uniform(0.3, 5, 3), random.normal(0, 300, 3))
        their = image(voxels, m, header=image.header_class(endianness=order), dtype=voxels.dtype)
        path = folder / ("theirs" + ending)
        if n % 3 == 1:  # the rotation alone
            their.header.set_sform(None, 0)
            their.header.set_qform(m, 1)
        their.to_filename(path)
        read = nibabel.load(path)
        convert(path, folder / "ours.mhd")
        ours, place = read_mhd(folder / "ours.mhd")
        same(ours, np.asanyarray(read.dataobj))
        close(place, read.affine, shape)
        n += 1
    done.append(f"{n} files of nibabel")


def to_nibabel(folder):
    """We write, they read; both forms say the same."""
    n = 0
    kinds = itertools.cycle(itertools.product(TYPES, "<>", [".nii", ".nii.gz"]))
    for direction, (code, order, ending) in zip(itertools.chain(directions(), directions()), kinds):
        shape = tuple(random.integers(1, 9, 3))
        voxels = volume(order + code, shape)
        spacing, origin = random.uniform(0.3, 5, 3), random.normal(0, 300, 3)
        write_mhd(folder / "ours.mhd", voxels, direction, spacing, origin)
        path = folder / ("ours" + ending)
        convert(folder / "ours.mhd", path)
        read = nibabel.load(path)
        m = affine(direction, spacing, origin)
        same(np.asanyarray(read.dataobj).astype(read.get_data_dtype().newbyteorder("<")), voxels)
        close(read.get_sform(), m, shape)
        close(read.get_qform(), m, shape, 0.02)  # by a float's root near a half turn
        assert read.header["sform_code"] == 1 and read.header["qform_code"] == 1
        assert read.header.get_xyzt_units()[0] == "mm"
        n += 1
    done.append(f"{n} files of ours")


def long_axis(folder):
    voxels = volume("<i2", (40000, 2, 1))
    write_mhd(folder / "long.mhd", voxels, rotation(), [0.1, 0.2, 0.3], [1, 2, 3])
    convert(folder / "long.mhd", folder / "long.nii.gz")
    read = nibabel.load(folder / "long.nii.gz")
    assert isinstance(read, nibabel.Nifti2Image)
    assert np.array_equal(np.asanyarray(read.dataobj), voxels)
    done.append("NIfTI-2")


def scaled(folder):
    """Slopes, and images of four axes."""
    for code in "u1", "i2", "u2", "i4", "f4":
        voxels = volume(code, (5, 4, 3, 1))
        their = nibabel.Nifti1Image(voxels, affine(np.eye(3), [1, 2, 3], [4, 5, 6]))
        their.header.set_slope_inter(0.25, -1024)
        with open(folder / "slope.nii", "wb") as file:
            their.header["vox_offset"] = 352
            their.header.write_to(file)
            file.write(bytes(4) + voxels.tobytes(order="F"))
        expected = nibabel.load(folder / "slope.nii").get_fdata()
        convert(folder / "slope.nii", folder / "slope.mhd")
        ours, _ = read_mhd(folder / "slope.mhd")
        assert ours.dtype == np.float32
        assert np.array_equal(ours, expected[..., 0].astype(np.float32))
    done.append("slopes")


def refused(folder):
    """Shear, which nibabel reads, has no place in a grid with right angles."""
    m = np.diag([1.0, 2, 3, 1])
    m[0, 1] = 0.5
    nibabel.Nifti1Image(np.zeros((3, 3, 3), np.int16), m).to_filename(folder / "shear.nii")
    result = subprocess.run([program, "image", "info", "--json", str(folder / "shear.nii")],
                            capture_output=True, text=True)
    assert result.returncode == 3 and "right angles" in result.stderr, result.stderr
    done.append("shear refused")


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for check in from_nibabel, to_nibabel, long_axis, scaled, refused:
            check(folder)
    print(f"nibabel {nibabel.__version__}: {', '.join(done)}")


main()
