#!/usr/bin/env python3
"""Makes the weights, images and references beside this file: the kernels' arithmetic in double precision."""

import math
import struct
from pathlib import Path

WIDTH, HEIGHT, BLURS, THRESHOLD = 28, 20, 5, 0.05
WEIGHTS = [[1 / 16, 2 / 16, 1 / 16], [2 / 16, 4 / 16, 2 / 16], [1 / 16, 2 / 16, 1 / 16]]
FOLDER = Path(__file__).parent


def at(image, x, y):
    return image[min(max(y, 0), HEIGHT - 1)][min(max(x, 0), WIDTH - 1)]


def every_pixel(value):
    return [[value(x, y) for x in range(WIDTH)] for y in range(HEIGHT)]


def blur(image):
    return every_pixel(
        lambda x, y: sum(WEIGHTS[j][i] * at(image, x + i - 1, y + j - 1) for j in range(3) for i in range(3))
    )


def edges(image):
    return every_pixel(
        lambda x, y: math.hypot(
            0.5 * (at(image, x + 1, y) - at(image, x - 1, y)), 0.5 * (at(image, x, y + 1) - at(image, x, y - 1))
        )
    )


def write(name, form, values):
    (FOLDER / name).write_bytes(struct.pack(f"<{len(values)}{form}", *values))


def flat(image):
    return [value for row in image for value in row]


images = {
    "disc": every_pixel(lambda x, y: 1.0 if math.hypot(x - 14, y - 9) < 6 else 0.0),
    "stripes": every_pixel(lambda x, y: ((x + 2 * y) // 7) % 2 * 0.75 + 0.25),
}
write("weights.bin", "f", flat(WEIGHTS))
for name, image in images.items():
    blurred = image
    for _ in range(BLURS):
        blurred = blur(blurred)
    found = flat(edges(blurred))
    # A pixel so near the threshold that single precision might judge it otherwise would make the count uncertain.
    assert all(abs(value - THRESHOLD) > 1e-4 for value in found), name
    write(f"{name}.bin", "f", flat(image))
    write(f"{name}-edges.bin", "f", found)
    write(f"{name}-steep.bin", "I", [sum(value > THRESHOLD for value in found)])
