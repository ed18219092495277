#!/usr/bin/env python3
"""onnx_transformer.py DIR ONNX_AGAIN PEERS: ONNX Runtime's answer to our transformer.

DIR has what make_transformer.py wrote, and the transformer.onnx that
check_transformer left there: layer normalisation, attention with and without a
mask, an embedding, boxes, reductions and learned values. It passes the checker
of the onnx package, and so does what ONNX_AGAIN makes of it by reading and
writing; both give PyTorch's outputs in ONNX Runtime. PEERS is the folder with
onnxruntime-node. Exits with 77 (skipped) where one of these is not there."""
import pathlib
import subprocess
import sys
import tempfile

try:
    import numpy as np
    import onnx

    from onnx_runtime import start_runtime
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(77)

# Floats summed in another order, relative to the largest number of an output.
BOUND = 1e-5


def outputs(folder):
    return [np.load(folder / f"output-{i}.f64.npy") for i in range(2)]


def check(title, model, runtime, inputs, exact, scratch):
    onnx.checker.check_model(onnx.load(str(model)), full_check=True)
    got = runtime.run_all(model, inputs, len(exact), scratch)
    for i, (ours, theirs) in enumerate(zip(got, exact)):
        assert ours.size == theirs.size, (title, ours.shape, theirs.shape)
        error = np.abs(ours.reshape(theirs.shape) - theirs).max() / np.abs(theirs).max()
        print(f"{title}, output {i}: {error:.1e}")
        assert error <= BOUND, (title, i, error)


def main():
    folder, again, peers = map(pathlib.Path, sys.argv[1:4])
    model = folder / "transformer.onnx"
    if not model.exists():
        print(f"skipped: there is no {model}; check_transformer leaves it")
        sys.exit(77)
    runtime = start_runtime(peers)
    words = np.load(folder / "words.f32.npy")
    inputs = [np.load(folder / "image.f32.npy"),
              words.reshape(words.shape[0], 1, 1, -1)]
    with tempfile.TemporaryDirectory() as name:
        scratch = pathlib.Path(name)
        check("ours", model, runtime, inputs, outputs(folder), scratch)
        subprocess.run([again, model, scratch / "again.onnx"], check=True)
        check("read and written", scratch / "again.onnx", runtime, inputs, outputs(folder),
              scratch)
    runtime.end()


if __name__ == "__main__":
    main()
