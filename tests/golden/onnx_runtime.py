"""ONNX Runtime for the tests, by the protocol of bench/engine_peers/onnx_peer.mjs."""
import json
import pathlib
import subprocess
import sys

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Runtime:
    """ONNX Runtime in a process of its own."""

    def __init__(self):
        script = ROOT / "bench" / "engine_peers" / "onnx_peer.mjs"
        self.process = subprocess.Popen(["node", script], text=True, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE)

    def ask(self, **ask):
        print(json.dumps(ask), file=self.process.stdin, flush=True)
        answer = json.loads(self.process.stdout.readline() or '{"missing": "no answer"}')
        if "missing" in answer:
            print(f"skipped: {answer['missing']}")
            sys.exit(77)
        assert answer.get("ok"), answer
        return answer

    def run(self, model, array, folder):
        return self.run_all(model, [array], 1, folder)[0]

    def run_all(self, model, arrays, outputs, folder):
        """The first `outputs` outputs of a model for these inputs."""
        asked = []
        for i, array in enumerate(arrays):
            path = folder / f"ort-in-{i}.npy"
            np.save(path, array)
            asked.append({"shape": list(array.shape), "input": str(path)})
        self.ask(cmd="load", file=str(model), threads=2, more=asked[1:], **asked[0])
        return [self.output(i, folder / f"ort-out-{i}.npy") for i in range(outputs)]

    def output(self, index, path):
        self.ask(cmd="output", index=index, file=str(path))
        return np.load(path)

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def start_runtime(peers):
    """PEERS is the folder with onnxruntime-node. Ends the program with 77
    (skipped) where there is none."""
    if not (peers / "node_modules" / "onnxruntime-node").is_dir():
        print(f"skipped: {peers} has no onnxruntime-node; npm ci makes it")
        sys.exit(77)
    try:
        return Runtime()
    except FileNotFoundError as error:
        print(f"skipped: {error}")
        sys.exit(77)
