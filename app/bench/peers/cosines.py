"""The 50 000-point probe in NumPy: cosines between natural gradients on Y <- X -> Z, and the spectrum of (G_V, G).

    python cosines.py loop|batched [POINTS.npy]

`loop` evaluates a point at a time, as one writes it first; `batched` gives all points to each NumPy call. Prints seconds for the
evaluation (import and reading not counted) and the histogram of cos_elbo, to be compared with `elbow run`.
"""
import sys
import time

import numpy as np

Q = np.array([0.1816, 0.0056, 0.5750, 0.0178, 0.1750, 0.0054, 0.0384, 0.0012])
BITS = np.array([(x, y, z) for x in (1, 0) for y in (1, 0) for z in (1, 0)])
RCOND = 1e-9


def tables(t):
    """Joint probabilities (..., 8) and scores (..., 8, 5) at parameters (..., 5)."""
    x, y1, y2, z1, z2 = (t[..., i, None] for i in range(5))
    bx, by, bz = BITS.T
    y, z = np.where(bx == 1, y1, y2), np.where(bx == 1, z1, z2)
    def pick(b, p): return np.where(b == 1, p, 1 - p)
    def score(b, p): return np.where(b == 1, 1 / p, -1 / (1 - p))
    p = pick(bx, x) * pick(by, y) * pick(bz, z)
    zero = np.zeros_like(p)
    s = np.stack([score(bx, x) + zero, np.where(bx == 1, score(by, y), 0), np.where(bx == 0, score(by, y), 0),
                  np.where(bx == 1, score(bz, z), 0), np.where(bx == 0, score(bz, z), 0)], -1)
    return p, s


def probe(t):
    p, s = tables(t)
    sT = np.swapaxes(s, -1, -2)
    G = sT * p[..., None, :] @ s
    pv = p[..., :4] + p[..., 4:]
    ps = p[..., None] * s
    sv = (ps[..., :4, :] + ps[..., 4:, :]) / pv[..., None]
    svT = np.swapaxes(sv, -1, -2)
    GV = svT * pv[..., None, :] @ sv
    target = Q[:4] + Q[4:]
    J = -(svT @ target[:, None])
    D = -(sT @ Q[:, None])
    Gi = np.linalg.pinv(G, rcond=RCOND, hermitian=True)
    a, r = Gi @ D, Gi @ J
    b = np.linalg.pinv(GV, rcond=RCOND, hermitian=True) @ J
    def dot(u, v): return (np.swapaxes(u, -1, -2) @ GV @ v)[..., 0, 0]
    def cos(u, v): return dot(u, v) / np.sqrt(dot(u, u) * dot(v, v))
    w, U = np.linalg.eigh(G)
    B = U / np.sqrt(w)[..., None, :]
    spectrum = np.linalg.eigvalsh(np.swapaxes(B, -1, -2) @ GV @ B)
    return cos(a, b), cos(r, b), cos(r, a), spectrum


def main():
    way = sys.argv[1]
    if len(sys.argv) > 2:
        points = np.load(sys.argv[2])
    else:
        rng = np.random.default_rng(0)
        points = np.column_stack([rng.beta(1.5, 1.5, 50000)] + [rng.beta(0.5, 0.5, 50000) for _ in range(4)])
    start = time.perf_counter()
    if way == "loop":
        cosines = np.array([probe(t)[0] for t in points])
    else:
        cosines = probe(points)[0]
    seconds = time.perf_counter() - start
    counts, _ = np.histogram(cosines, np.arange(-1, 1.05, 0.1))
    print(f"{way}: {seconds:.3f} s for {len(points)} points")
    print(counts)


if __name__ == "__main__":
    main()
