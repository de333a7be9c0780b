#!/usr/bin/env python3
"""Writes the arrays beside this file with NumPy, and arrays.json with what is in them.

    pip install numpy==2.4.6
    python3 make.py
"""
import json
import os

import numpy
from numpy.lib import format as npy

os.chdir(os.path.dirname(os.path.abspath(__file__)))
random = numpy.random.default_rng(7)
grid = numpy.array([[1, 2, 3], [4, 5, 6]])

arrays = {
    "float16": numpy.array([0.5, -2, 65504], "<f2"),
    "float32": numpy.array([[1.5, -2], [3, 1e-30]], "<f4"),
    "float64": numpy.array([1 / 3, -1e300], "<f8"),
    "int8": numpy.array([-128, 127], "|i1"),
    "uint8": numpy.array([0, 255], "|u1"),
    "int16": numpy.array([-32768, 32767], "<i2"),
    "uint16": numpy.array([0, 65535], "<u2"),
    "int32": numpy.array([-(2**31), 2**31 - 1], "<i4"),
    "uint32": numpy.array([0, 2**32 - 1], "<u4"),
    "int64": numpy.array([-(2**53), 2**53], "<i8"),
    "uint64": numpy.array([0, 2**53], "<u8"),
    "bool": numpy.array([True, False, True]),
    "scalar": numpy.array(2.5, "<f4"),
    "empty": numpy.zeros((0, 3), "<f4"),
    "columns_first": numpy.asfortranarray(numpy.arange(24, dtype="<f4").reshape(2, 3, 4)),
    "big_endian": grid.astype(">f4"),
    "big_endian_integers": grid.astype(">i8"),
    "strings": numpy.array([["one", "zwölf"], ["", "日本"]]),
    "big_endian_strings": numpy.array(["a", "bcd"], ">U3"),
    "byte_strings": numpy.array([b"one", b"three"]),
}
refused = {
    "complex": numpy.array([1 + 2j]),
    "objects": numpy.array([{"a": 1}], object),
    "records": numpy.zeros(2, [("a", "<f4"), ("b", "<i4")]),
    "dates": numpy.array(["2020-01-01"], "datetime64[D]"),
}


def described(array):
    kind = {"U": "string", "S": "string"}.get(array.dtype.kind, array.dtype.name)
    data = [v.decode() if isinstance(v, bytes) else v for v in array.flatten("C").tolist()]
    return {"type": kind, "dims": list(array.shape), "data": data}


for name, array in arrays.items():
    numpy.save(name + ".npy", array)
for name, array in refused.items():
    numpy.save(name + ".npy", array, allow_pickle=True)
for version in (2, 3):
    with open(f"version{version}.npy", "wb") as file:
        npy.write_array(file, arrays["float32"], version=(version, 0))
    arrays[f"version{version}"] = arrays["float32"]

# What deflate makes much of, and what it makes nothing of; text; and less than a block.
members = {
    "noise": random.random((32, 16)).astype("<f4"),
    "ramp": numpy.arange(1024, dtype="<i4") // 8,
    "zeros": numpy.zeros((32, 32), "<f4"),
    "words": numpy.array([f"word {n % 17}" for n in range(200)]),
    "small": numpy.array([1.0, 2.0], "<f4"),
}
numpy.savez("stored.npz", **members)
numpy.savez_compressed("deflated.npz", **members)
numpy.savez("pair.npz", x0=numpy.array([1, 2], "<f4"), x1=numpy.array([3, 4], "<f4"))
numpy.savez_compressed(
    "pair_and_output.npz",
    x0=numpy.array([1, 2], "<f4"), x1=numpy.array([3, 4], "<f4"), y=numpy.array([4, 6], "<f4"))

with open("arrays.json", "w") as file:
    json.dump(
        {"arrays": {name: described(array) for name, array in arrays.items()}, "refused": sorted(refused),
         "members": {name: described(array) for name, array in members.items()}},
        file, ensure_ascii=False)
    file.write("\n")
