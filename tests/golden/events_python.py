#!/usr/bin/env python3
"""events_python.py WRITE_EVENTS: reads event files with a decoder of its own,
written from the formats' descriptions, and checks that each step is there once.
Where TensorBoard is installed, that reads them too."""
import glob
import os
import struct
import subprocess
import sys
import tempfile


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ 0x82F63B78 if crc & 1 else crc >> 1
    return crc ^ 0xFFFFFFFF


def masked(data):
    crc = crc32c(data)
    return (((crc >> 15) | (crc << 17 & 0xFFFFFFFF)) + 0xA282EAD8) & 0xFFFFFFFF


def records(data):
    while data:
        (length, head), rest = struct.unpack("<QI", data[:12]), data[12:]
        assert head == masked(data[:8]), "sum of a length"
        body, (tail,) = rest[:length], struct.unpack("<I", rest[length : length + 4])
        assert tail == masked(body), "sum of a message"
        yield body
        data = rest[length + 4 :]


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def fields(data):
    """(number, wire type, value) of each field of a message."""
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        number, wire = key >> 3, key & 7
        if wire == 0:
            value, at = varint(data, at)
        elif wire in (1, 5):
            size = 8 if wire == 1 else 4
            value, at = struct.unpack("<d" if wire == 1 else "<f", data[at : at + size])[0], at + size
        else:
            assert wire == 2, wire
            length, at = varint(data, at)
            value, at = data[at : at + length], at + length
        yield number, wire, value


def event(body):
    out = {"scalars": {}, "step": 0}
    for number, wire, value in fields(body):
        if (number, wire) == (1, 1):
            out["time"] = value
        elif (number, wire) == (2, 0):
            out["step"] = value
        elif (number, wire) == (3, 2):
            out["version"] = value.decode()
        elif (number, wire) == (5, 2):
            for _, _, entry in fields(value):
                parts = {n: v for n, _, v in fields(entry)}
                out["scalars"][parts[1].decode()] = parts[2]
        elif (number, wire) == (7, 2):
            out["session"] = {n: v for n, _, v in fields(value)}
        else:
            raise AssertionError((number, wire))
    return out


def f32(value):
    return struct.unpack("<f", struct.pack("<f", value))[0]


def check(folder):
    names = sorted(glob.glob(os.path.join(folder, "events.out.tfevents.*")))
    assert len(names) == 2, names
    events = [[event(b) for b in records(open(n, "rb").read())] for n in names]
    for file in events:
        assert file[0]["version"] == "brain.Event:2" and file[0]["step"] == 0
        assert all(e["time"] > 1.6e9 for e in file)
    assert "session" not in events[0][-1]
    assert events[1][1]["session"] == {1: 1} and events[1][1]["step"] == 4
    steps = [e for file in events for e in file if "train/loss" in e["scalars"]]
    assert [e["step"] for e in steps] == list(range(1, 301))
    for e in steps:
        n, s = e["step"], e["scalars"]
        assert s["train/loss"] == f32(1 / n) and s["train/lr"] == f32(1e-3 * n), e
        assert (s["train/scores"], s["train/boxes"], s["train/norm"]) == (0.5, 0.25, 2)
        assert (s["train/seconds"], s["train/waited"]) == (0.125, 0.0625)
    last = events[1][-1]
    assert last["step"] == 300
    assert last["scalars"] == {"epoch/loss": f32(0.3), "epoch/seconds": 0, "val/cpm": 0.75, "val/froc_0.125": 0.5}


def check_with_tensorboard(folder):
    try:
        from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    except ImportError:
        return
    board = EventAccumulator(folder)
    board.Reload()
    assert [s.step for s in board.Scalars("train/loss")] == list(range(1, 301))
    assert board.Scalars("val/cpm")[0].value == 0.75


def main():
    assert masked(b"123456789") == (0x2507C60D + 0xA282EAD8) & 0xFFFFFFFF
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.argv[1], folder], check=True)
        check(folder)
        check_with_tensorboard(folder)


main()
