"""Models of one operator each, in forms that ONNX's own node cases leave out, with the results of ONNX's reference
implementation, onnxruntime, or both (then within 1e-4 of each other).
Needs: pip install onnx onnxruntime (made with onnx 1.23.1, onnxruntime 1.30.0).  Usage: variants.py FOLDER"""
import sys, os, shutil, itertools, warnings
import numpy as np, onnx
from onnx import helper as h, numpy_helper as nh, TensorProto as T
from onnx.reference import ReferenceEvaluator
import onnxruntime as ort
warnings.filterwarnings("ignore")
ort.set_default_logger_severity(4)
out = sys.argv[1]
r = np.random.RandomState(3)
count = {}
def f(*s): return np.asarray(r.randn(*s), np.float32)
def F(v): return np.array(v, np.float32)
def I(v): return np.array(v, np.int64)
def case(op, ins, opset=20, nout=1, prefer=None, name="", domain="", fixed=(), **attrs):
    k = count[op] = count.get(op, -1) + 1
    nm = f"{op.lower()}_{opset}_{k}" + (f"_{name}" if name else "")
    names = ["" if x is None else f"x{i}" for i, x in enumerate(ins)]
    while names and not names[-1]: names.pop()
    outs = [f"y{i}" for i in range(nout)] if isinstance(nout, int) else nout
    node = h.make_node(op, names, outs, domain=domain, **attrs)
    real = [(n, x) for n, x in zip(names, ins) if n]
    gin = [h.make_tensor_value_info(n, h.np_dtype_to_tensor_dtype(x.dtype), x.shape) for n, x in real if n not in fixed]
    init = [nh.from_array(x, n) for n, x in real if n in fixed]
    g = h.make_graph([node], nm, gin, [onnx.ValueInfoProto(name=o) for o in outs if o], init)
    m = h.make_model(g, opset_imports=[h.make_opsetid("", opset)] + ([h.make_opsetid(domain, (3 if op.startswith(("TreeEnsembleR", "TreeEnsembleC")) else 5) if domain=="ai.onnx.ml" else 1)] if domain else []), ir_version=8)
    feed = {n: x for n, x in real if n not in fixed}
    a = b = ea = eb = None
    try: a = [np.asarray(v) if not isinstance(v, list) else v for v in ReferenceEvaluator(m).run(None, feed)]
    except Exception as e: ea = f"{type(e).__name__} {e}"
    try:
        try: m2 = onnx.shape_inference.infer_shapes(m)
        except Exception: m2 = m
        for o in m2.graph.output:
            pass
        g2 = h.make_graph([node], nm, gin, [h.make_tensor_value_info(o, h.np_dtype_to_tensor_dtype(a[i].dtype), None) if a is not None else onnx.ValueInfoProto(name=o) for i, o in enumerate([o for o in outs if o])], init)
        m3 = h.make_model(g2, opset_imports=m.opset_import, ir_version=8)
        b = ort.InferenceSession(m3.SerializeToString(), providers=["CPUExecutionProvider"]).run(None, feed)
    except Exception as e: eb = f"{type(e).__name__} {str(e)[:160]}"
    y = a if b is None else b if a is None else None
    if prefer: y = {"ref": a, "ort": b}[prefer]
    if y is not None and domain.endswith("training"): y = [v.astype(np.float32) for v in y]
    if y is None and a is not None:
        ok = all(p.shape == q.shape and (np.allclose(p.astype(np.float64), q.astype(np.float64), 1e-4, 1e-5, equal_nan=True) if p.dtype.kind != "U" and p.dtype != object else (p == q).all()) for p, q in zip(a, b))
        if not ok and op in ("Softmax", "LogSoftmax", "Hardmax", "BatchNormalization", "LpNormalization", "RoiAlign", "Dropout"):
            a = b  # the reference implements only the newest version of these, or leaves out |x|
        elif not ok:
            print("DIFFER", nm, attrs, [p.shape for p in a], [q.shape for q in b], a[0].ravel()[:8], b[0].ravel()[:8]); return
        y = b
    if y is None:
        print("NEITHER", nm, attrs, "| ref:", ea, "| ort:", eb); return
    d = f"{out}/{nm}"; os.makedirs(f"{d}/test_data_set_0", exist_ok=True)
    for i, o in enumerate([o for o in outs if o]):
        m.graph.output[i].CopyFrom(h.make_tensor_value_info(o, h.np_dtype_to_tensor_dtype(y[i].dtype), y[i].shape))
    onnx.save(m, f"{d}/model.onnx")
    for i, (n, x) in enumerate((n, x) for n, x in real if n not in fixed):
        open(f"{d}/test_data_set_0/input_{i}.pb", "wb").write(nh.from_array(x, n).SerializeToString())
    for i, o in enumerate([o for o in outs if o]):
        open(f"{d}/test_data_set_0/output_{i}.pb", "wb").write(nh.from_array(np.asarray(y[i]), o).SerializeToString())

x4 = f(2, 3, 6, 7)
# convolution
for ap in ("SAME_UPPER", "SAME_LOWER", "VALID"):
    case("Conv", [x4, f(4, 3, 3, 2)], auto_pad=ap, strides=[2, 2], name=ap.lower())
    case("ConvTranspose", [f(2, 3, 4, 5), f(3, 2, 3, 3)], auto_pad=ap, strides=[2, 2], name=ap.lower())
case("Conv", [x4, f(6, 1, 3, 3), f(6)], group=3, dilations=[2, 1], pads=[1, 0, 2, 1])
case("Conv", [f(1, 2, 9), f(4, 2, 3)], strides=[2], pads=[1, 1], opset=11)
case("Conv", [f(1, 2, 4, 5, 6), f(4, 1, 2, 3, 2)], group=2, strides=[1, 2, 1], pads=[1, 0, 1, 0, 1, 0], opset=7)
case("ConvTranspose", [f(1, 4, 4, 5), f(4, 1, 3, 2)], group=2, strides=[2, 3], pads=[1, 0, 0, 1], output_padding=[1, 2], opset=11)
case("ConvTranspose", [f(1, 3, 4, 5), f(3, 2, 3, 3)], strides=[3, 2], output_shape=[11, 9])
case("ConvTranspose", [f(1, 3, 4, 5), f(3, 2, 3, 3)], strides=[3, 2], output_shape=[11, 9], auto_pad="SAME_UPPER")
case("ConvTranspose", [f(1, 3, 4, 5), f(3, 2, 3, 3)], strides=[3, 2], output_shape=[11, 9], auto_pad="SAME_LOWER")
case("ConvTranspose", [f(1, 2, 5), f(2, 2, 3), f(2)], dilations=[2], pads=[1, 1])
# pooling
for ceil, cip in itertools.product((0, 1), (0, 1)):
    case("AveragePool", [x4], opset=19, kernel_shape=[3, 2], strides=[2, 2], pads=[1, 0, 1, 1], ceil_mode=ceil, count_include_pad=cip)
    case("AveragePool", [x4], opset=22, kernel_shape=[2, 3], strides=[2, 1], dilations=[2, 2], pads=[1, 1, 1, 1], ceil_mode=ceil, count_include_pad=cip)
    case("LpPool", [x4], opset=18, kernel_shape=[3, 2], strides=[2, 2], pads=[1, 0, 1, 1], ceil_mode=ceil, p=1 + cip)
for ceil in (0, 1):
    case("MaxPool", [x4], opset=12, nout=2, kernel_shape=[3, 2], strides=[2, 2], pads=[1, 0, 1, 1], ceil_mode=ceil)
    case("MaxPool", [x4], opset=12, nout=2, kernel_shape=[2, 2], strides=[2, 3], dilations=[2, 2], ceil_mode=ceil, storage_order=1)
for ap in ("SAME_UPPER", "SAME_LOWER", "VALID"):
    case("MaxPool", [x4], opset=12, kernel_shape=[3, 3], strides=[2, 2], auto_pad=ap)
    case("AveragePool", [f(1, 2, 7, 7)], opset=11, kernel_shape=[3, 3], strides=[2, 2], auto_pad=ap, count_include_pad=1)
    case("LpPool", [f(1, 2, 7, 7)], opset=11, kernel_shape=[3, 3], strides=[2, 2], auto_pad=ap, p=3)
case("AveragePool", [f(1, 2, 9)], opset=7, kernel_shape=[4], strides=[3], pads=[2, 1])
case("MaxPool", [f(1, 2, 9)], opset=8, nout=2, kernel_shape=[4], strides=[3], pads=[2, 1])
case("GlobalLpPool", [x4], opset=2 if False else 13, p=3)
case("GlobalAveragePool", [f(2, 3, 4, 5, 2)], opset=13)
case("MaxRoiPool", [f(1, 2, 8, 8), F([[0, 1, 1, 6, 5], [0, 0, 2, 3, 7]])], opset=13, pooled_shape=[2, 3], spatial_scale=0.75)
# resize
X = f(1, 2, 4, 5)
for ct in ("half_pixel", "half_pixel_symmetric", "pytorch_half_pixel", "align_corners", "asymmetric"):
    for mode in ("nearest", "linear", "cubic"):
        for sc in ([1, 1, 0.6, 0.8], [1, 1, 1.7, 2.3]):
            if mode == "nearest":
                for nm in ("round_prefer_floor", "round_prefer_ceil", "floor", "ceil"):
                    case("Resize", [X, None, F(sc)], opset=19, mode=mode, coordinate_transformation_mode=ct, nearest_mode=nm, fixed=("x2",))
            else:
                case("Resize", [X, None, F(sc)], opset=19, mode=mode, coordinate_transformation_mode=ct, fixed=("x2",))
    case("Resize", [X, None, None, I([1, 2, 7, 3])], opset=19, mode="linear", coordinate_transformation_mode=ct, fixed=("x3",))
    case("Resize", [X, None, None, I([1, 2, 3, 9])], opset=13, mode="cubic", coordinate_transformation_mode=ct if ct != "half_pixel_symmetric" else "half_pixel", exclude_outside=1, cubic_coeff_a=-0.5, fixed=("x3",))
    for mode in ("linear", "cubic"):
        case("Resize", [X, None, F([1, 1, 0.6, 0.45])], opset=19, mode=mode, coordinate_transformation_mode=ct, antialias=1, exclude_outside=1 if mode == "cubic" else 0, fixed=("x2",))
for pol, mode in itertools.product(("not_larger", "not_smaller", "stretch"), ("nearest", "linear", "cubic")):
    case("Resize", [X, None, None, I([7, 6])], opset=19, mode=mode, axes=[2, 3], keep_aspect_ratio_policy=pol, fixed=("x3",))
    case("Resize", [X, None, None, I([6, 3])], opset=19, mode=mode, axes=[3, 2], keep_aspect_ratio_policy=pol, fixed=("x3",))
for mode in ("nearest", "linear", "cubic"):
    case("Resize", [X, F([0, 0, 0.2, 0.1, 1, 1, 1.1, 0.8]), None, I([1, 2, 5, 6])], opset=13, mode=mode, coordinate_transformation_mode="tf_crop_and_resize", extrapolation_value=9.5, fixed=("x1", "x3"))
    case("Resize", [X, F([0.2, 0.1, 1.1, 0.8]), None, I([5, 6])], opset=18, mode=mode, axes=[2, 3], coordinate_transformation_mode="tf_crop_and_resize", extrapolation_value=9.5, fixed=("x1", "x3"))
case("Resize", [f(1, 2, 5), None, F([1, 1, 1.6])], opset=13, mode="linear", fixed=("x2",))
case("Resize", [f(1, 1, 3, 4, 3), None, F([1, 1, 1.6, 2, 0.7])], opset=13, mode="linear", fixed=("x2",))
case("Resize", [f(4, 5), None, F([2, 0.6])], opset=13, mode="cubic", fixed=("x2",))
case("Resize", [X, F([1, 1, 2, 1.5])], opset=10, mode="nearest", fixed=("x1",))
case("Resize", [X, F([1, 1, 2, 1.5])], opset=10, mode="linear", fixed=("x1",))
case("Resize", [X, F([]), F([1, 1, 2, 1.5])], opset=11, mode="linear", coordinate_transformation_mode="align_corners", fixed=("x1", "x2"))
case("Resize", [X, F([]), F([1, 1, 2, 1.5])], opset=11, mode="nearest", coordinate_transformation_mode="tf_half_pixel_for_nn", nearest_mode="floor", fixed=("x1", "x2"))
case("Upsample", [X], opset=7, mode="nearest", scales=[1.0, 1.0, 2.0, 3.0])
case("Upsample", [X], opset=7, mode="linear", scales=[1.0, 1.0, 2.0, 3.0])
case("Upsample", [X, F([1, 1, 2, 1.5])], opset=9, mode="linear", fixed=("x1",))
case("Upsample", [X, F([1, 1, 2, 1.5])], opset=9, mode="nearest", fixed=("x1",))
# reductions
R = f(2, 3, 4)
for op in ("ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2", "ReduceSumSquare", "ReduceLogSumExp"):
    case(op, [R], opset=11, axes=[-1, 0], keepdims=0)
    case(op, [R], opset=11, keepdims=0)
    s = 13 if op == "ReduceSum" else 18
    case(op, [R, I([-2])], opset=s, fixed=("x1",))
    case(op, [R, I([])], opset=s, noop_with_empty_axes=1, fixed=("x1",))
    case(op, [R], opset=s, noop_with_empty_axes=1)
    case(op, [R, I([2, 0])], opset=s, keepdims=0)
    case(op, [R, I([])], opset=s, keepdims=0, fixed=("x1",))
for op in ("ReduceMax", "ReduceMin"):
    case(op, [np.array([[True, False], [False, False]]), I([1])], opset=20, keepdims=0, fixed=("x1",))
    case(op, [r.randint(-9, 9, (3, 4)).astype(np.int8), I([1])], opset=18, fixed=("x1",))
    case(op, [r.randint(0, 99, (3, 4)).astype(np.uint8), I([0])], opset=18, fixed=("x1",))
for op in ("ReduceSum", "ReduceProd", "ReduceMean"):
    case(op, [r.randint(-9, 9, (3, 4)).astype(np.int32), I([1])], opset=18, fixed=("x1",))
    case(op, [r.randint(-9, 9, (3, 4)).astype(np.int64), I([0])], opset=18, keepdims=0, fixed=("x1",))
for op in ("ArgMax", "ArgMin"):
    for o in (11, 13):
        case(op, [f(3, 4).round()], opset=o, axis=-1, keepdims=0)
    case(op, [r.randint(0, 3, (3, 5)).astype(np.int32)], opset=13, axis=1, select_last_index=1)
# pad
for mode in ("constant", "reflect", "edge", "wrap"):
    case("Pad", [R, I([0, 1, 2, 1, 0, 3])], opset=19, mode=mode, fixed=("x1",)) if mode != "reflect" else case("Pad", [R, I([0, 1, 2, 1, 0, 3])], opset=19, mode=mode, fixed=("x1",))
    case("Pad", [R, I([1, 2]), None, I([-1])], opset=19, mode=mode, fixed=("x1", "x3"))
case("Pad", [R, I([0, -1, 1, 0, 0, -2]), F(7.5)], opset=13, mode="constant", fixed=("x1",))
case("Pad", [R, I([0, -1, 0, 0, 0, -2])], opset=13, mode="edge", fixed=("x1",))
case("Pad", [R], opset=2 if False else 10, mode="reflect", pads=[0, 1, 2, 0, 0, 1])
case("Pad", [R], opset=10, pads=[0, 1, 2, 1, 0, 3], value=2.5)
case("Pad", [r.randint(0, 9, (2, 3)).astype(np.int64), I([1, 0, 0, 2]), I(4)], opset=13, fixed=("x1",))
# slices, shapes
case("Slice", [R], opset=9, starts=[1, -3], ends=[1000, -1], axes=[0, 2])
case("Slice", [R], opset=1 if False else 9, starts=[0, 1], ends=[2, 3])
case("Slice", [R, I([3, 0]), I([-1000, 2]), I([-1, 0]), I([-2, 1])], opset=13, fixed=("x1", "x2", "x3", "x4"))
case("Slice", [R, I([-1]), I([-5]), I([2]), I([-1])], opset=11, fixed=("x1", "x2", "x3", "x4"))
case("Slice", [R, np.array([1], np.int32), np.array([9], np.int32), np.array([1], np.int32)], opset=10, fixed=("x1", "x2", "x3"))
case("Split", [f(7, 2)], opset=18, nout=3, num_outputs=3)
case("Split", [f(2, 7)], opset=18, nout=2, num_outputs=2, axis=-1)
case("Split", [f(2, 6)], opset=11, nout=3, axis=-1)
case("Split", [f(2, 6)], opset=11, nout=2, axis=1, split=[2, 4])
case("Split", [f(2, 6), I([1, 5])], opset=13, nout=2, axis=-1, fixed=("x1",))
for op, ax, sh in (("Squeeze", [0, -1], (1, 3, 1)), ("Unsqueeze", [0, -1], (3, 2))):
    case(op, [f(*sh)], opset=11, axes=ax)
    case(op, [f(*sh), I(ax)], opset=13, fixed=("x1",))
case("Squeeze", [f(1, 3, 1)], opset=11)
case("Squeeze", [f(1, 3, 1)], opset=13)
case("Unsqueeze", [f(3, 2), I([3, 0])], opset=13, fixed=("x1",))
case("Reshape", [R, I([0, -1])], opset=13, fixed=("x1",))
case("Reshape", [f(0, 3), I([3, 0])], opset=14, allowzero=1, fixed=("x1",))
case("Flatten", [R], opset=11, axis=-1)
case("Flatten", [R], opset=9, axis=0)
case("Expand", [f(3, 1), I([2, 1, 4])], fixed=("x1",))
case("Tile", [R, I([1, 2, 3])], fixed=("x1",))
case("Shape", [R], opset=15, start=-2)
case("Shape", [R], opset=15, start=-9, end=9)
case("Transpose", [R])
case("Concat", [R, f(2, 1, 4)], axis=-2)
case("DepthToSpace", [f(1, 8, 2, 3)], blocksize=2, mode="CRD")
case("DepthToSpace", [f(1, 8, 2, 3)], blocksize=2, opset=9)
case("SpaceToDepth", [f(1, 2, 4, 6)], blocksize=2)
case("ReverseSequence", [f(4, 3), I([1, 4, 2])], time_axis=0, batch_axis=1)
case("ReverseSequence", [f(3, 4), I([1, 4, 2])], time_axis=1, batch_axis=0)
case("Trilu", [R, I(1)], upper=0, fixed=("x1",))
case("EyeLike", [np.zeros((3, 4), np.int32)], k=-1, dtype=T.FLOAT)
case("OneHot", [np.array([0, -1, 7, 2], np.int64), I(4), F([0.5, 3])], axis=0, opset=11, fixed=("x1",))
case("OneHot", [np.array([[0., 2.]], np.float32), F([4]), F([0.5, 3])], axis=1, opset=11, fixed=("x1",))
case("Range", [F(1), F(7.2), F(1.5)], fixed=("x0", "x1", "x2"))
case("ConstantOfShape", [I([2, 3])], opset=9, value=nh.from_array(np.array([5], np.int64)), fixed=("x0",))
# indexing
case("Gather", [R, np.array([[-1, 0], [2, -3]], np.int32)], axis=-2)
case("GatherElements", [R, r.randint(-3, 3, (2, 3, 2)).astype(np.int64)], axis=1)
case("GatherND", [R, I([[1], [-1]])], batch_dims=1, opset=12)
case("GatherND", [f(2, 3, 4), I([[[0, -1], [2, 1]], [[1, 0], [0, 0]]])], batch_dims=1, opset=13)
for red in ("none", "add", "mul", "max", "min"):
    case("ScatterElements", [f(3, 4), I([[0, 2, -1, 0]]), f(1, 4)], axis=0, reduction=red, opset=18)
    case("ScatterND", [f(4, 3), I([[1], [3], [1]]) if red != "none" else I([[1], [3], [0]]), f(3, 3)], reduction=red, opset=18)
    case("ScatterElements", [r.randint(0, 9, (2, 5)).astype(np.int32), I([[0, 2, 0], [4, 4, 3]]) if red != "none" else I([[0, 2, 1], [4, 0, 3]]), r.randint(0, 9, (2, 3)).astype(np.int32)], axis=-1, reduction=red, opset=18)
case("Compress", [R, np.array([True, False, True])], axis=-2)
case("TopK", [f(2, 5)], opset=1 if False else 9, nout=2, axis=1, k=2, name="old") if False else None
case("TopK", [f(2, 5), I([3])], opset=10, nout=2, axis=0 if False else -1, fixed=("x1",))
case("TopK", [f(5, 2), I([3])], opset=11, nout=2, axis=0, largest=0, sorted=1, fixed=("x1",))
case("TopK", [r.randint(0, 4, (2, 6)).astype(np.int64), I([4])], opset=11, nout=2, fixed=("x1",))
case("CumSum", [R, np.array(-1, np.int32)], exclusive=1, reverse=1, fixed=("x1",))
case("Unique", [F([3, 1, 2, 1, 3])], nout=4, sorted=0, opset=11)
case("Unique", [F([[1, 0], [1, 0], [2, 3]])], nout=4, axis=0, opset=11)
case("NonZero", [F([[0, 1], [2, 0]])])
case("Einsum", [f(2, 3, 4), f(2, 4, 5)], equation="bij,bjk->bik")
case("Einsum", [f(2, 3, 3)], equation="...ii->...i")
case("Einsum", [f(3, 4), f(5, 4)], equation="ij,kj")
case("Einsum", [f(2, 3, 4), f(4)], equation="...j,j->...")
case("Einsum", [f(3, 3)], equation="ii")
case("MatMul", [f(4), f(2, 4, 3)])
case("MatMul", [f(2, 1, 3, 4), f(5, 4, 2)])
case("MatMul", [f(4), f(4)])
for ta, tb in itertools.product((0, 1), (0, 1)):
    case("Gemm", [f(*((3, 4) if not ta else (4, 3))), f(*((4, 5) if not tb else (5, 4))), f(3, 1)], transA=ta, transB=tb, alpha=0.5, beta=2.0, opset=13)
case("Gemm", [f(3, 4), f(4, 5), f(5)], opset=7)
# elementwise, old and new forms
case("Clip", [R], opset=6, min=-0.5, max=0.25)
case("Clip", [R], opset=6, max=0.25)
case("Clip", [R, None, F(0.25)], opset=11)
case("Clip", [r.randint(-9, 9, (5,)).astype(np.int32), np.array(-2, np.int32)], opset=12)
case("Dropout", [R], opset=7, nout=1, ratio=0.3)
case("Dropout", [R, F(0.3), np.array(False)], opset=13, nout=2)
for op in ("Softmax", "LogSoftmax", "Hardmax"):
    case(op, [R], opset=11, axis=1)
    case(op, [R], opset=11, axis=-1)
    case(op, [R], opset=11)
    case(op, [R], opset=13, axis=1)
    case(op, [R], opset=13)
    case(op, [R], opset=7, axis=0)
for op, at in (("LeakyRelu", {}), ("LeakyRelu", {"alpha": 0.3}), ("Elu", {"alpha": 2.0}), ("Selu", {"alpha": 1.1, "gamma": 2.0}), ("Celu", {"alpha": 0.5}), ("HardSigmoid", {}), ("HardSigmoid", {"alpha": 0.4, "beta": 0.1}), ("ThresholdedRelu", {"alpha": 0.5}), ("Shrink", {"lambd": 0.6, "bias": 0.2}), ("HardSwish", {}), ("Mish", {}), ("Gelu", {"approximate": "tanh"}), ("Gelu", {}), ("Softsign", {}), ("Softplus", {}), ("Erf", {}), ("Sign", {}), ("Round", {}), ("IsNaN", {}), ("Ceil", {}), ("Reciprocal", {})):
    case(op, [R], **at)
case("Swish", [R], opset=24, alpha=1.5)
case("Swish", [R], opset=24)
case("SwiGLU", [R, f(2, 3, 4)], opset=28, alpha=1.5, prefer="ref")
case("BatchNormalization", [f(2, 3, 2), f(3, 2), f(3, 2), f(3, 2), np.abs(f(3, 2))], opset=7, spatial=0)
case("Round", [F([0.5, 1.5, 2.5, -0.5, -2.5])])
case("IsInf", [F([1, np.inf, -np.inf, np.nan])], detect_negative=0)
case("IsInf", [F([1, np.inf, -np.inf, np.nan])], detect_positive=0)
case("PRelu", [x4, f(3, 1, 1)], opset=9)
case("PRelu", [x4, f(1)], opset=16)
case("Mod", [np.array([-7, 7, -7], np.int32), np.array([3, -3, -3], np.int32)], fmod=1)
case("Mod", [np.array([-7, 7, -7], np.int8), np.array([3, -3, -3], np.int8)])
case("BitShift", [np.array([1, 200, 7], np.uint8), np.array([1, 3, 7], np.uint8)], direction="LEFT")
for op in ("Sum", "Max", "Min", "Mean"):
    case(op, [f(2, 3), f(3), f(2, 1)], opset=13)
case("Max", [r.randint(0, 99, (4,)).astype(np.uint8), r.randint(0, 99, (4,)).astype(np.uint8)], opset=13)
case("Pow", [np.abs(R).astype(np.float32), np.array(2, np.int32)], opset=15)
case("Where", [np.array([[True], [False]]), f(2, 3), f(3)])
case("Equal", [np.array(["a", "b"]), np.array(["a", "c"])], opset=19)
# normalisation
case("BatchNormalization", [x4, f(3), f(3), f(3), np.abs(f(3))], opset=7, epsilon=1e-3)
case("BatchNormalization", [x4, f(3), f(3), f(3), np.abs(f(3))], opset=9)
case("BatchNormalization", [x4, f(3), f(3), f(3), np.abs(f(3))], opset=15, nout=3, training_mode=1, momentum=0.7)
case("BatchNormalization", [f(4, 3), f(3), f(3), f(3), np.abs(f(3))], opset=15)
case("InstanceNormalization", [f(2, 3, 5), f(3), f(3)], epsilon=1e-2)
for ax in (-1, 1, -2, 0):
    sh = (2, 3, 4)[ax if ax >= 0 else 3 + ax:]
    case("LayerNormalization", [R, f(*sh), f(*sh)], opset=17, nout=3, axis=ax, epsilon=1e-3)
case("LayerNormalization", [R, f(4)], opset=17)
case("LayerNormalization", [R, f(4), f(1, 3, 4)], opset=17, prefer="ref")
case("RMSNormalization", [R, f(3, 4)], opset=23, axis=1, epsilon=1e-2)
case("GroupNormalization", [f(2, 6, 3), f(6), f(6)], opset=21, num_groups=3)
case("GroupNormalization", [f(2, 6, 3), f(3), f(3)], opset=18, num_groups=3)
case("LpNormalization", [R], axis=1, p=1)
case("LpNormalization", [R], axis=0)
case("LRN", [f(5, 5, 3, 3)], size=4, alpha=0.5, beta=0.6, bias=1.5)
case("LRN", [f(1, 5, 3)], size=3)
case("MeanVarianceNormalization", [f(2, 3, 4)], axes=[1, -1])
case("MeanVarianceNormalization", [x4])
# recurrent
def rnn(op, g, dirs, layout=0, lens=None, init=True, peep=False, opset=14, nout=None, **at):
    n, t, i, hh = 3, 4, 2, 5
    d = 2 if dirs == "bidirectional" else 1
    x = f(t, n, i) if not layout else f(n, t, i)
    ins = [x, f(d, g * hh, i), f(d, g * hh, hh), f(d, 2 * g * hh), None if lens is None else np.array(lens, np.int32)]
    s = (d, n, hh) if not layout else (n, d, hh)
    ins.append(f(*s) if init else None)
    if op == "LSTM":
        ins.append(f(*s) if init else None); ins.append(f(d, 3 * hh) if peep else None)
    case(op, ins, opset=opset, nout=nout or (3 if op == "LSTM" else 2), hidden_size=hh, direction=dirs, prefer=at.pop("prefer", "ort" if not layout else "ref"), **({"layout": layout} if layout else {}), **at)
for d in ("forward", "reverse", "bidirectional"):
    for op, g in (("RNN", 1), ("GRU", 3), ("LSTM", 4)):
        rnn(op, g, d); rnn(op, g, d, lens=[4, 2, 3]); rnn(op, g, d, clip=0.4)
    rnn("GRU", 3, d, linear_before_reset=1, lens=[1, 4, 2])
    rnn("LSTM", 4, d, peep=True); rnn("LSTM", 4, d, input_forget=1, peep=True)
    k = 2 if d == "bidirectional" else 1
    rnn("RNN", 1, d, activations=["Relu", "Sigmoid"][:k]); rnn("RNN", 1, d, activations=["Affine", "LeakyRelu"][:k], activation_alpha=[0.5, 0.2][:k], activation_beta=[0.1])
    rnn("GRU", 3, d, activations=["HardSigmoid", "Softsign"] * k); rnn("LSTM", 4, d, activations=["Sigmoid", "Relu", "Tanh"] * k)
    rnn("LSTM", 4, d, activations=["HardSigmoid", "ScaledTanh", "ThresholdedRelu"] * k, activation_alpha=[0.3, 1.2, 0.1] * k, activation_beta=[0.4, 0.7] * k)
    rnn("GRU", 3, d, opset=7, init=False)
for op, g in (("RNN", 1), ("GRU", 3), ("LSTM", 4)): rnn(op, g, "forward", layout=1)
# vision and others
for mode, al, pm in itertools.product(("linear", "nearest", "cubic"), (0, 1), ("zeros", "border", "reflection")):
    case("GridSample", [f(1, 2, 4, 5), (f(1, 3, 3, 2) * 0.9).astype(np.float32)], opset=20, mode=mode, align_corners=al, padding_mode=pm)
    if mode != "cubic": case("GridSample", [f(1, 1, 3, 4, 2), (f(1, 2, 3, 2, 3) * 0.7).astype(np.float32)], opset=20, mode=mode, align_corners=al, padding_mode=pm)
case("GridSample", [f(1, 2, 4, 5), (f(1, 3, 3, 2) * 0.9).astype(np.float32)], opset=16, mode="bilinear")
case("GridSample", [f(1, 2, 4, 5), (f(1, 3, 3, 2) * 0.9).astype(np.float32)], opset=16, mode="bicubic", padding_mode="border")
for mode, sr, ctm in itertools.product(("avg", "max"), (0, 2), ("half_pixel", "output_half_pixel")):
    case("RoiAlign", [f(2, 2, 9, 8), F([[0.5, 1, 6, 7], [2, 2, 5, 4.5]]), I([0, 1])], opset=16, mode=mode, sampling_ratio=sr, coordinate_transformation_mode=ctm, output_height=3, output_width=2, spatial_scale=0.8)
case("RoiAlign", [f(1, 2, 9, 8), F([[0.5, 1, 6, 7]]), I([0])], opset=10, output_height=2, output_width=2, sampling_ratio=2)
case("NonMaxSuppression", [np.abs(f(1, 6, 4)), np.abs(f(1, 2, 6)), I([2])], opset=11)
case("NonMaxSuppression", [np.abs(f(1, 6, 4)), np.abs(f(1, 2, 6)), I([3]), F([0.3]), F([0.4])], opset=11, center_point_box=1)
for al in (0, 1): case("AffineGrid", [f(2, 2, 3), I([2, 3, 4, 5])], opset=20, align_corners=al, fixed=("x1",))
case("Col2Im", [f(1, 12, 9), I([4, 4]), I([2, 2])], opset=18, fixed=("x1", "x2"))
case("Col2Im", [f(1, 8, 4), I([5, 5]), I([2, 2])], opset=18, strides=[2, 2], dilations=[2, 1], pads=[0, 0, 1, 0], fixed=("x1", "x2")) if False else None
case("CenterCropPad", [R, I([3, 2])], opset=18, axes=[-1, 0], fixed=("x1",))
case("Det", [f(2, 3, 4, 4)])
case("Attention", [f(2, 3, 8), f(2, 5, 8), f(2, 5, 12)], opset=23, q_num_heads=2, kv_num_heads=2, prefer="ref")
case("Attention", [f(2, 4, 3, 8), f(2, 2, 5, 8), f(2, 2, 5, 6), r.rand(3, 5) > 0.3], opset=23, prefer="ref")
case("Attention", [f(1, 2, 3, 4), f(1, 2, 3, 4), f(1, 2, 3, 4), f(1, 1, 3, 5), f(1, 2, 2, 4), f(1, 2, 2, 4)], opset=23, nout=4, qk_matmul_output_mode=3, is_causal=1, softcap=2.0, scale=0.3, prefer="ref")
# quantisation
def q(lo, hi, t, *s): return r.randint(lo, hi, s).astype(t)
case("QuantizeLinear", [f(3, 4) * 40, F([0.3, 0.5, 1.0]), np.array([3, 128, 7], np.uint8)], opset=13, axis=0)
case("QuantizeLinear", [f(3, 4) * 40, F(0.3)], opset=10)
case("QuantizeLinear", [f(3, 4) * 40, F([0.3, 0.5, 1.0, 2.0]), np.array([3, 12, -7, 0], np.int8)], opset=19, axis=-1)
case("DequantizeLinear", [q(0, 255, np.uint8, 3, 4), F([0.3, 0.5, 1.0]), np.array([3, 128, 7], np.uint8)], opset=13, axis=-2)
case("DequantizeLinear", [q(-999, 999, np.int32, 3, 4), F(0.3)], opset=10)
case("DequantizeLinear", [q(-99, 99, np.int8, 4, 4), f(2, 4), q(-9, 9, np.int8, 2, 4)], opset=21, axis=0, block_size=2)
case("DynamicQuantizeLinear", [f(3, 4)], opset=11, nout=3)
# onnxruntime's product of unsigned and signed bytes saturates on processors without VNNI
case("QLinearConv", [q(0, 255, np.uint8, 1, 2, 5, 5), F(0.1), np.array(120, np.uint8), q(-99, 99, np.int8, 4, 2, 3, 3), F([0.1, 0.2, 0.3, 0.4]), np.array([0, 0, 0, 0], np.int8), F(0.9), np.array(100, np.uint8), q(-500, 500, np.int32, 4)], opset=10, pads=[1, 1, 1, 1], strides=[2, 1], prefer="ref")
case("QLinearMatMul", [q(0, 255, np.uint8, 2, 3, 4), F(0.1), np.array(120, np.uint8), q(-99, 99, np.int8, 4, 5), F(0.02), np.array(0, np.int8), F(0.9), np.array(100, np.uint8)], opset=10, prefer="ort")
case("MatMulInteger", [q(0, 255, np.uint8, 3, 4), q(-99, 99, np.int8, 4, 2), np.array(12, np.uint8), np.array(3, np.int8)], opset=10)
case("ConvInteger", [q(0, 255, np.uint8, 1, 2, 5, 5), q(0, 255, np.uint8, 2, 1, 3, 3), np.array(12, np.uint8)], opset=10, group=2, pads=[1, 0, 0, 1])
# casts
for to in (T.FLOAT16, T.DOUBLE, T.INT8, T.UINT8, T.INT32, T.INT64, T.BOOL, T.UINT16, T.INT16, T.UINT32):
    case("Cast", [F([0, -0.0, 1.7, 100.5, 3.99])], opset=13, to=to)
case("Cast", [np.array(["1.5", "-2", "1e3", "NaN", "INF"])], opset=13, to=T.FLOAT)
case("Cast", [np.array([3, -4], np.int64)], opset=13, to=T.STRING, prefer="ref")
case("Cast", [np.array([300, -1], np.int32)], opset=13, to=T.UINT8)
case("Cast", [np.array([70000, -1], np.int32)], opset=13, to=T.UINT16)
# losses
for red in ("none", "sum", "mean"):
    lab = I([[0, 2], [4, 1], [3, 3]])
    case("SoftmaxCrossEntropyLoss", [f(3, 5, 2), lab, np.abs(f(5))], opset=13, nout=2, reduction=red, ignore_index=3)
    case("NegativeLogLikelihoodLoss", [f(3, 5, 2), lab, np.abs(f(5))], opset=13, reduction=red, ignore_index=3)
# signal
case("DFT", [f(1, 8, 1), I(5)], opset=17, axis=1, fixed=("x1",), prefer="ref")
case("DFT", [f(1, 8, 2)], opset=17, axis=1, prefer="ref")
case("DFT", [f(1, 8, 1), None, I(-2)], opset=20, onesided=1, prefer="ref", fixed=("x2",))
case("STFT", [f(1, 16, 2), I(4), F([1, 2, 2, 1, 0.5, 0.2, 0.1, 1]), I(8)], opset=17, onesided=0, fixed=("x1", "x3"), prefer="ref")
case("HannWindow", [I(9)], opset=17, periodic=0, fixed=("x0",))
case("HammingWindow", [I(9)], opset=17, output_datatype=T.DOUBLE, fixed=("x0",))
case("MelWeightMatrix", [I(8), I(64), I(8192), F(20), F(4000)], opset=17, fixed=("x0", "x1", "x2", "x3", "x4"))
# training off, text
case("TfIdfVectorizer", [np.array([[1, 1, 3, 3, 3, 7], [8, 6, 7, 5, 6, 8]], np.int32)], opset=9, mode="TFIDF", min_gram_length=1, max_gram_length=2, max_skip_count=1, ngram_counts=[0, 4], ngram_indexes=[0, 1, 2, 3, 4, 5, 6], pool_int64s=[2, 3, 5, 4, 5, 6, 7, 8, 6, 7], weights=[1.0, 2, 3, 4, 5, 6, 7])
# classical machine learning
ml = dict(domain="ai.onnx.ml", opset=15)
case("ArrayFeatureExtractor", [f(2, 4), I([[0, 3]])], **ml)
case("Binarizer", [R], threshold=0.3, **ml)
case("Scaler", [f(2, 3)], offset=[0.1, 0.2, 0.3], scale=[1.0, 2.0, 3.0], **ml)
case("Scaler", [f(2, 3)], offset=[0.1], scale=[2.0], **ml)
for n in ("L1", "L2"): case("Normalizer", [f(3, 4)], norm=n, **ml)
case("Imputer", [F([[1, np.nan], [np.nan, 2]])], imputed_value_floats=[5.0, 6.0], replaced_value_float=float("nan"), **ml)
case("Imputer", [I([[1, -1], [-1, 2]])], imputed_value_int64s=[7], replaced_value_int64=-1, prefer="ort", **ml)
case("OneHotEncoder", [I([[1, 5], [7, 9]])], cats_int64s=[1, 7, 5], zeros=1, **ml)
case("OneHotEncoder", [np.array(["b", "z"])], cats_strings=["a", "b"], zeros=1, **ml)
case("FeatureVectorizer", [f(2, 2), f(2, 3)], inputdimensions=[2, 3], **ml)
case("CategoryMapper", [np.array(["a", "x"])], cats_int64s=[4, 5], cats_strings=["a", "b"], default_int64=-7, prefer="ort", **ml)
case("CategoryMapper", [I([4, 9])], cats_int64s=[4, 5], cats_strings=["a", "b"], default_string="none", prefer="ort", **ml)
case("LabelEncoder", [I([1, 3])], keys_int64s=[1, 2], values_floats=[0.5, 1.5], default_float=9.0, **ml)
case("LinearRegressor", [f(2, 3)], coefficients=list(map(float, f(6))), intercepts=[0.1, 0.2], targets=2, **ml)
for post in ("NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO"):
    case("LinearClassifier", [f(4, 3)], nout=2, coefficients=list(map(float, f(9))), intercepts=[0.1, 0.2, 0.3], classlabels_ints=[5, 6, 7], post_transform=post, prefer="ort", **ml)
for kt, kp in (("LINEAR", [0.0, 0.0, 0.0]), ("RBF", [0.4, 0.0, 0.0]), ("POLY", [0.5, 1.0, 2.0]), ("SIGMOID", [0.3, 0.2, 0.0])):
    case("SVMRegressor", [f(3, 2)], kernel_type=kt, kernel_params=kp, n_supports=3, support_vectors=list(map(float, f(6))), coefficients=list(map(float, f(3))), rho=[0.3], prefer="ort", **ml)
    case("SVMClassifier", [f(5, 2)], nout=2, kernel_type=kt, kernel_params=kp, vectors_per_class=[2, 1, 2], support_vectors=list(map(float, f(10))), coefficients=list(map(float, f(10))), rho=[0.3, 0.1, -0.2], classlabels_ints=[4, 5, 6], prefer="ort", **ml)
exec(open(os.path.join(os.path.dirname(__file__), "more.py")).read())
# results that are a thousandth of the terms they are sums of: rounding alone is as large as what is allowed
for n in ("rnn_14_53", "svmclassifier_15_25"): shutil.rmtree(f"{out}/{n}")
print(sum(v + 1 for v in count.values()), "cases", len(os.listdir(out)), "written")
