"""Those who take part in the engine benchmark, each behind the same face:
run() gives seconds, rss() MiB, output() a file of what it computed; a reason
in `missing` means that it does not take part."""
import json
import pathlib
import shutil
import statistics
import subprocess

HERE = pathlib.Path(__file__).resolve().parent


class Missing(Exception):
    """Not installed, or not able to."""


class Peer:
    """A process that answers one JSON line with one JSON line."""

    def __init__(self, name, argv, load):
        self.name, self.argv, self.wanted = name, argv, load
        self.missing = self.process = None

    def start(self):
        try:
            self.process = subprocess.Popen(self.argv, stdin=subprocess.PIPE,
                                            stdout=subprocess.PIPE, text=True)
            self.ask(cmd="load", **self.wanted)
        except (OSError, Missing) as error:
            self.missing = str(error)

    def ask(self, **message):
        try:
            self.process.stdin.write(json.dumps(message) + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # what it said before it went is still to be read
        answer = json.loads(self.process.stdout.readline() or '{"error": "ended without a word"}')
        for trouble in ("missing", "error"):
            if trouble in answer:
                raise Missing(answer[trouble])
        return answer

    def run(self):
        return self.ask(cmd="run")["s"]

    def rss(self):
        return self.ask(cmd="rss")["rss_mib"]

    def output(self, file):
        self.ask(cmd="output", file=str(file))
        return file

    def stop(self):
        if self.process:
            self.process.stdin.close()
            self.process.stdout.close()
            self.process.wait()


def torch_peer(mode, shape, threads, folder):
    size = "x".join(map(str, shape))
    load = {"network": "unet3d", "mode": mode, "shape": [1, 1, *shape], "threads": threads,
            "weights": str(folder / "weights.pth"), "input": str(folder / f"input-{size}.npy")}
    return Peer(f"torch-{mode}", ["/usr/bin/python3", str(HERE / "torch_peer.py")], load)


def onnx_peer(shape, threads, folder):
    """The graph is exported at its shape, which suits the runtime best."""
    size = "x".join(map(str, shape))
    load = {"file": str(folder / f"unet3d-{size}.onnx"), "shape": [1, 1, *shape],
            "threads": threads, "input": str(folder / f"input-{size}.npy")}
    peer = Peer("onnxruntime", ["node", str(HERE / "onnx_peer.mjs")], load)
    if not shutil.which("node"):
        peer.missing = "node is not installed"
    else:
        peer.missing = export(folder, shape, load["file"])
    return peer


def export(folder, shape, file):
    """None, or why there is no such file."""
    if pathlib.Path(file).exists():
        return None
    argv = ["/usr/bin/python3", str(HERE / "export_onnx.py"), "unet3d", file, "--weights",
            str(folder / "weights.pth"), "--shape", ",".join(map(str, (1, 1, *shape)))]
    return trouble_of(argv)


def prepare(folder, sizes):
    return trouble_of(["/usr/bin/python3", str(HERE / "prepare.py"), str(folder), *sizes])


def trouble_of(argv):
    """Runs a helper: None when it went well, else the last thing it said."""
    done = subprocess.run(argv, capture_output=True, text=True)
    if done.returncode == 0:
        return None
    return (done.stderr.strip().splitlines() or [f"{argv[1]} failed"])[-1]


class Ours:
    """A new process each round, which repeats the work a few times and says
    the median: the first time pays for fresh memory, as a peer's warm-up did."""
    REPEAT = 3

    def __init__(self, argv, file=None):
        self.name, self.argv, self.file = "ours", argv, file
        self.missing, self.peak = None, 0.0

    def start(self):
        if not pathlib.Path(self.argv[0]).exists():
            self.missing = f"{self.argv[0]} is not built"

    def run(self):
        done = subprocess.run(self.argv, capture_output=True, text=True)
        if done.returncode != 0:
            raise Missing((done.stderr.strip().splitlines() or ["failed"])[-1])
        return self.read(json.loads(done.stdout))

    def read(self, said):
        row = said["rows"][0]["ours"] if "rows" in said else said
        self.peak = max(self.peak, row["rss_mib"])
        return row["median_s"] if "median_s" in row else row["s"]

    def rss(self):
        return self.peak

    def output(self, _file):
        return self.file

    def stop(self):
        pass


def ours_infer(program, size, threads, folder):
    file = folder / f"ours-{size}.npy"
    argv = [program, "infer", "unet3d", "-w", str(folder / "weights.pth"),
            str(folder / f"input-{size}.npy"), str(file), "--threads", str(threads),
            "--repeat", str(Ours.REPEAT), "--json"]
    return Ours(argv, file)


def ours_train(program, case):
    return Ours([program, "bench", "engine", "--only", case, "--json"])


def measure(contestants, rounds, tell):
    """In each round everyone runs once. Name -> seconds of every round."""
    times = {one.name: [] for one in contestants}
    for one in contestants:
        if not one.missing:
            tell(f"{one.name} gets ready")
            one.start()
    for number in range(1, rounds + 1):
        for one in contestants:
            if one.missing:
                continue
            tell(f"round {number} of {rounds}, {one.name}")
            try:
                times[one.name].append(one.run())
            except Missing as error:
                one.missing = str(error)
    return times


def result(one, times):
    if one.missing:
        return {"missing": one.missing}
    return {"s": statistics.median(times), "least_s": min(times), "rss_mib": round(one.rss(), 1)}
