"""volumes.py make PROGRAM XxYxZ DIR | difference A B | percentile: the scan of bench/image and
its masks; MetaImage with NumPy alone, so that no program under test reads what
it is compared with. A process of its own: a child inherits the peak memory of
who started it, so bench/image must stay small."""
import gzip
import json
import pathlib
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import time
import zlib

import numpy as np

TYPES = {"MET_SHORT": "<i2", "MET_UCHAR": "u1", "MET_CHAR": "i1", "MET_INT": "<i4", "MET_USHORT": "<u2",
         "MET_FLOAT": "<f4", "MET_DOUBLE": "<f8"}
NAMES = {np.dtype(code): name for name, code in TYPES.items()}
SPACING = (0.7, 0.7, 1.25)


def read_header(path):
    fields = {}
    for line in pathlib.Path(path).read_text().splitlines():
        key, _, value = line.partition("=")
        fields[key.strip()] = value.strip()
    return fields


def read_mhd(path):
    """Little-endian: [z, y, x]."""
    fields = read_header(path)
    size = [int(n) for n in fields["DimSize"].split()]
    data = (pathlib.Path(path).parent / fields["ElementDataFile"]).read_bytes()
    if fields.get("CompressedData") == "True":
        data = zlib.decompress(data)
    return np.frombuffer(data, TYPES[fields["ElementType"]]).reshape(size[::-1])


def header(voxels, data_file, extra=""):
    size = " ".join(str(n) for n in voxels.shape[::-1])
    spacing = " ".join(str(s) for s in SPACING)
    return (f"ObjectType = Image\nNDims = 3\nBinaryData = True\nBinaryDataByteOrderMSB = False\n{extra}"
            f"TransformMatrix = 1 0 0 0 1 0 0 0 1\nOffset = -180 -170 -320.5\nElementSpacing = {spacing}\n"
            f"DimSize = {size}\nElementType = {NAMES[voxels.dtype]}\nElementDataFile = {data_file}\n")


def write_mhd(path, voxels):
    voxels.tofile(path.with_suffix(".raw"))
    path.write_text(header(voxels, path.with_suffix(".raw").name))


def write_mha(path, voxels):
    packed = zlib.compress(voxels.tobytes(), 2)
    extra = f"CompressedData = True\nCompressedDataSize = {len(packed)}\n"
    path.write_bytes(header(voxels, "LOCAL", extra).encode() + packed)


def write_nifti(path, voxels):
    """NIfTI-1; world positions are those of header(), whose axes are LPS."""
    z, y, x = voxels.shape
    head = bytearray(352)
    struct.pack_into("<i", head, 0, 348)
    struct.pack_into("<8h", head, 40, 3, x, y, z, 1, 1, 1, 1)
    struct.pack_into("<hh", head, 70, 4, 16)  # int16
    struct.pack_into("<8f", head, 76, 1, *SPACING, 0, 0, 0, 0)
    struct.pack_into("<f", head, 108, 352)
    struct.pack_into("<f", head, 112, 1)
    head[123] = 2  # millimetres
    struct.pack_into("<hh", head, 252, 0, 1)
    struct.pack_into("<4f", head, 280, -SPACING[0], 0, 0, 180)
    struct.pack_into("<4f", head, 296, 0, -SPACING[1], 0, 170)
    struct.pack_into("<4f", head, 312, 0, 0, SPACING[2], -320.5)
    head[344:348] = b"n+1\0"
    with gzip.open(path, "wb", 6) as out:
        out.write(bytes(head) + voxels.tobytes())


def fragments(scan, lungs):
    """The brightest tenth of the lungs: vessels, and noise in tens of thousands of pieces."""
    bright = np.percentile(scan[lungs > 0], 90)
    return ((scan > bright) & (lungs > 0)).astype("u1")


def phantom(program, size, folder):
    """A scan and its lungs, 0 or 1."""
    subprocess.run([str(program), "phantom", str(folder), "--scans", "1", "--seed", "1", "--size", size],
                   check=True, capture_output=True)
    scan, = [path for path in folder.glob("*.mhd")]
    lungs = read_mhd(folder / "masks" / f"{scan.stem}_lungs.mhd")
    return read_mhd(scan), np.isin(lungs, (3, 4)).astype("u1")


def make_data(program, size, folder):
    """The files of the cases, unless they are there."""
    if (folder / "ct.mha").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as text:
        scan, lungs = phantom(program, size, pathlib.Path(text) / "phantom")
    write_mhd(folder / "lungs.mhd", lungs)
    write_mhd(folder / "fragments.mhd", fragments(scan, lungs))
    write_mhd(folder / "ct.mhd", scan)
    write_nifti(folder / "ct.nii.gz", scan)
    write_mha(folder / "part.mha", scan)
    shutil.move(folder / "part.mha", folder / "ct.mha")


def difference(path_a, path_b):
    """How many voxels differ, and by how much at most."""
    a, b = read_mhd(path_a), read_mhd(path_b)
    if a.shape != b.shape:
        return max(a.size, b.size), float("inf")
    gap = np.abs(a.astype("f8") - b.astype("f8"))
    return int(np.count_nonzero(gap)), float(gap.max())


def percentile():
    """What a data loader does with each image: clip to percentiles 1 and 99 and scale. Median of five."""
    images = np.random.default_rng(1).normal(0, 300, (100, 512, 512)).astype(np.float32)
    times = []
    for _ in range(6):
        start = time.perf_counter()
        for image in images:
            low, high = np.percentile(image, (1, 99))
            np.clip((image - low) / (high - low), 0, 1)
        times.append(time.perf_counter() - start)
    return {"s": statistics.median(times[1:])}


def main(action, *args):
    if action == "percentile":
        print(json.dumps(percentile()))
    elif action == "make":
        make_data(args[0], args[1], pathlib.Path(args[2]))
    else:
        print(json.dumps(difference(*args)))


if __name__ == "__main__":
    main(*sys.argv[1:])
