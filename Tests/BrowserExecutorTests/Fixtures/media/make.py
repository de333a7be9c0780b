"""Makes the inputs of the tests of audio and vision models, and the references that they compare with.

    python3 -m venv environment
    environment/bin/pip install numpy==2.4.6 onnxruntime==1.32.0 'opencv-python-headless<5' pillow==13.0.0 \
        pyclipper==1.4.0 shapely==2.2.0 pyyaml
    environment/bin/python make.py FOLDER

FOLDER holds the unpacked wheels of silero-vad 6.2.3 and rapidocr-onnxruntime 1.4.4. The program espeak-ng (1.51) speaks.

- speech.wav: two sentences that espeak-ng speaks, with pauses of faint noise; 16 kHz, 8 bits.
- page.png, page.jpg, line.png, line180.png: text that OpenCV draws with its own strokes, no font.
- references.json: what onnxruntime gives for them with the packages' own steps before and after the model: speech
  probabilities and segments (get_speech_timestamps_from_probs), labels and scores (TextClassifier), boxes and scores
  (TextDetector; its scores are those of DBPostProcess.box_score_fast); resized pixels (cv2.resize); and the SHA-256 of
  the images' pixels, red, green and blue (Pillow).

All of it was generated for Weir and is under Weir's own licence.
"""

import hashlib
import io
import json
import os
import subprocess
import sys
import types
import wave

import cv2
import numpy as np
import onnxruntime
from PIL import Image

here = os.path.dirname(os.path.abspath(__file__))
packages = sys.argv[1]
random = np.random.default_rng(3)


def spoken(text):
    """Speech at 16 kHz, from -1 to 1."""
    data = subprocess.run(["espeak-ng", "-v", "en-us", "-s", "160", "--stdout", text], check=True, capture_output=True).stdout
    with wave.open(io.BytesIO(data[:4] + (len(data) - 8).to_bytes(4, "little") + data[8:40]
                              + (len(data) - 44).to_bytes(4, "little") + data[44:])) as file:
        rate = file.getframerate()
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32768
    length = len(samples) * 16000 // rate
    # All frequencies below 8 kHz as they are, the rest left out.
    spectrum = np.fft.rfft(samples)[: length // 2 + 1]
    return np.fft.irfft(spectrum, length) * length / len(samples)


def pause(seconds):
    return random.normal(0, 0.008, int(16000 * seconds))


def write_speech():
    samples = np.concatenate([pause(0.35), spoken("Browsers crash."), pause(0.45), spoken("Work goes on."), pause(0.3)])
    samples = np.clip(np.rint(samples * 127) + 128, 0, 255).astype(np.uint8)
    with wave.open(here + "/speech.wav", "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(16000)
        file.writeframes(samples.tobytes())
    return ((samples.astype(np.float32) - 128) / 128).astype(np.float32)


def speech(samples):
    session = onnxruntime.InferenceSession(packages + "/silero_vad/data/silero_vad_op18_ifless.onnx")
    state = np.zeros((2, 1, 128), np.float32)
    context = np.zeros((1, 64), np.float32)
    probabilities = []
    for at in range(0, len(samples), 512):
        chunk = np.pad(samples[at : at + 512], (0, max(0, at + 512 - len(samples))))[None]
        x = np.concatenate([context, chunk], axis=1)
        output, state = session.run(None, {"input": x, "state": state, "sr": np.array(16000, "int64")})
        context = x[:, -64:]
        probabilities.append(float(output[0, 0]))
    # The module wants torch for what is not used here.
    sys.modules["torch"] = types.SimpleNamespace(Tensor=object, no_grad=lambda: (lambda f: f), nn=None)
    sys.modules["packaging"] = types.SimpleNamespace(version=None)
    source = open(packages + "/silero_vad/utils_vad.py").read()
    module = {}
    begin = source.index("def get_speech_timestamps_from_probs(")
    end = source.index("\ndef ", begin + 1)
    tail = source[begin:end]
    tail = tail[: tail.rindex("return speeches") + len("return speeches")]
    exec("from typing import List\nimport warnings\n" + tail, module)
    segments = module["get_speech_timestamps_from_probs"]
    return {
        "probabilities": probabilities,
        "segments": segments(probabilities, audio_length_samples=len(samples)),
        # Made-up probabilities, so that every rule has its case.
        "rules": [
            {"probabilities": list(given), "samples": length, "segments": segments(list(given), audio_length_samples=length)}
            for given, length in cases()
        ],
    }


def cases():
    for seed in range(12):
        source = np.random.default_rng(seed)
        steps = np.repeat(source.random(40), source.integers(1, 9, 40))
        probabilities = np.round(np.clip(steps + source.normal(0, 0.1, len(steps)), 0, 1), 3)
        yield [float(p) for p in probabilities], len(probabilities) * 512 - int(source.integers(0, 511))
    yield [0.9] * 20, 20 * 512
    yield [0.1] * 20, 20 * 512
    yield [], 0


def text(lines, width, height, scale):
    image = np.full((height, width, 3), (244, 240, 250), np.uint8)
    for content, x, y, colour in lines:
        cv2.putText(image, content, (x, y), cv2.FONT_HERSHEY_SIMPLEX, scale, colour, 2, cv2.LINE_AA)
    return image


def write_images():
    page = text([("Every result", 16, 36, (40, 20, 10)), ("has a cause", 70, 84, (20, 20, 120))], 250, 150, 0.9)
    turn = cv2.getRotationMatrix2D((125, 75), -4, 1)
    page = cv2.warpAffine(page, turn, (250, 150), borderValue=(244, 240, 250))
    cv2.putText(page, "log 42", (20, 138), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (30, 90, 30), 1, cv2.LINE_AA)
    line = text([("append only", 6, 28, (30, 30, 30))], 184, 38, 0.9)
    cv2.imwrite(here + "/page.png", page, [cv2.IMWRITE_PNG_COMPRESSION, 9])
    cv2.imwrite(here + "/page.jpg", page, [cv2.IMWRITE_JPEG_QUALITY, 85])
    cv2.imwrite(here + "/line.png", line, [cv2.IMWRITE_PNG_COMPRESSION, 9])
    cv2.imwrite(here + "/line180.png", cv2.rotate(line, cv2.ROTATE_180), [cv2.IMWRITE_PNG_COMPRESSION, 9])


def vision():
    sys.path.insert(0, packages)
    import yaml
    from rapidocr_onnxruntime.ch_ppocr_cls import TextClassifier
    from rapidocr_onnxruntime.ch_ppocr_det import TextDetector
    from rapidocr_onnxruntime.main import RapidOCR
    from rapidocr_onnxruntime.utils import LoadImage

    root = packages + "/rapidocr_onnxruntime/"
    config = yaml.safe_load(open(root + "config.yaml"))
    for part in ("Det", "Cls"):
        config[part]["model_path"] = root + config[part]["model_path"]
    detector, classifier = TextDetector(config["Det"]), TextClassifier(config["Cls"])
    load = LoadImage()
    directions, detections = {}, {}
    for name in ("line.png", "line180.png", "page.png"):
        _, ((label, score),), _ = classifier(load(here + "/" + name))
        directions[name] = {"label": label, "score": float(score)}
    for name in ("page.png", "page.jpg"):
        scores = []
        inner = type(detector.postprocess_op).box_score_fast
        detector.postprocess_op.box_score_fast = lambda *a: scores.append(inner(*a)) or scores[-1]
        image = load(here + "/" + name)
        boxes, _ = detector(image)
        scores = [score for score in scores if score >= config["Det"]["box_thresh"]]
        # No other box was dropped, so the scores that are left belong to the boxes.
        assert len(scores) == len(boxes), (scores, boxes)
        order = [tuple(map(tuple, box)) for box in boxes]
        detections[name] = [
            {"quadrilateral": box.astype(int).tolist(), "score": float(scores[order.index(tuple(map(tuple, box)))])}
            for box in RapidOCR.sorted_boxes(boxes)
        ]
    return directions, detections


def resized():
    """Small images and what OpenCV makes of them."""
    for (height, width), (to_height, to_width) in [((3, 4), (6, 5)), ((5, 7), (3, 7)), ((4, 6), (2, 3)), ((6, 5), (4, 9))]:
        image = random.integers(0, 256, (height, width, 3), np.uint8)
        yield {
            "height": height, "width": width, "pixels": image.ravel().tolist(),
            "to_height": to_height, "to_width": to_width,
            "resized": cv2.resize(image, (to_width, to_height)).ravel().tolist(),
        }


def main():
    samples = write_speech()
    write_images()
    directions, detections = vision()
    pixels = {
        name: hashlib.sha256(np.array(Image.open(here + "/" + name).convert("RGB")).tobytes()).hexdigest()
        for name in ("page.png", "line.png")
    }
    references = {
        "speech": speech(samples), "directions": directions, "detections": detections, "resized": list(resized()),
        "pixels": pixels,
    }
    with open(here + "/references.json", "w") as file:
        json.dump(references, file, separators=(",", ":"))
        file.write("\n")


main()
