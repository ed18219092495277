"""Single layers: `consilium bench engine` knows their names and times ours,
onednn_peer is given the same names. Both tell the same two numbers of what they
computed (src/cli/bench_layer.h), from the same inputs."""
import json
import os
import pathlib
import shutil
import statistics
import subprocess

SOURCE = pathlib.Path(__file__).resolve().parent.parent / "peers" / "onednn_peer.c"
PEER = "onednn"


def layer_names(program):
    try:
        done = subprocess.run([program, "bench", "engine", "--list"], capture_output=True,
                              text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return []
    return [name for name in done.stdout.split() if not name.startswith("unet3d-")]


def compile_onednn(folder):
    """The program, or None and why there is none."""
    if not shutil.which("gcc"):
        return None, "gcc is not installed"
    program = folder / "onednn_peer"
    done = subprocess.run(["gcc", "-std=gnu17", "-O2", "-fopenmp", "-o", str(program),
                           str(SOURCE), "-ldnnl", "-lm"], capture_output=True, text=True)
    if done.returncode == 0:
        return program, None
    if "dnnl.h" in done.stderr:
        return None, "libdnnl-dev is not installed"
    return None, "onednn_peer.c does not compile"


def ours_once(program, name):
    done = subprocess.run([program, "bench", "engine", "--only", name, "--json"],
                          capture_output=True, text=True)
    if done.returncode != 0:
        return {"missing": (done.stderr.strip().splitlines() or ["failed"])[-1]}
    row = json.loads(done.stdout)["rows"][0]
    return {**row["ours"], "amount": row["amount"], "unit": row["unit"]}


def theirs_once(peer, name, variant):
    """The first round tries every variant, the others repeat the fastest."""
    argv = [str(peer), name, *([variant] if variant else [])]
    done = subprocess.run(argv, capture_output=True, text=True)
    if done.returncode != 0:
        return {"missing": f"ended with {done.returncode}"}
    return json.loads(done.stdout)


def measure(name, program, peer, rounds):
    """All rounds of ours and of theirs, in turn; a fault ends one's own."""
    mine, theirs = [], []
    for number in range(rounds):
        if not mine or "s" in mine[-1]:
            mine.append(ours_once(program, name))
        if peer and (not theirs or "s" in theirs[-1]):
            theirs.append(theirs_once(peer, name, theirs[0]["variant"] if theirs else None))
    return mine, theirs


def result(times):
    if "s" not in times[-1]:
        return {"missing": times[-1]["missing"]}
    seconds = [one["s"] for one in times]
    found = {"s": statistics.median(seconds), "least_s": min(seconds),
             "rss_mib": max(one["rss_mib"] for one in times)}
    if "impl" in times[0]:
        found["how"] = f"{times[0]['variant']} {times[0]['impl']}"
    return found


def error_of(mine, theirs):
    """Of the sum that weighs every element of the output differently, against
    the norm of the output; and of the norm itself."""
    norm = mine["norm"]
    return max(abs(mine["probe"] - theirs["probe"]), abs(norm - theirs["norm"])) / norm


def layer_row(name, program, onednn, rounds, wrong):
    peer, trouble = onednn
    mine, theirs = measure(name, program, peer, rounds)
    row = {"name": name, "load": os.getloadavg()[0], "ours": result(mine),
           "amount": mine[0].get("amount", 0), "unit": mine[0].get("unit", ""),
           "peers": {PEER: result(theirs) if theirs else {"missing": trouble}}, "ratio": {}}
    if "s" not in row["ours"] or "s" not in row["peers"][PEER]:
        return row
    error = error_of(mine[0], theirs[0])
    row["peers"][PEER]["error"] = error
    if not error <= wrong:
        row["peers"][PEER] = {"missing": f"another result, off by {error:.1e}"}
    else:
        row["ratio"][PEER] = row["peers"][PEER]["s"] / row["ours"]["s"]
    return row
