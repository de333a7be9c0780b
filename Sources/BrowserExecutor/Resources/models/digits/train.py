#!/usr/bin/env python3
"""Trains the model `digits` and writes every generated file beside this script.

Usage, in a fresh virtual environment of Python 3.11:

    pip install numpy==2.4.6 scikit-learn==1.9.1
    python train.py                    # makes the model
    python train.py --cross-validate   # measures the settings, writes nothing

The data is the test part of the public UCI set "Optical Recognition of
Handwritten Digits" (Alpaydin and Kaynak, 1998, CC BY 4.0) in the copy that
scikit-learn carries (`sklearn.datasets.load_digits`): 1797 grey images of 8x8
pixels, 0 to 16. scikit-learn only supplies the data; the network, its training
and its reference answers are the numpy code below.

36 images of each class are put aside before training and never trained on. The
settings below were chosen by 5-fold cross-validation within the other images.

The random generator is seeded and linear algebra is held to one thread, so a
second run on the same kind of processor writes the same bytes. Another processor
may round differently in the last bit, which changes the weights and with them
their digest.

Files written:

    weights.safetensors  the weights, F32 (layout: see `safetensors`)
    test-images.csv      the held-out images, 64 pixels and the label per line
    reference.json       this script's own answers for the first 16 of them
    model.json           the manifest that the in-page runtime `wgsl` is driven by
"""

import hashlib
import json
import os
import struct
import sys
from pathlib import Path

# Before numpy is imported: several threads would sum in a varying order.
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np  # noqa: E402
from sklearn.datasets import load_digits  # noqa: E402

SEED = 19980701
CLASSES = 10
HELD_OUT_PER_CLASS = 36
REFERENCE_IMAGES = 16
MAXIMUM_BATCH = 256
LARGEST_PIXEL = 16

EPOCHS = 150
BATCH = 64
LEARNING_RATE = 4e-3
WEIGHT_DECAY = 1e-2

HERE = Path(__file__).resolve().parent


# --- the network -------------------------------------------------------------
# Images are NCHW. Every function works in the precision of its arguments:
# training uses float32, the reference answers float64.


def patches(images):
    """The 3x3 surroundings (zero padded) of each pixel: [N*H*W, C*9]."""
    count, channels, height, width = images.shape
    padded = np.pad(images, ((0, 0), (0, 0), (1, 1), (1, 1)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(2, 3))
    return windows.transpose(0, 2, 3, 1, 4, 5).reshape(count * height * width, channels * 9)


def convolve(images, weight, bias):
    """3x3 convolution, stride 1, padding 1. Returns the result and its patches."""
    count, _, height, width = images.shape
    columns = patches(images)
    flat = columns @ weight.reshape(weight.shape[0], -1).T + bias
    return flat.reshape(count, height, width, -1).transpose(0, 3, 1, 2), columns


def pool(images):
    """2x2 maximum, stride 2."""
    count, channels, height, width = images.shape
    return images.reshape(count, channels, height // 2, 2, width // 2, 2).max(axis=(3, 5))


def softmax(logits):
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


def forward(parameters, images):
    """Class probabilities [N, 10] and what the backward pass needs."""
    first, columns1 = convolve(images, parameters["conv1.weight"], parameters["conv1.bias"])
    first = np.maximum(first, 0)
    second, columns2 = convolve(first, parameters["conv2.weight"], parameters["conv2.bias"])
    second = np.maximum(second, 0)
    pooled = pool(second)
    flat = pooled.reshape(len(images), -1)
    logits = flat @ parameters["dense.weight"].T + parameters["dense.bias"]
    return softmax(logits), (columns1, first, columns2, second, pooled, flat)


def convolution_gradient(gradient, columns, weight_shape):
    """Gradients of a convolution's weight and bias."""
    flat = gradient.transpose(0, 2, 3, 1).reshape(-1, gradient.shape[1])
    return (flat.T @ columns).reshape(weight_shape), flat.sum(axis=0)


def gradients(parameters, images, labels):
    """Gradients of the mean cross entropy."""
    probabilities, (columns1, first, columns2, second, pooled, flat) = forward(parameters, images)
    count = len(images)
    logits = probabilities.copy()
    logits[np.arange(count), labels] -= 1
    logits /= count

    result = {"dense.weight": logits.T @ flat, "dense.bias": logits.sum(axis=0)}

    spread = (logits @ parameters["dense.weight"]).reshape(pooled.shape)
    spread = spread.repeat(2, axis=2).repeat(2, axis=3)
    winners = second == pooled.repeat(2, axis=2).repeat(2, axis=3)
    at_second = spread * winners * (second > 0)
    result["conv2.weight"], result["conv2.bias"] = convolution_gradient(
        at_second, columns2, parameters["conv2.weight"].shape
    )

    # The gradient of a convolution by its input is a convolution of the
    # gradient with the weight turned by 180 degrees, channels exchanged.
    turned = parameters["conv2.weight"][:, :, ::-1, ::-1].transpose(1, 0, 2, 3)
    at_first, _ = convolve(at_second, turned, np.zeros(turned.shape[0], turned.dtype))
    at_first = at_first * (first > 0)
    result["conv1.weight"], result["conv1.bias"] = convolution_gradient(
        at_first, columns1, parameters["conv1.weight"].shape
    )
    return result


def initial_parameters(random):
    """Normal weights with variance 2 / inputs (He et al. 2015), zero biases."""
    shapes = {"conv1": (8, 1, 3, 3), "conv2": (16, 8, 3, 3), "dense": (CLASSES, 256)}
    parameters = {}
    for name, shape in shapes.items():
        deviation = np.sqrt(2 / np.prod(shape[1:]))
        parameters[f"{name}.weight"] = (random.standard_normal(shape) * deviation).astype(np.float32)
        parameters[f"{name}.bias"] = np.zeros(shape[0], np.float32)
    return parameters


def distorted(images, random):
    """Each image turned, scaled, slanted and moved a little, by bilinear sampling."""
    count = len(images)
    angle = random.uniform(-0.17, 0.17, (count, 1, 1))
    scale = random.uniform(0.9, 1.1, (count, 1, 1))
    down, right = random.uniform(-0.7, 0.7, (2, count, 1, 1))
    slant = random.uniform(-0.15, 0.15, (count, 1, 1))
    row, column = np.mgrid[0:8, 0:8] - 3.5
    cosine, sine = np.cos(angle) * scale, np.sin(angle) * scale

    # Where each pixel comes from, within the image padded by one pixel.
    source_y = np.clip(cosine * row - sine * column + down + 4.5, 0, 8.999)
    source_x = np.clip(sine * row + cosine * column + slant * row + right + 4.5, 0, 8.999)
    y, x = source_y.astype(np.int64), source_x.astype(np.int64)
    part_y, part_x = source_y - y, source_x - x

    padded = np.pad(images[:, 0], ((0, 0), (1, 1), (1, 1)))
    item = np.arange(count)[:, None, None]
    upper = (1 - part_x) * padded[item, y, x] + part_x * padded[item, y, x + 1]
    lower = (1 - part_x) * padded[item, y + 1, x] + part_x * padded[item, y + 1, x + 1]
    return ((1 - part_y) * upper + part_y * lower)[:, None].astype(images.dtype)


def train(images, labels):
    """Adam (Kingma and Ba 2015) with decoupled weight decay and a cosine schedule."""
    random = np.random.default_rng(SEED)
    parameters = initial_parameters(random)
    mean = {name: np.zeros_like(value) for name, value in parameters.items()}
    variance = {name: np.zeros_like(value) for name, value in parameters.items()}
    per_epoch = len(images) // BATCH
    steps = EPOCHS * per_epoch
    step = 0
    for _ in range(EPOCHS):
        order = random.permutation(len(images))
        for start in range(0, per_epoch * BATCH, BATCH):
            chosen = order[start : start + BATCH]
            gradient = gradients(parameters, distorted(images[chosen], random), labels[chosen])
            step += 1
            rate = np.float32(LEARNING_RATE * 0.5 * (1 + np.cos(np.pi * step / steps)))
            for name, value in parameters.items():
                mean[name] = np.float32(0.9) * mean[name] + np.float32(0.1) * gradient[name]
                variance[name] = np.float32(0.999) * variance[name] + np.float32(0.001) * gradient[name] ** 2
                scaled = mean[name] / np.float32(1 - 0.9**step)
                deviation = np.sqrt(variance[name] / np.float32(1 - 0.999**step)) + np.float32(1e-8)
                parameters[name] = value - rate * (scaled / deviation + np.float32(WEIGHT_DECAY) * value)
    return parameters


# --- the data ----------------------------------------------------------------


def split():
    """Training and held-out (images, labels); pixels are integers 0 to 16."""
    digits = load_digits()
    images = digits.images.astype(np.int64)
    labels = digits.target.astype(np.int64)
    random = np.random.default_rng(SEED + 1)
    held_out = np.concatenate(
        [random.permutation(np.flatnonzero(labels == c))[:HELD_OUT_PER_CLASS] for c in range(CLASSES)]
    )
    held_out = random.permutation(held_out)
    trained = np.setdiff1d(np.arange(len(labels)), held_out)
    seen = {images[i].tobytes() for i in trained}
    if any(images[i].tobytes() in seen for i in held_out):
        raise SystemExit("a held-out image is also a training image: change the split")
    return (images[trained], labels[trained]), (images[held_out], labels[held_out])


def network_input(images, precision):
    return (images[:, None, :, :] / LARGEST_PIXEL).astype(precision)


def cross_validate(images, labels, folds=5):
    """How many images are right when each is judged by a network that never saw its fold."""
    fold = np.random.default_rng(SEED + 2).permutation(len(images)) % folds
    correct = 0
    for held in range(folds):
        parameters = train(images[fold != held], labels[fold != held])
        probabilities, _ = forward(parameters, images[fold == held])
        correct += int((probabilities.argmax(axis=1) == labels[fold == held]).sum())
    return correct


# --- the files ---------------------------------------------------------------


def safetensors(tensors):
    """The tensors as a safetensors file.

    Layout: the header's length in bytes (unsigned 64 bit, little endian); the
    header, a JSON object from tensor name to `dtype`, `shape` and
    `data_offsets` (begin and end, in bytes from the end of the header), filled
    up with spaces to a multiple of 8; then the tensors, row-major little-endian
    float32, in the order of the header and without gaps.
    """
    header = {"__metadata__": {"model": "digits"}}
    data = bytearray()
    for name, value in tensors.items():
        begin = len(data)
        data += np.ascontiguousarray(value, dtype="<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(value.shape), "data_offsets": [begin, len(data)]}
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + bytes(data)


def test_images(images, labels):
    names = [f"p{row}{column}" for row in range(8) for column in range(8)]
    lines = [",".join([*names, "label"])]
    for image, label in zip(images, labels):
        lines.append(",".join(str(value) for value in [*image.ravel(), label]))
    return ("\n".join(lines) + "\n").encode()


def reference(probabilities, labels):
    rows = [
        {"image": i, "label": str(labels[i]), "probabilities": [float(f"{p:.9g}") for p in probabilities[i]]}
        for i in range(REFERENCE_IMAGES)
    ]
    return document({"format_version": 1, "model": "digits", "precision": "float64", "images": rows})


def document(value):
    return (json.dumps(value, indent=2) + "\n").encode()


def step(name, op, source, weights, shape, **attributes):
    return {
        "name": name,
        "op": op,
        "kernel": op,
        "inputs": [source],
        "weights": weights,
        "outputs": [f"{name}.out"],
        "output_shape": shape,
        "attributes": attributes,
    }


def manifest(weights, images, correct, total):
    return {
        "format_version": 1,
        "name": "digits",
        "family": "vision",
        "runtime": "wgsl",
        "description": "Handwritten digits, 8x8 grey pixels: two convolutions and a dense layer.",
        "input": {
            "name": "image",
            "shape": [1, 8, 8],
            "minimum": 0,
            "maximum": LARGEST_PIXEL,
            "scale": 1 / LARGEST_PIXEL,
            "element": "grey level of a pixel, 0 (paper) to 16 (ink); channel, row, column",
        },
        "output": {
            "name": "softmax.out",
            "kind": "classification",
            "classes": [str(c) for c in range(CLASSES)],
        },
        "maximum_batch": MAXIMUM_BATCH,
        "weights": {
            "file": "weights.safetensors",
            "bytes": len(weights),
            "sha256": hashlib.sha256(weights).hexdigest(),
        },
        "steps": [
            step("conv1", "conv2d", "image", ["conv1.weight", "conv1.bias"], [8, 8, 8], relu=True),
            step("conv2", "conv2d", "conv1.out", ["conv2.weight", "conv2.bias"], [16, 8, 8], relu=True),
            step("pool", "max_pool2d", "conv2.out", [], [16, 4, 4], size=2),
            step("dense", "dense", "pool.out", ["dense.weight", "dense.bias"], [CLASSES], relu=False),
            step("softmax", "softmax", "dense.out", [], [CLASSES]),
        ],
        "accuracy": {
            "value": round(correct / total, 6),
            "correct": correct,
            "images": total,
            "data": "test-images.csv",
            "sha256": hashlib.sha256(images).hexdigest(),
        },
        "licence": {
            "weights": "CC-BY-4.0",
            "data": "CC-BY-4.0",
            "attribution": "Optical Recognition of Handwritten Digits, E. Alpaydin and C. Kaynak, "
            "UCI Machine Learning Repository, 1998, doi:10.24432/C50P49",
        },
    }


def main():
    (train_images, train_labels), (images, labels) = split()
    train_images = network_input(train_images, np.float32)
    if sys.argv[1:] == ["--cross-validate"]:
        correct, total = cross_validate(train_images, train_labels), len(train_labels)
        print(f"{correct} of {total} training images right ({correct / total:.2%})")
        return
    if sys.argv[1:]:
        raise SystemExit(f"unknown arguments {sys.argv[1:]}; known: --cross-validate")
    parameters = train(train_images, train_labels)

    exact = {name: value.astype(np.float64) for name, value in parameters.items()}
    probabilities, _ = forward(exact, network_input(images, np.float64))
    correct = int((probabilities.argmax(axis=1) == labels).sum())

    weights = safetensors(parameters)
    held_out = test_images(images, labels)
    (HERE / "weights.safetensors").write_bytes(weights)
    (HERE / "test-images.csv").write_bytes(held_out)
    (HERE / "reference.json").write_bytes(reference(probabilities, labels))
    (HERE / "model.json").write_bytes(document(manifest(weights, held_out, correct, len(labels))))
    print(f"{correct} of {len(labels)} held-out images right ({correct / len(labels):.2%})")


if __name__ == "__main__":
    main()
