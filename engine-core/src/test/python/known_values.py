"""Writes known-values.json: what PyTorch (1.13) and NumPy (1.24) compute for the operations whose definition is easy to get
wrong. Run with a Python that has both:  python3 known_values.py > ../resources/dev/ijen/contract/known-values.json

Each entry: name, inputs, results; with "seed", results are instead the gradients of sum(seed * y) for the real inputs.
"""
import json
import sys

import numpy as np
import torch
import torch.nn.functional as F

rng = np.random.default_rng(7)
out = []
TYPES = {"float64": "F64", "float32": "F32", "float16": "F16", "int32": "I32", "int64": "I64", "int8": "I8",
         "uint8": "U8", "bool": "BOOL"}
nan, inf = float("nan"), float("inf")


def pack(a):
    a = a.detach().numpy() if isinstance(a, torch.Tensor) else np.asarray(a)
    short = {"b": int, "f": lambda v: float("%.13g" % v)}.get(a.dtype.kind, lambda v: v)
    values = [short(v) for v in a.reshape(-1).tolist()]
    return {"type": TYPES[str(a.dtype)], "shape": list(a.shape), "data": values}


def known(name, inputs, result):
    out.append({"name": name, "in": [pack(i) for i in inputs], "out": [pack(result)]})


def both(name, inputs, f, grad=True):
    """Value and gradient by PyTorch; index inputs are given as int32 to us and int64 to it."""
    ts = []
    for i in inputs:
        t = torch.tensor(np.asarray(i))
        t = t.long() if t.dtype == torch.int32 else t
        if t.is_floating_point():
            t.requires_grad_(grad)
        ts.append(t)
    y = f(*ts)
    ours = [np.asarray(i) for i in inputs]
    y_np = y.detach().numpy()
    known(name, ours, y_np.astype(np.int32) if y_np.dtype == np.int64 else y_np)
    if grad:
        seed = np.round(rng.uniform(-1, 1, y.shape), 3)
        (y * torch.tensor(seed)).sum().backward()
        g = [t.grad if t.grad is not None else torch.zeros_like(t) for t in ts if t.is_floating_point()]
        out.append({"name": name, "in": [pack(i) for i in ours], "seed": pack(seed), "out": [pack(x) for x in g]})


def u(*shape):
    return np.round(rng.uniform(-2, 2, shape), 3)


def idx(n, *shape):
    return rng.integers(0, n, shape).astype(np.int32)


POINTS = np.array([-1e3, -30.0, -3.0, -1.5, -0.5, -1e-3, 0.0, 1e-3, 0.5, 1.0, 2.5, 3.5, 30.0, 1e3])
both("softplus", [POINTS], F.softplus)
both("gelu", [POINTS], F.gelu)
both("geluTanh", [POINTS], lambda x: F.gelu(x, approximate="tanh"))
both("silu", [POINTS], F.silu)
both("elu", [POINTS], lambda x: F.elu(x, 1.0))
both("leakyRelu", [POINTS], lambda x: F.leaky_relu(x, 0.1))
both("mish", [POINTS], F.mish)
both("hardSigmoid", [POINTS[POINTS != -3.0]], F.hardsigmoid, grad=False)  # its gradient takes 1/6 in single precision
both("hardSwish", [POINTS[POINTS != -3.0]], F.hardswish)
both("sigmoid", [POINTS], torch.sigmoid)
both("relu", [POINTS], F.relu)

both("conv2d/dilated-groups-uneven", [u(2, 4, 6, 5), u(6, 2, 2, 3)],
     lambda x, w: F.conv2d(F.pad(x, (2, 0, 0, 1)), w, stride=(2, 1), dilation=(1, 2), groups=2))
both("conv1d/stride", [u(2, 3, 9), u(4, 3, 3)], lambda x, w: F.conv1d(x, w, stride=2, padding=2))
both("conv3d", [u(1, 2, 3, 4, 3), u(2, 2, 2, 3, 2)], lambda x, w: F.conv3d(x, w, stride=1, padding=1))
both("conv2d/depthwise", [u(1, 3, 5, 4), u(6, 1, 3, 3)], lambda x, w: F.conv2d(x, w, padding=1, groups=3))
both("convTranspose2d", [u(2, 3, 3, 4), u(3, 2, 3, 3)],
     lambda x, w: F.conv_transpose2d(x, w, stride=2, padding=1, output_padding=1))
both("convTranspose2d/groups-dilated", [u(1, 4, 3, 2), u(4, 3, 2, 2)],
     lambda x, w: F.conv_transpose2d(x, w, stride=3, dilation=2, groups=2))
both("convTranspose1d", [u(2, 3, 5), u(3, 4, 4)], lambda x, w: F.conv_transpose1d(x, w, stride=2, padding=1))

both("maxPool2d/padded", [u(2, 3, 6, 5)], lambda x: F.max_pool2d(x, 3, 2, 1))
both("maxPool2d/ties", [np.round(u(1, 2, 5, 5))], lambda x: F.max_pool2d(x, 2, 1))
both("maxPool1d/dilated", [u(2, 2, 9)], lambda x: F.max_pool1d(x, 3, 2, 1, dilation=2))
both("avgPool2d/counted", [u(2, 3, 6, 5)], lambda x: F.avg_pool2d(x, 3, 2, 1))
both("avgPool2d/inside", [u(2, 3, 6, 5)], lambda x: F.avg_pool2d(x, 3, 2, 1, count_include_pad=False))

logits = u(5, 4) * 3
labels = np.array([0, 3, -1, 1, 2], np.int32)
both("crossEntropy/ignored", [logits, labels],
     lambda x, l: F.cross_entropy(x, l, ignore_index=-1, reduction="none"))
both("crossEntropy/far", [np.array([[1e4, -1e4, 0.0], [-1e4, 1e4, 0.0]]), np.array([1, 1], np.int32)],
     lambda x, l: F.cross_entropy(x, l, reduction="none"))
both("crossEntropy/many-axes", [u(2, 3, 4), idx(4, 2, 3)],
     lambda x, l: F.cross_entropy(x.permute(0, 2, 1), l, reduction="none"))
both("softmax/first", [u(3, 4)], lambda x: F.softmax(x, 0))
both("logSoftmax", [u(3, 4) * 50], lambda x: F.log_softmax(x, -1))
known("softmax/infinite", [np.array([[0.0, -inf, 1.0], [-inf, -inf, 3.0]])],
      F.softmax(torch.tensor([[0.0, -inf, 1.0], [-inf, -inf, 3.0]], dtype=torch.float64), -1))
both("logSumExp", [np.array([[1e3, 1e3 + 1], [-1e3, -1e3], [0.5, -0.5]])], lambda x: torch.logsumexp(x, -1))
known("logSumExp/infinite", [np.array([[-inf, -inf], [inf, 0.0], [-inf, 2.0]])],
      torch.logsumexp(torch.tensor([[-inf, -inf], [inf, 0.0], [-inf, 2.0]], dtype=torch.float64), -1))

both("cumsum/reverse-exclusive", [u(4, 3)], lambda x: x.flip(0).cumsum(0).flip(0) - x)
both("cumprod", [np.array([[1.5, 0.0, 2.0, -1.0], [0.5, 0.5, 0.0, 0.0]])], lambda x: torch.cumprod(x, 1))
both("prod", [np.array([[1.5, 0.0, 2.0], [0.5, 3.0, -1.0], [0.0, 0.0, 4.0]])], lambda x: torch.prod(x, 1))
both("cummax", [np.array([1.0, 3.0, 2.0, 3.5, -1.0])], lambda x: torch.cummax(x, 0)[0])
known("cummax/I8", [np.array([-5, -7, -3, -4], np.int8)], np.maximum.accumulate(np.array([-5, -7, -3, -4], np.int8)))
known("cummax/BOOL", [np.array([False, False, True, False])], np.maximum.accumulate([False, False, True, False]))
both("variance/unbiased", [u(4, 5)], lambda x: torch.var(x, 0, unbiased=True))
both("variance/ends", [u(2, 3, 4)], lambda x: torch.var(x, (0, 2), unbiased=False))
both("norm", [np.array([[3.0, 4.0], [0.0, 0.0], [1.0, -2.0]])], lambda x: torch.norm(x, dim=1))
both("max/ties", [np.array([[1.0, 2.0, 2.0], [3.0, 3.0, 3.0]])], lambda x: torch.amax(x, 1))
both("maximum/ties", [np.array([1.0, 2.0, 3.0]), np.array([2.0, 2.0, 2.0])], torch.maximum)
both("normalizeLast", [u(3, 7)], lambda x: F.layer_norm(x, (7,), eps=1e-5))
both("pow/zero", [np.array([0.0, 0.0, 2.0, 0.0]), np.array([0.0, 2.0, 0.0, 3.0])], torch.pow)
both("pow/negative", [np.array([-2.0, -1.5, 3.0])], lambda x: torch.pow(x, 3))
both("atan2", [np.array([1.0, -1.0, 1.0, -1.0, 0.5]), np.array([1.0, 1.0, -1.0, -1.0, 0.0])], torch.atan2)
both("mod", [np.array([5.5, -5.5, 5.5, -5.5]), np.array([2.0, 2.0, -2.0, -2.0])], torch.remainder)
a, b = np.array([7, -7, 7, -7, -128, 0, -1], np.int8), np.array([2, 2, -2, -2, 3, 5, 127], np.int8)
known("floorDiv/I8", [a, b], a // b)
known("mod/I8", [a, b], a % b)
a = np.array([7, -7, 2147483647, -2147483648, -2147483648, -2147483647], np.int32)
b = np.array([-2, 2, -3, 3, 7, 1073741824], np.int32)
known("floorDiv/I32", [a, b], a // b)
known("mod/I32", [a, b], a % b)
a = np.array([9007199254740993, -9007199254740993, -9223372036854775808, 9223372036854775807], np.int64)
b = np.array([10, 7, 3, -9007199254740993], np.int64)
known("floorDiv/I64", [a, b], a // b)
known("mod/I64", [a, b], a % b)
known("mul/I64", [a, b], (a.astype(object) * b.astype(object)
                          + 2 ** 63).__mod__(2 ** 64).__sub__(2 ** 63).astype(np.int64))
known("round", [np.array([0.5, 1.5, 2.5, -0.5, -1.5, 2.4999, 1e17])], np.round([0.5, 1.5, 2.5, -0.5, -1.5, 2.4999, 1e17]))
bits = np.array([0, 1, -1, 1 << 30, -2147483648, 12345678], np.int32)
known("shiftRight", [bits], (bits.view(np.uint32) >> 8).view(np.int32))
known("lt/beyond-U8", [np.array([0, 44, 255], np.uint8)], np.array([True, True, True]))

wild = np.array([[3.0, nan, -1.0, 2.0, inf, -inf, 2.0], [nan, 1.0, nan, 0.0, -0.0, 5.0, 1.0]])
known("sort/rising-NaN", [wild], np.sort(wild, -1))
known("argsort/rising-NaN", [wild], np.argsort(wild, -1, kind="stable").astype(np.int32))
known("argmax/NaN", [wild], np.argmax(wild, -1).astype(np.int32))
known("argmin/NaN", [wild], np.argmin(wild, -1).astype(np.int32))
known("max/NaN", [wild], np.max(wild, 0))
known("min/NaN", [wild], np.min(wild, 0))
known("maximum/NaN", [wild[0], wild[1]], np.maximum(wild[0], wild[1]))
known("isNaN", [wild], np.isnan(wild))
known("isFinite", [wild], np.isfinite(wild))
both("sort/falling", [u(3, 6)], lambda x: torch.sort(x, -1, descending=True)[0])
both("topK", [u(3, 6)], lambda x: torch.topk(x, 3, 0)[0])
known("argsort/falling-ties", [np.array([2.0, 1.0, 2.0, 1.0, 3.0])], np.array([4, 0, 2, 1, 3], np.int32))

both("gather", [u(4, 3), idx(3, 4, 2)], lambda x, i: torch.gather(x, 1, i))
both("take", [u(2, 5, 3), idx(5, 4)], lambda x, i: torch.index_select(x, 1, i))
both("scatterAdd", [u(4, 3), idx(4, 5, 3), u(5, 3)], lambda x, i, s: torch.scatter_add(x, 0, i, s))
once = np.argsort(rng.uniform(size=(3, 5)), 1)[:, :4].astype(np.int32)
both("scatter", [u(3, 5), once, u(3, 4)], lambda x, i, s: torch.scatter(x, 1, i, s))
both("tril", [u(2, 4, 3)], lambda x: torch.tril(x, 1))
both("triu", [u(4, 5)], lambda x: torch.triu(x, -1))
both("repeat", [u(2, 3)], lambda x: torch.cat([x, x], 1))
both("matmul/batched", [u(3, 1, 2, 4), u(2, 4, 3)], torch.matmul)
both("matmul/vector", [u(4), u(2, 4, 3)], torch.matmul)
half = np.full(5000, 30, np.float16)
known("mean/F16", [half], np.array(30, np.float16))
odd = np.array([3.9, -3.9, nan, inf, -inf, 1e20, 300.0, -1.5])
known("cast/I32", [odd], np.array([3, -3, 0, 2147483647, -2147483648, 2147483647, 300, -1], np.int32))
known("cast/U8", [np.array([3.9, -1.0, 300.0, 255.5])], np.array([3, 255, 44, 255], np.uint8))
known("cast/BOOL", [odd], np.array([True, True, True, True, True, True, True, True]))

print("[")
print(",\n".join(json.dumps(e) for e in out))
print("]")
sys.stderr.write("%d entries\n" % len(out))
