"""Writes digits.bin from scikit-learn's copy of the digits: `python3 pack.py`, in this folder.

Pixel by pixel, the 1797 images of each behind each other, one byte a level from 0 to 16; then a raw deflate stream. In this order
the stream is shortest, since neighbouring bytes come from the same place of different images.
"""

import zlib

import numpy as np
from sklearn.datasets import load_digits

levels = load_digits().data.astype(np.uint8)
assert levels.shape == (1797, 64) and levels.max() == 16 and int(levels.sum()) == 561718

best = None
for memory in range(1, 10):
    for strategy in range(5):
        packer = zlib.compressobj(9, zlib.DEFLATED, -15, memory, strategy)
        packed = packer.compress(levels.T.tobytes()) + packer.flush()
        best = packed if best is None or len(packed) < len(best) else best

with open("digits.bin", "wb") as file:
    file.write(best)
