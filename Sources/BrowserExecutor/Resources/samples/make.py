#!/usr/bin/env python3
"""Makes the samples that `weir compat` gives to models that come without inputs of their own.

    python3 make.py

- tone.wav: a quarter of a second of 220 Hz, 16 kHz, 8 bits.
- strokes.png: 64x64 pixels, grey, dark strokes on white.

It needs nothing but Python's standard library. What it makes is under Weir's own licence.
"""

import math
import os
import struct
import wave
import zlib

here = os.path.dirname(os.path.abspath(__file__))

with wave.open(os.path.join(here, "tone.wav"), "wb") as sound:
    sound.setnchannels(1)
    sound.setsampwidth(1)
    sound.setframerate(16000)
    sound.writeframes(bytes(128 + round(90 * math.sin(2 * math.pi * 220 * i / 16000)) for i in range(4000)))


def chunk(name, data):
    body = name + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))


def grey(x, y):
    return 30 if 20 <= y < 44 and x % 16 in (4, 5, 6) else 255


rows = b"".join(b"\0" + bytes(grey(x, y) for x in range(64)) for y in range(64))
with open(os.path.join(here, "strokes.png"), "wb") as image:
    image.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 64, 64, 8, 0, 0, 0, 0)))
    image.write(chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b""))
