#!/usr/bin/env python3
"""weights_torch.py CONSILIUM: our .pth and PyTorch's are each other's.

What torch.save() writes is read and gives the same bits; what we write is
opened by torch.load(weights_only=True); files that would run code, and formats
that we do not read, are refused. Exits with 77 (skipped) without PyTorch."""
import collections
import hashlib
import json
import os
import pathlib
import struct
import subprocess
import sys
import tempfile

try:
    import torch
except ImportError:
    print("skipped: this Python has no torch")
    sys.exit(77)

TYPES = {"F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16,
         "F64": torch.float64, "I8": torch.int8, "U8": torch.uint8,
         "I16": torch.int16, "I32": torch.int32, "I64": torch.int64,
         "BOOL": torch.bool}
program = sys.argv[1]
done = []


def run(*args, status=0):
    result = subprocess.run([program, "weights", *args], capture_output=True, text=True)
    assert result.returncode == status, (args, result.returncode, result.stderr)
    return result.stdout if status == 0 else result.stderr


def bits(tensor):
    """Type, shape and bytes: equality beyond what == says of NaN and -0."""
    flat = tensor.detach().contiguous().reshape(-1)
    if flat.dtype == torch.bfloat16:
        flat = flat.view(torch.int16)
    return str(tensor.dtype), tuple(tensor.shape), flat.numpy().tobytes()


def same(a, b):
    assert list(a) == list(b), (list(a), list(b))
    for name in a:
        assert bits(a[name]) == bits(b[name]), name


def read_safetensors(path):
    """By the format's description, not by our code."""
    data = path.read_bytes()
    size = struct.unpack("<Q", data[:8])[0]
    assert (8 + size) % 8 == 0
    table = json.loads(data[8:8 + size])
    table.pop("__metadata__", None)
    body, out, end = data[8 + size:], collections.OrderedDict(), 0
    for entry in table.values():
        end = max(end, entry["data_offsets"][1])
    assert end == len(body)
    for name, entry in table.items():
        begin, end = entry["data_offsets"]
        kind = TYPES[entry["dtype"]]
        if begin == end:
            out[name] = torch.empty(entry["shape"], dtype=kind)
        else:
            flat = torch.frombuffer(bytearray(body[begin:end]), dtype=kind)
            out[name] = flat.reshape(entry["shape"])
    return out


def check(folder, title, saved, state):
    """saved: what torch.save() gets; state: the tensors in it."""
    theirs, ours = folder / "theirs.pth", folder / "ours.pth"
    middle = folder / "middle.safetensors"
    torch.save(saved, theirs)
    run("convert", str(theirs), str(middle))
    same(read_safetensors(middle), state)
    run("convert", str(theirs), str(ours))
    loaded = torch.load(ours, weights_only=True)
    assert isinstance(loaded, collections.OrderedDict)
    same(loaded, state)
    run("convert", str(middle), str(ours))
    same(torch.load(ours, weights_only=True), state)
    run("verify", str(ours), "--like", str(theirs), status="odd" in state)
    listed = json.loads(run("inspect", str(theirs), "--json"))
    assert [t["name"] for t in listed["tensors"]] == list(state)
    done.append(title)


def network():
    torch.manual_seed(1)
    net = torch.nn.Sequential(torch.nn.Conv3d(1, 4, 3), torch.nn.BatchNorm3d(4),
                              torch.nn.Conv3d(4, 2, 1))
    net(torch.randn(2, 1, 5, 5, 5))
    return net


def every_type():
    base = torch.arange(-7, 8)
    state = collections.OrderedDict()
    for name, kind in TYPES.items():
        state[name] = (base % 2 == 0) if kind == torch.bool else base.to(kind)
    odd = torch.tensor([float("nan"), float("inf"), -0.0, 1e-45])
    return {**state, "odd": odd, "scalar": torch.tensor(3), "none": torch.empty(0, 4)}


def sharing():
    base = torch.arange(24, dtype=torch.float32).reshape(2, 3, 4)
    return {"whole": base, "turned": base.permute(2, 0, 1), "slice": base[:, 1:, ::2],
            "tail": base.reshape(-1)[20:], "row": base[1, 2]}


def checkpoint(state):
    adam = torch.optim.Adam(network().parameters())
    return {"epoch": 17, "state_dict": state, "loss": [0.5, float("nan"), 2**70, -1],
            "optimizer": adam.state_dict(), "note": "médical", "best": None, "ok": True,
            "shape": (1, 2, 3, 4)}


def expect_refused(folder, title, saved, words, status=3, **options):
    path = folder / "refused.pth"
    torch.save(saved, path, **options)
    said = run("inspect", str(path), status=status)
    assert words in said, said
    done.append(title)


class Call:
    """What a hostile file does to whoever unpickles it."""

    def __init__(self, path):
        self.path = str(path)

    def __reduce__(self):
        return os.mkdir, (self.path,)


def check_refusals(folder, state):
    proof = folder / "was_run"
    expect_refused(folder, "a whole module", network(), "Sequential")
    expect_refused(folder, "code", {"a": Call(proof)}, "mkdir")
    assert not proof.exists()
    expect_refused(folder, "the old format", state, "PyTorch 1.6", status=1,
                   _use_new_zipfile_serialization=False)
    expect_refused(folder, "a sparse tensor", {"a": torch.eye(3).to_sparse()},
                   "_rebuild_sparse_tensor")
    expect_refused(folder, "another protocol", state, "protocol 4", status=1, pickle_protocol=4)
    torch.jit.script(torch.nn.ReLU()).save(str(folder / "script.pth"))
    assert "TorchScript" in run("inspect", str(folder / "script.pth"), status=1)


def check_repeatable(folder, state):
    sums = set()
    torch.save(state, folder / "theirs.pth")
    for name in "a.pth", "b.pth":
        run("convert", str(folder / "theirs.pth"), str(folder / name))
        sums.add(hashlib.sha256((folder / name).read_bytes()).hexdigest())
    assert len(sums) == 1


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        state = network().state_dict()
        check(folder, "a state_dict", state, state)
        for home in "state_dict", "model_state_dict", "net", "model":
            check(folder, f"a checkpoint with {home}", {"epoch": 1, home: state}, state)
        check(folder, "a large checkpoint", checkpoint(state), state)
        cases = {"parameters": dict(network().named_parameters()), "every type": every_type(),
                 "shared storages and strides": sharing(), "no tensors": {},
                 "2500 tensors": {f"t{i}": torch.tensor(i) for i in range(2500)},
                 "half precision": network().half().state_dict()}
        for title, tensors in cases.items():
            check(folder, title, tensors, tensors)
        check_refusals(folder, state)
        check_repeatable(folder, state)
    print(f"torch {torch.__version__}: {len(done)} cases agree: {', '.join(done)}")


main()
