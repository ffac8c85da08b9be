"""Writes rtn.json: what onnxruntime's own block quantizer makes of weights that the test makes as well.

Needs numpy and onnxruntime (made with 1.31.1). RtnGoldenTest reads the file.
"""
import hashlib
import json
import sys

import numpy as np
from onnxruntime.capi._pybind_state import quantize_matmul_4bits, quantize_matmul_8bits


def weights(seed, rows, columns):
    state, values = seed, np.empty(rows * columns, dtype=np.float32)
    for i in range(rows * columns):
        state = (state * 1103515245 + 12345) % (1 << 31)
        value = (state - (1 << 30)) / (1 << 30)
        values[i] = np.float32(value * value * value * 0.25)
    matrix = values.reshape(rows, columns)
    matrix[0, :40] = 0
    return matrix


def digest(array):
    return hashlib.sha256(array.tobytes()).hexdigest()


def case(seed, rows, columns, bits, size, symmetric):
    matrix = weights(seed, rows, columns)
    blocks = (columns + size - 1) // size
    padded = np.pad(matrix.T, ((0, blocks * size - columns), (0, 0)))
    per_byte = 8 // bits
    numbers = np.zeros((rows, blocks, size // per_byte), dtype=np.uint8)
    zeros = np.zeros((rows, (blocks + per_byte - 1) // per_byte), dtype=np.uint8)
    scales = np.zeros((rows, blocks), dtype=np.float32)
    quantize = quantize_matmul_4bits if bits == 4 else quantize_matmul_8bits
    quantize(numbers, np.ascontiguousarray(padded), scales, zeros, size, rows, padded.shape[0], symmetric)
    return {
        "seed": seed, "rows": rows, "columns": columns, "bits": bits, "size": size, "symmetric": symmetric,
        "first": numbers.reshape(rows, -1)[1, :16].tobytes().hex(),
        "numbers": digest(numbers), "scales": digest(scales), "zeros": "" if symmetric else digest(zeros),
    }


cases = [
    case(seed, rows, columns, bits, size, symmetric)
    for seed, (rows, columns) in enumerate([(64, 896), (5, 100), (3, 32)], start=1)
    for bits in (4, 8)
    for size in (16, 32, 64, 128, 256)
    for symmetric in (True, False)
]
with open(sys.argv[1], "w") as file:
    file.write("[\n" + ",\n".join(json.dumps(each) for each in cases) + "\n]\n")
