"""More models for variants.py, which runs this: forms of element types, axes, paddings, masks and casts, and whole domains besides."""
import ml_dtypes
one_of = case
def case(*a, **k):
    # one score of two classes has no probit; onnxruntime's is that of a number below 0
    if k.get("post_transform") == "PROBIT" and (a[0] == "SVMClassifier" and len(k.get("classlabels_ints", ())) == 2 and "prob_a" not in k or a[0] == "LinearClassifier" and len(k["intercepts"]) == 1 or a[0] == "TreeEnsembleClassifier"): return
    try: one_of(*a, **k)
    except Exception as e: print("BROKEN", a[0], k, type(e), str(e)[:100])
r = np.random.RandomState(3)
H = np.float16
def D(*s): return r.randn(*s)
for ap in ("SAME_UPPER", "SAME_LOWER", "VALID"):
    case("Conv", [f(1, 2, 9), f(3, 2, 4)], auto_pad=ap, strides=[2], opset=11)
    case("Conv", [f(1, 2, 9), f(3, 2, 2)], auto_pad=ap, dilations=[3], opset=22)
    case("Conv", [f(1, 2, 4, 5, 6), f(2, 2, 2, 3, 2)], auto_pad=ap, strides=[2, 1, 3], opset=11)
    case("ConvTranspose", [f(1, 2, 5), f(2, 3, 3)], auto_pad=ap, strides=[2], opset=11)
    case("ConvTranspose", [f(1, 2, 3, 4, 3), f(2, 2, 2, 3, 2)], auto_pad=ap, strides=[2, 1, 2], opset=11)
    case("MaxPool", [f(1, 2, 9)], auto_pad=ap, kernel_shape=[3], strides=[2], opset=11)
    case("MaxPool", [f(1, 2, 9, 8)], auto_pad=ap, kernel_shape=[3, 2], strides=[2, 1], dilations=[2, 1], opset=12)
    case("AveragePool", [f(1, 2, 9, 8)], auto_pad=ap, kernel_shape=[3, 2], strides=[2, 1], opset=19)
    case("AveragePool", [f(1, 2, 9, 8)], auto_pad=ap, kernel_shape=[3, 2], strides=[2, 1], dilations=[2, 3], opset=19)
    case("AveragePool", [f(1, 2, 5, 4, 6)], auto_pad=ap, kernel_shape=[3, 2, 2], strides=[2, 1, 2], opset=11)
    case("LpPool", [f(1, 2, 9)], auto_pad=ap, kernel_shape=[3], strides=[2], p=1, opset=18)
case("ConvTranspose", [f(2, 4, 5), f(4, 2, 3), f(4)], group=2, strides=[2], output_padding=[1], pads=[1, 0], opset=11)
case("ConvTranspose", [f(1, 2, 3, 4, 3), f(2, 2, 2, 3, 2), f(2)], strides=[2, 1, 2], dilations=[1, 2, 1], pads=[0, 1, 0, 1, 1, 0], opset=11)
case("ConvTranspose", [f(1, 2, 3, 4), f(2, 2, 3, 3)], strides=[2, 2], dilations=[2, 1], output_shape=[10, 8], opset=11)
case("ConvTranspose", [f(1, 2, 3, 4), f(2, 2, 3, 3)], strides=[3, 3], output_shape=[10, 12], output_padding=[1, 1], opset=11)
case("Conv", [D(1, 2, 5, 5), D(3, 2, 3, 3)], opset=11)
case("Conv", [f(1, 2, 5, 5).astype(H), f(3, 2, 3, 3).astype(H)], opset=11, prefer="ref")
for ceil, cip in itertools.product((0, 1), (0, 1)):
    case("AveragePool", [f(1, 2, 10)], opset=19, kernel_shape=[3], strides=[3], pads=[1, 1], dilations=[2], ceil_mode=ceil, count_include_pad=cip)
    case("AveragePool", [f(1, 1, 5, 6, 7)], opset=11, kernel_shape=[2, 3, 2], strides=[2, 2, 3], pads=[0, 1, 1, 1, 0, 0], ceil_mode=ceil, count_include_pad=cip)
    case("AveragePool", [f(1, 1, 8, 8)], opset=10, kernel_shape=[4, 4], strides=[3, 3], pads=[2, 1, 1, 2], ceil_mode=ceil, count_include_pad=cip)
    case("LpPool", [f(1, 1, 8, 9)], opset=22, kernel_shape=[3, 2], strides=[2, 2], dilations=[2, 2], pads=[1, 0, 0, 1], ceil_mode=ceil, p=1 + 2 * cip)
for ceil in (0, 1):
    case("MaxPool", [f(1, 2, 5, 6, 7)], opset=12, nout=2, kernel_shape=[2, 3, 2], strides=[2, 2, 3], pads=[0, 1, 1, 1, 0, 0], ceil_mode=ceil)
    case("MaxPool", [r.randint(-99, 99, (1, 2, 7, 6)).astype(np.int8)], opset=12, kernel_shape=[3, 2], strides=[2, 2], pads=[1, 0, 1, 1], ceil_mode=ceil)
    case("MaxPool", [r.randint(0, 255, (1, 2, 7, 6)).astype(np.uint8)], opset=12, kernel_shape=[3, 2], strides=[2, 2], ceil_mode=ceil)
case("MaxPool", [D(1, 2, 7, 6)], opset=12, nout=2, kernel_shape=[3, 2], strides=[2, 2])
case("MaxPool", [f(2, 2, 7, 6)], opset=8, nout=2, kernel_shape=[3, 2], strides=[2, 2], storage_order=1)
case("MaxUnpool", [F([[[[1, 2], [3, 4]]]]), I([[[[5, 7], [13, 15]]]])], opset=11, kernel_shape=[2, 2], strides=[2, 2])
case("MaxUnpool", [F([[[1, 2, 3]]]), I([[[1, 2, 5]]])], opset=11, kernel_shape=[2], strides=[2])
case("GlobalMaxPool", [f(2, 3, 4, 5, 2)], opset=11)
case("GlobalAveragePool", [D(2, 3, 4)], opset=22)
Y = f(1, 2, 4, 5)
for a in ((1, 1, 0.6), (1, 1, 2.4)):
    for mode in ("nearest", "linear", "cubic"):
        case("Resize", [f(1, 2, 7), None, F(a)], opset=19, mode=mode, fixed=("x2",))
case("Resize", [f(1, 1, 3, 4, 3), None, F([1, 1, 1.6, 2, 0.7])], opset=13, mode="nearest", fixed=("x2",))
case("Resize", [f(1, 1, 3, 4, 3), None, None, I([5, 2, 6])], opset=18, mode="linear", axes=[2, 3, 4], coordinate_transformation_mode="align_corners", fixed=("x3",))
case("Resize", [r.randint(0, 255, (1, 2, 4, 5)).astype(np.uint8), None, F([1, 1, 1.6, 2.2])], opset=13, mode="nearest", fixed=("x2",))
case("Resize", [r.randint(-99, 99, (1, 2, 4, 5)).astype(np.int32), None, F([1, 1, 1.6, 2.2])], opset=13, mode="nearest", fixed=("x2",))
for mode in ("linear", "cubic"):
    case("Resize", [Y, None, None, I([1, 2, 9, 11])], opset=18, mode=mode, antialias=1, fixed=("x3",))
    case("Resize", [f(1, 1, 9, 11), None, None, I([1, 1, 4, 5])], opset=18, mode=mode, antialias=1, fixed=("x3",))
    case("Resize", [f(1, 1, 9, 11), None, F([0.5, 0.4])], opset=18, mode=mode, antialias=1, axes=[2, 3], cubic_coeff_a=-0.5, fixed=("x2",))
    case("Resize", [f(1, 1, 9, 11), None, None, I([5, 5])], opset=18, mode=mode, axes=[2, 3], antialias=1, keep_aspect_ratio_policy="not_larger", fixed=("x3",))
case("Resize", [f(3, 4, 5), None, F([2, 0.5])], opset=18, mode="linear", axes=[-1, 0], fixed=("x2",))
case("Resize", [Y, None, F([1, 1, 1, 1])], opset=13, mode="cubic", fixed=("x2",))
case("Upsample", [f(1, 1, 2, 3, 2), F([1, 1, 2, 2, 3])], opset=9, mode="nearest", fixed=("x1",))
case("Resize", [Y, F([1, 1, 0.5, 0.6])], opset=10, mode="nearest", fixed=("x1",))
case("Resize", [Y, F([1, 1, 0.5, 0.6])], opset=10, mode="linear", fixed=("x1",))
Z = f(2, 3, 4)
for op in ("ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2", "ReduceSumSquare", "ReduceLogSum", "ReduceLogSumExp"):
    case(op, [np.abs(D(2, 3, 4)), I([1])], opset=18, fixed=("x1",))
    if op not in ("ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceSumSquare"): case(op, [r.randint(1, 5, (2, 3)).astype(np.int32), I([0])], opset=18, fixed=("x1",))
    case(op, [F(2.5)], opset=18, keepdims=0)
    if op not in ("ReduceMax", "ReduceMin", "ReduceMean"): case(op, [f(2, 0, 3), I([1])], opset=18, fixed=("x1",), prefer="ref")
case("ReduceMax", [f(2, 0, 3), I([1])], opset=20, fixed=("x1",), prefer="ref")
case("ReduceMin", [f(2, 0, 3), I([1])], opset=20, fixed=("x1",), prefer="ref")
for mode in ("constant", "reflect", "edge", "wrap"):
    case("Pad", [f(3, 4), I([2, 3, 2, 3])], opset=19, mode=mode, fixed=("x1",))
    case("Pad", [r.randint(0, 9, (3, 4)).astype(np.int32), I([1, 0, 0, 2])], opset=19, mode=mode, fixed=("x1",))
    case("Pad", [D(3, 4), np.array([1, 2], np.int64), None, np.array([-2], np.int32)], opset=19, mode=mode, fixed=("x1", "x3"))
case("Pad", [f(2, 3), I([0, 5, 0, 7])], opset=19, mode="wrap", fixed=("x1",))
case("Pad", [np.array([[True, False]]), I([0, 1, 1, 0])], opset=13, fixed=("x1",))
case("Slice", [Z, I([0, 2]), I([0, 9]), I([0, 1])], opset=13, fixed=("x1", "x2", "x3"))
case("Slice", [Z, I([5]), I([-(2**62)]), I([1]), I([-2])], opset=13, fixed=("x1", "x2", "x3", "x4"))
case("Slice", [np.array(["a", "b", "c"]), I([1]), I([3])], opset=13, fixed=("x1", "x2"))
case("Split", [f(5, 2), I([0, 5])], opset=13, nout=2, fixed=("x1",))
case("Split", [f(2, 7), ], opset=18, nout=4, num_outputs=4, axis=1)
case("Gather", [np.array(["a", "b", "c"]), I([[2, -1], [0, 1]])], opset=13)
case("Gather", [Z, np.array(1, np.int64)], axis=1)
case("GatherND", [np.array([["a", "b"], ["c", "d"]]), I([[0, 1], [1, 0]])], opset=13)
case("GatherElements", [np.array([["a", "b"], ["c", "d"]]), I([[1, 0], [0, 0]])], opset=13)
case("ScatterElements", [np.array([["a", "b"], ["c", "d"]]), I([[1, 0]]), np.array([["x", "y"]])], opset=18)
case("ScatterElements", [np.zeros((3, 3), np.uint8), I([[1, 0, 2]]), np.array([[1, 2, 3]], np.uint8)], opset=18, axis=0)
case("ScatterElements", [np.zeros((3, 3), bool), I([[1, 0, 2]]), np.array([[True, True, False]])], opset=18, axis=1)
case("Scatter", [f(3, 3), I([[1, 0, 2]]), f(1, 3)], opset=9, axis=0)
case("Scatter", [f(3, 3), I([[1, 0, 2]]), f(1, 3)], opset=10, axis=1)
case("ScatterND", [D(4, 3), I([[-1], [1]]), D(2, 3)], opset=18, reduction="add")
case("ScatterND", [f(2, 3, 4), I([[[0, 1], [1, 2]]]), f(1, 2, 4)], opset=16)
case("ScatterND", [r.randint(0, 9, (4, 3)).astype(np.int64), I([[1, 2], [1, 2], [3, 0]]), I([5, 7, 2])], opset=18, reduction="max")
for dt in (np.int32, np.int64, np.float64):
    case("TopK", [r.permutation(10).reshape(2, 5).astype(dt), I([3])], opset=11, nout=2, largest=0, fixed=("x1",))
case("TopK", [F([[1, 1, 1, 2, 2]]), I([4])], opset=11, nout=2, fixed=("x1",))
case("TopK", [F([[1, 1, 1, 2, 2]]), I([4])], opset=11, nout=2, largest=0, fixed=("x1",))
for dt in (np.int32, np.int64, np.float64):
    for ex, rv in itertools.product((0, 1), (0, 1)):
        case("CumSum", [r.randint(0, 9, (2, 4)).astype(dt), I(1)], opset=14, exclusive=ex, reverse=rv, fixed=("x1",))
        case("CumProd", [r.randint(1, 4, (2, 4)).astype(dt), I(-1)], opset=26, exclusive=ex, reverse=rv, fixed=("x1",))
case("CumProd", [f(3, 4), np.array(0, np.int32)], opset=26, fixed=("x1",))
case("Unique", [np.array(["b", "a", "b", "c"])], nout=4, opset=11)
case("Unique", [np.array([3, 1, 2, 1, 3], np.int64)], nout=4, opset=11)
case("Unique", [F([[1, 0, 1], [2, 3, 2]])], nout=4, axis=-1, opset=11)
case("Unique", [F([[1, 0, 1], [2, 3, 2]])], nout=4, axis=1, sorted=0, opset=11)
for eq, sh in (("ij,jk,kl->il", [(2, 3), (3, 4), (4, 2)]), ("...ij,...jk->...ik", [(2, 1, 3, 4), (5, 4, 2)]), ("i , j -> i j", [(3,), (4,)]), ("ii->i", [(3, 3)]), ("ij->", [(2, 3)]), ("iJ,jJ->ij", [(2, 3), (4, 3)]), ("ij,ij->ij", [(2, 3), (2, 3)]), ("b...i,ij->b...j", [(2, 3, 4), (4, 5)]), ("ij,k", [(2, 3), (2,)]), ("bhwi,bhwj->bhij", [(2, 2, 3, 4), (2, 2, 3, 5)]), ("ba", [(2, 3)]), ("i...->...i", [(2, 3, 4)]), (",i->i", [(), (3,)])):
    case("Einsum", [f(*s) for s in sh], equation=eq)
for dt in (np.int32, np.int64, np.uint32, np.uint64, np.float64):
    case("MatMul", [r.randint(0, 9, (2, 3)).astype(dt), r.randint(0, 9, (3, 4)).astype(dt)])
    case("Gemm", [r.randint(0, 9, (2, 3)).astype(dt), r.randint(0, 9, (3, 4)).astype(dt)], opset=13)
case("Gemm", [f(3, 4), f(4, 5), F(2.0)], opset=13, beta=0.5)
case("Gemm", [f(3, 4), f(4, 5)], opset=11, alpha=0.5)
case("MatMul", [f(2, 3, 4), f(4)]); case("MatMul", [f(0, 4), f(4, 3)]); case("MatMul", [f(3, 0), f(0, 2)])
for op in ("Add", "Sub", "Mul", "Div"):
    for dt in (np.int8, np.uint8, np.int16, np.uint16, np.int32, np.uint32, np.int64, np.uint64, np.float64, np.float16):
        a = r.randint(1, 120, (2, 3)).astype(dt); b = r.randint(1, 9, (3,)).astype(dt)
        case(op, [a, b], opset=14, prefer="ref")
case("Div", [np.array([-7, 7, -7, 7], np.int32), np.array([2, -2, -2, 2], np.int32)], opset=14, prefer="ort")
for dt, fm in ((np.float32, 1), (np.float64, 1), (np.int64, 0), (np.int64, 1), (np.uint8, 0), (np.int16, 0)):
    case("Mod", [np.array([7, 5, 9]).astype(dt) * (-1 if dt not in (np.uint8,) else 1), np.array([3, 2, 4]).astype(dt)], fmod=fm, prefer="ref")
for dt in (np.uint8, np.uint16, np.uint32, np.uint64):
    for dr in ("LEFT", "RIGHT"): case("BitShift", [np.array([1, 200, 7], dt), np.array([1, 3, 7], dt)], direction=dr, prefer="ref")
for op in ("BitwiseAnd", "BitwiseOr", "BitwiseXor"):
    for dt in (np.int8, np.uint8, np.int16, np.uint32, np.int64, np.uint64): case(op, [r.randint(0, 100, (2, 3)).astype(dt), r.randint(0, 100, (3,)).astype(dt)], opset=18)
for dt in (np.int8, np.uint8, np.int32, np.uint16, np.int64, np.uint64): case("BitwiseNot", [r.randint(0, 100, (2, 3)).astype(dt)], opset=18)
for a, b in ((np.float32, np.int64), (np.int32, np.float32), (np.int64, np.int64), (np.float64, np.float32), (np.int32, np.int32)):
    case("Pow", [np.array([1, 2, 3], a), np.array([2, 3, 1], b)], opset=15)
for dt in (np.int8, np.uint8, np.int64, np.uint64, np.float64):
    case("Sign", [np.array([0, 1, 5], dt)]); case("Abs", [np.array([0, 1, 5], dt)])
    if dt not in (np.uint8, np.uint64): case("Neg", [np.array([0, 1, -5], dt)])
    case("Clip", [np.array([0, 1, 5, 9], dt), np.array(1, dt), np.array(7, dt)], opset=13); case("Max", [np.array([0, 9, 5], dt), np.array([3], dt)], opset=13); case("Min", [np.array([0, 9, 5], dt), np.array([3], dt), np.array([[4]], dt)], opset=13)
case("Clip", [F([0, 1, 5]), F(4), F(2)], opset=13, prefer="ref")
case("Max", [F([1, np.nan, 3]), F([2, 2, np.nan])], opset=13); case("Min", [F([1, np.nan, 3]), F([2, 2, np.nan])], opset=13)
for op in ("Sum", "Max", "Min", "Mean"): case(op, [f(2, 3)], opset=13)
for op in ("Less", "Greater", "LessOrEqual", "GreaterOrEqual"):
    for dt in (np.int8, np.uint64, np.float64, np.int32): case(op, [np.array([1, 2, 3], dt), np.array([[2], [3]], dt)], opset=16, prefer="ref")
for op in ("Acos", "Asin", "Atanh"): case(op, [F([0.1, -0.7, 0.9])], opset=9)
for op in ("Cosh", "Sinh", "Asinh", "Tan", "Atan"): case(op, [F([0.1, -1.7, 3])], opset=9)
case("Acosh", [F([1.1, 3])], opset=9)
case("Round", [np.array([0.5, 1.5, -1.5, 2.6], np.float64)], opset=22)
case("Where", [np.array([True, False]), np.array(["a", "b"]), np.array(["c"])], opset=16)
case("Tile", [np.array([["a", "b"]]), I([2, 2])], opset=13, fixed=("x1",), prefer="ref"); case("Expand", [np.array([[1], [2]], np.int8), I([2, 3])], opset=13, fixed=("x1",))
case("Tile", [f(2, 3), I([0, 2])], opset=13, fixed=("x1",))
case("OneHot", [np.array([[0, -1], [2, 1]], np.int64), I([3]), np.array([1, 9], np.int32)], axis=-2, opset=11, fixed=("x1",))
case("OneHot", [np.array([1, 2], np.int32), np.array(3, np.int32), np.array(["n", "y"])], axis=1, opset=11, fixed=("x1",), prefer="ort")
case("EyeLike", [np.zeros((3, 5), np.float32)], k=2); case("EyeLike", [np.zeros((3, 2), np.int64)], k=-4)
case("Range", [np.array(10, np.int32), np.array(1, np.int32), np.array(-3, np.int32)], opset=11, fixed=("x0", "x1", "x2")); case("Range", [np.array(1.0), np.array(2.0), np.array(0.3)], opset=11, fixed=("x0", "x1", "x2"))
for k in (-5, -1, 0, 2, 9):
    for u in (0, 1): case("Trilu", [r.randint(0, 9, (2, 3, 4)).astype(np.int64), I(k)], opset=14, upper=u, fixed=("x1",))
case("Trilu", [np.ones((3, 3), bool)], opset=14)
case("DepthToSpace", [r.randint(0, 9, (1, 8, 2, 3)).astype(np.int32), ], blocksize=2, mode="DCR", opset=13, prefer="ref")
case("SpaceToDepth", [D(2, 3, 4, 6)], blocksize=2, opset=13)
case("IsInf", [np.array([1, np.inf, -np.inf], np.float64)]); case("IsNaN", [np.array([1, np.nan], np.float16)])
for ax in (None, [1], [-2, 0]): case("CenterCropPad", [f(3, 4, 5), I([6, 2, 7][: 3 if ax is None else len(ax)])], opset=18, fixed=("x1",), **({} if ax is None else {"axes": ax}))
case("Col2Im", [f(1, 6, 4), I([5]), I([2])], opset=18, fixed=("x1", "x2"), prefer="ref"); case("Col2Im", [f(2, 8, 12), I([4, 4]), I([2, 2])], opset=18, pads=[0, 1, 0, 0], dilations=[1, 1], strides=[1, 1], fixed=("x1", "x2"))
case("Col2Im", [f(1, 12, 16), I([5, 5]), I([2, 3])], opset=18, dilations=[1, 2], pads=[0, 1, 0, 1], strides=[1, 1], fixed=("x1", "x2"))
case("Col2Im", [f(1, 16, 4), I([3, 3, 2]), I([2, 2, 2])], opset=18, fixed=("x1", "x2"))
case("Det", [f(3, 3)]); case("Det", [D(2, 2, 1, 1)])
case("LRN", [f(2, 6, 4)], size=3, alpha=0.1); case("LRN", [f(1, 4, 2, 2)], size=2, prefer="ort")
case("InstanceNormalization", [f(2, 3, 4, 5), f(3), f(3)], opset=6)
case("LayerNormalization", [D(2, 3, 4), D(3, 4), D(3, 4)], opset=17, nout=1, axis=1)
for ax in (-1, -2, 0, 2): case("RMSNormalization", [f(2, 3, 4), f(*(2, 3, 4)[ax:])], opset=23, axis=ax, prefer="ref")
case("GroupNormalization", [f(2, 4, 3, 2), f(4), f(4)], opset=21, num_groups=2, epsilon=1e-2)
for p in (1, 2): case("LpNormalization", [F([[1, -2], [0, 0]])], axis=-1, p=p, opset=22)
case("BatchNormalization", [D(2, 3, 4), D(3), D(3), D(3), np.abs(D(3))], opset=14)
case("BatchNormalization", [f(2, 3), f(3), f(3), f(3), np.abs(f(3))], opset=14, nout=3, training_mode=1)
for d in ("forward", "reverse", "bidirectional"):
    k = 2 if d == "bidirectional" else 1
    for op, g in (("RNN", 1), ("GRU", 3), ("LSTM", 4)):
        rnn(op, g, d, opset=22, prefer="ort"); rnn(op, g, d, init=False, lens=[1, 4, 3]); rnn(op, g, d, nout=["", "yh"]); rnn(op, g, d, nout=["y"])
        for act in ("Elu", "Softplus", "HardSigmoid", "LeakyRelu", "ThresholdedRelu", "ScaledTanh", "Affine", "Softsign", "Relu"):
            one = {"Affine": dict(activation_alpha=[0.9], activation_beta=[0.1]), "ScaledTanh": dict(activation_alpha=[1.5], activation_beta=[0.7]), "ThresholdedRelu": dict(activation_alpha=[0.8])}.get(act, {})
            if op == "RNN": rnn(op, g, d, activations=[act] * k, **{a: v * k for a, v in one.items()})
            else:
                acts = ["Sigmoid", act] if op == "GRU" else ["Sigmoid", act, "Tanh"]
                rnn(op, g, d, activations=acts * k, **{a: v * k for a, v in one.items()})
    rnn("LSTM", 4, d, nout=["", "", "yc"]); rnn("LSTM", 4, d, clip=0.3, peep=True, lens=[2, 4, 1]); rnn("GRU", 3, d, linear_before_reset=1, clip=0.5); rnn("RNN", 1, d, activations=["Relu"] * k, clip=0.2)
for mode in ("linear", "nearest"):
    for pm in ("zeros", "border", "reflection"):
        for al in (0, 1): case("GridSample", [f(2, 2, 3, 4, 2), (f(2, 2, 3, 2, 3) * 1.6).astype(np.float32)], opset=20, mode=mode, align_corners=al, padding_mode=pm)
for mode, pm, al in itertools.product(("linear", "nearest", "cubic"), ("zeros", "border", "reflection"), (0, 1)):
    case("GridSample", [D(1, 1, 5, 3), D(1, 4, 4, 2) * 2], opset=20, mode=mode, align_corners=al, padding_mode=pm)
for mode in ("avg", "max"):
    case("RoiAlign", [D(1, 2, 6, 7), np.array([[-1, -2, 8, 9.5], [3, 3, 2, 2]]), I([0, 0])], opset=16, mode=mode, output_height=2, output_width=3, sampling_ratio=2)
    case("RoiAlign", [f(1, 2, 6, 7), F([[1, 1, 5, 5]]), I([0])], opset=22, mode=mode)
case("MaxRoiPool", [f(2, 2, 8, 8), F([[0, 1, 1, 6, 5], [1, 0, 2, 3, 7], [1, 7, 7, 7, 7]])], opset=13, pooled_shape=[3, 2])
B = np.array([[[0, 0, 1, 1], [0, 0.1, 1, 1.1], [0, -0.1, 1, 0.9], [0, 10, 1, 11], [0, 10.1, 1, 11.1], [0, 100, 1, 101]]] * 2, np.float32)
S = np.array([[[0.9, 0.75, 0.6, 0.95, 0.5, 0.3], [0.2, 0.3, 0.8, 0.1, 0.9, 0.9]]] * 2, np.float32)
for mx, iou, th in ((3, 0.5, 0.0), (0, 0.5, 0.0), (2, 0.0, 0.4), (9, 1.0, 0.7), (30, 0.3, -1.0)):
    case("NonMaxSuppression", [B, S, I([mx]), F([iou]), F([th])], opset=11)
case("NonMaxSuppression", [B, S], opset=11); case("NonMaxSuppression", [B, S, I([5])], opset=10); case("NonMaxSuppression", [B, S, I(5), F(0.5)], opset=11)
r = np.random.RandomState(4)
# attention and what goes with it
A = dict(prefer="ref")
for out_mode in (0, 1, 2, 3):
    case("Attention", [f(2, 4, 3, 8), f(2, 2, 5, 8), f(2, 2, 5, 6), f(3, 5)], opset=23, nout=["y", "", "", "qk"], qk_matmul_output_mode=out_mode, softcap=1.5 if out_mode else 0.0, **A)
    case("Attention", [f(2, 3, 16), f(2, 5, 8), f(2, 5, 12), f(2, 1, 3, 5)], opset=23, nout=["y", "", "", "qk"], q_num_heads=4, kv_num_heads=2, qk_matmul_output_mode=out_mode, is_causal=1, **A)
case("Attention", [f(2, 3, 16), f(2, 5, 8), f(2, 5, 12), None, f(2, 2, 4, 4), f(2, 2, 4, 6)], opset=23, nout=3, q_num_heads=4, kv_num_heads=2, is_causal=1, **A)
case("Attention", [f(2, 4, 3, 8), f(2, 4, 5, 8), f(2, 4, 5, 8), r.rand(2, 4, 3, 5) > 0.4], opset=23, softmax_precision=1, **A)
case("Attention", [f(2, 4, 3, 8), f(2, 4, 5, 8), f(2, 4, 5, 8), r.rand(2, 1, 3, 5) > 0.4], opset=23, is_causal=1, **A)
case("Attention", [f(2, 4, 3, 8), f(2, 4, 5, 8), f(2, 4, 5, 8), f(4, 3, 5)], opset=24, **A)
case("Attention", [f(2, 4, 3, 8), f(2, 4, 5, 8), f(2, 4, 5, 8), None, None, None, I([3, 5])], opset=24, **A)
case("Attention", [f(2, 4, 3, 8), f(2, 4, 5, 8), f(2, 4, 5, 8), f(3, 5), None, None, I([3, 5])], opset=24, is_causal=1, **A)
case("Attention", [f(2, 3, 16), f(2, 5, 8), f(2, 5, 12), None, None, None, I([4, 2])], opset=24, q_num_heads=4, kv_num_heads=2, nout=["y", "", "", "qk"], qk_matmul_output_mode=1, **A)
case("Attention", [f(2, 4, 1, 8), f(2, 1, 5, 8), f(2, 1, 5, 8), f(1, 3)], opset=24, **A)
case("Attention", [f(2, 4, 2, 8), f(2, 4, 5, 8), f(2, 4, 5, 8), f(2, 3)], opset=24, **A)
case("Attention", [D(2, 4, 3, 8), D(2, 4, 5, 8), D(2, 4, 5, 8)], opset=23, scale=0.7, **A)
for il in (0, 1):
    cs = f(2, 3, 4); sn = f(2, 3, 4)
    case("RotaryEmbedding", [f(2, 4, 3, 8), cs, sn], opset=23, interleaved=il, **A)
    case("RotaryEmbedding", [f(2, 3, 32), cs, sn], opset=23, interleaved=il, num_heads=4, **A)
    case("RotaryEmbedding", [f(2, 4, 3, 8), f(10, 4), f(10, 4), I([[1, 2, 9], [0, 4, 5]])], opset=23, interleaved=il, **A)
    case("RotaryEmbedding", [f(2, 4, 3, 8), f(10, 2), f(10, 2), I([[1, 2, 9], [0, 4, 5]])], opset=23, interleaved=il, rotary_embedding_dim=4, **A)
    case("RotaryEmbedding", [f(2, 3, 32), f(2, 3, 3), f(2, 3, 3)], opset=23, interleaved=il, num_heads=4, rotary_embedding_dim=6, **A)
for mode in ("linear", "circular"):
    case("TensorScatter", [f(2, 3, 6, 4), f(2, 3, 2, 4), I([1, 4])], opset=24, mode=mode, **A)
    case("TensorScatter", [f(2, 6, 4), f(2, 2, 4), I([1, 4])], opset=24, mode=mode, axis=1, **A)
case("TensorScatter", [f(2, 6, 4), f(2, 3, 4), I([5, 4])], opset=24, mode="circular", axis=-2, **A)
case("TensorScatter", [f(2, 6, 4), f(2, 3, 4)], opset=24, **A)
# quantisation
for t in ("uint8", "int8", "uint16", "int16"):
    z = np.array(3, t)
    case("QuantizeLinear", [f(3, 4) * 400, F(0.3), z], opset=21, **A); case("QuantizeLinear", [f(3, 4) * 400, F([0.3, 0.5, 1.0]), np.array([1, 2, 3], t)], opset=21, axis=0, **A)
    case("QuantizeLinear", [f(4, 4) * 400, np.abs(f(2, 4)) + 0.1, np.ones((2, 4), t)], opset=21, axis=0, block_size=2, **A)
    case("QuantizeLinear", [f(4, 5) * 400, np.abs(f(4, 3)) + 0.1], opset=21, axis=1, block_size=2, output_dtype=h.np_dtype_to_tensor_dtype(np.dtype(t)), **A)
    case("DequantizeLinear", [r.randint(0, 100, (4, 4)).astype(t), F(0.3), z], opset=21, **A); case("DequantizeLinear", [r.randint(0, 100, (4, 5)).astype(t), f(4, 3), np.ones((4, 3), t)], opset=21, axis=1, block_size=2, **A)
for t in ("int4", "uint4", "int2", "uint2", "float8_e4m3fn", "float8_e4m3fnuz", "float8_e5m2", "float8_e5m2fnuz", "float4_e2m1fn"):
    dt = np.dtype(getattr(ml_dtypes, t)); o = 25 if "2" in t[-1:] and "int" in t else 24
    case("QuantizeLinear", [f(3, 4) * 4, F(0.7), np.array(1 if "int" in t else 0).astype(dt)], opset=o, **A)
    case("QuantizeLinear", [f(3, 4) * 4, F([0.3, 0.5, 1.0]), np.array([0, 0, 0]).astype(dt)], opset=o, axis=0, **A)
    case("QuantizeLinear", [f(4, 4) * 4, np.abs(f(2, 4)) + 0.1, np.zeros((2, 4)).astype(dt)], opset=o, axis=0, block_size=2, **A)
    case("QuantizeLinear", [f(3, 4) * 4000, F(0.7)], opset=o, output_dtype=h.np_dtype_to_tensor_dtype(dt), **A)
    if "float8" in t: case("QuantizeLinear", [f(3, 4) * 4000, F(0.7), np.array(0).astype(dt)], opset=o, saturate=0, **A)
    q = (f(4, 4) * 1.5).astype(dt) if "float" in t else r.randint(0, 2, (4, 4)).astype(dt)
    case("DequantizeLinear", [q, F(0.7)], opset=o, **A); case("DequantizeLinear", [q, F([0.3, 0.5, 1.0, 2]), np.array([0, 0, 0, 0]).astype(dt)], opset=o, axis=1, **A)
    case("DequantizeLinear", [q, np.abs(f(2, 4)) + 0.1, np.zeros((2, 4)).astype(dt)], opset=o, axis=0, block_size=2, **A)
    case("DequantizeLinear", [q, np.array(0.5, H)], opset=o, **A)
case("QuantizeLinear", [(f(3, 4) * 40).astype(H), np.array(0.3, H), np.array(3, np.int8)], opset=21, **A)
case("QuantizeLinear", [r.randint(-99, 99, (3, 4)).astype(np.int32), F(0.3), np.array(3, np.int8)], opset=19, **A)
case("DynamicQuantizeLinear", [F([0, 0, 0])], opset=11, nout=3); case("DynamicQuantizeLinear", [F([1, 2, 5])], opset=11, nout=3); case("DynamicQuantizeLinear", [F([-1, -2, -5])], opset=11, nout=3)
case("QLinearMatMul", [r.randint(-99, 99, (3, 4)).astype(np.int8), F(0.1), np.array(2, np.int8), r.randint(-99, 99, (4, 2)).astype(np.int8), F(0.02), np.array(-3, np.int8), F(0.9), np.array(1, np.int8)], opset=21, **A)
case("QLinearConv", [r.randint(-99, 99, (1, 2, 5)).astype(np.int8), F(0.1), np.array(2, np.int8), r.randint(-99, 99, (2, 2, 3)).astype(np.int8), F(0.02), np.array(0, np.int8), F(0.9), np.array(1, np.int8)], opset=10, auto_pad="SAME_UPPER", **A)
case("MatMulInteger", [r.randint(0, 200, (2, 3, 4)).astype(np.uint8), r.randint(0, 200, (4, 2)).astype(np.uint8)], opset=10)
case("MatMulInteger", [r.randint(0, 200, (3, 4)).astype(np.uint8), r.randint(0, 200, (4, 2)).astype(np.uint8), np.array([1, 2, 3], np.uint8), np.array([5, 7], np.uint8)], opset=10, **A)
case("ConvInteger", [r.randint(0, 255, (1, 2, 5, 5)).astype(np.uint8), r.randint(-9, 9, (3, 2, 2, 2)).astype(np.int8), np.array(12, np.uint8), np.array([1, 2, 3], np.int8)], opset=10, strides=[2, 1], **A)
# casts
small = ["float8_e4m3fn", "float8_e4m3fnuz", "float8_e5m2", "float8_e5m2fnuz", "float4_e2m1fn", "int4", "uint4", "int2", "uint2", "bfloat16"]
nums = F([0, -0.0, 1.3, -1.7, 0.07, 5.5, 447, 449, 60000, 1e6, -1e6, np.inf, -np.inf, np.nan, 0.001, 2.5, 3.5, 0.25, 0.75])
whole = F([0, 1, 1.6, 3, 0.2])
for t in small:
    dt = h.np_dtype_to_tensor_dtype(np.dtype(getattr(ml_dtypes, t))); o = 25 if t in ("int2", "uint2") else 24
    v = whole if "int" in t else nums
    case("Cast", [v], opset=o, to=dt, **A); case("Cast", [v.astype(H)], opset=o, to=dt, **A); case("CastLike", [v, np.array(1).astype(np.dtype(getattr(ml_dtypes, t)))], opset=o, **A)
    if "float8" in t: case("Cast", [nums], opset=o, to=dt, saturate=0, **A)
    x = v.astype(np.dtype(getattr(ml_dtypes, t)))
    for to in (T.FLOAT, T.FLOAT16, T.DOUBLE, T.INT8 if "int" in t else T.BFLOAT16): case("Cast", [x], opset=o, to=to, **A)
for rm in ("up", "down", "nearest"):
    for s in (0, 1): case("Cast", [F([1, 1.3, 1.5, 1.7, 3, 0.3, 1e38, 2.0 ** -127, 0])], opset=25, to=24, round_mode=rm, saturate=s, **A)
for dt in (np.float32, np.float64, np.int64, np.int8, np.uint16, bool, np.float16):
    for to in (T.FLOAT, T.INT32, T.UINT8, T.BOOL, T.INT64, T.DOUBLE, T.UINT64): case("Cast", [np.array([0, 1, 3, 100]).astype(dt)], opset=21, to=to, **A)
case("Cast", [np.array(["1", "-7", "12"])], opset=21, to=T.INT32, prefer="ort"); case("Cast", [F([1.5, 0.1, 1e10, 1e-7, 123456789, np.nan, -np.inf])], opset=21, to=T.STRING, prefer="ort")
case("BitCast", [f(2, 3)], opset=26, to=T.INT32, **A); case("BitCast", [r.randint(0, 99, (3,)).astype(np.int64)], opset=26, to=T.DOUBLE, **A); case("BitCast", [np.array([True, False])], opset=26, to=T.UINT8, **A); case("BitCast", [f(3).astype(H)], opset=26, to=T.UINT16, **A); case("BitCast", [np.array([1, 200], np.uint8)], opset=26, to=T.INT8, **A)
# signal
for o in (17, 20):
    for n in (None, 5, 11):
        for one in (0, 1):
            for c in (1, 2):
                if one and c == 2: continue
                ins = [f(2, 8, c), None if n is None else I(n)] + ([I(1)] if o == 20 else [])
                case("DFT", ins, opset=o, onesided=one, fixed=("x1", "x2"), **({"axis": 1} if o == 17 else {}), **A)
        case("DFT", [f(2, 8, 2), None if n is None else I(n)] + ([I(-2)] if o == 20 else []), opset=o, inverse=1, fixed=("x1", "x2"), **({"axis": 1} if o == 17 else {}), **A)
case("DFT", [f(2, 4, 6, 1), None, I(1)], opset=20, fixed=("x2",), **A); case("DFT", [D(2, 4, 6, 2), None, I(2)], opset=20, fixed=("x2",), **A); case("DFT", [f(2, 5, 2), None, I(1)], opset=20, inverse=1, onesided=1, fixed=("x2",), **A)
for w in (None, F([1, 2, 3, 2, 1, 1])):
    for one in (0, 1): case("STFT", [f(2, 20, 1), I(3), w, None if w is not None else I(6)], opset=17, onesided=one, fixed=("x1", "x3"), **A)
case("STFT", [f(1, 20, 2), I(4), F([1, 2, 3, 2, 1, 1]), I(6)], opset=17, onesided=0, fixed=("x1", "x3"), **A)
for w in ("HannWindow", "HammingWindow", "BlackmanWindow"):
    for p in (0, 1): case(w, [np.array(10, np.int32)], opset=17, periodic=p, fixed=("x0",), **A); case(w, [I(7)], opset=17, periodic=p, output_datatype=T.DOUBLE, **A)
case("MelWeightMatrix", [I(4), I(16), I(8000), F(0), F(4000)], opset=17, output_datatype=T.DOUBLE, fixed=("x0", "x1", "x2", "x3", "x4"), **A)
# text
case("StringConcat", [np.array([["a"], ["b"]]), np.array(["x", "y", "z"])], opset=20, **A)
for d, m in ((None, None), (" ", None), (",", 1), ("", 2), (None, 1)):
    case("StringSplit", [np.array(["a,b,,c", " x  y z ", "", "none"])], opset=20, nout=2, **({} if d is None else {"delimiter": d}), **({} if m is None else {"maxsplit": m}), **A)
case("RegexFullMatch", [np.array(["www.google.com", "a.b", "account@gmail.com"])], opset=20, pattern=r"(\W|^)[\w.\-]{0,25}@(yahoo|gmail)\.com(\W|$)", **A); case("RegexFullMatch", [np.array([["123", "12a"]])], opset=20, pattern="[0-9]+", **A)
for act in ("NONE", "LOWER", "UPPER"):
    for cs_ in (0, 1): case("StringNormalizer", [np.array(["Monday", "TUESDAY", "the", "The"])], opset=10, case_change_action=act, is_case_sensitive=1, stopwords=["the", "monday"]); case("StringNormalizer", [np.array([["Monday", "the"]])], opset=10, case_change_action=act, is_case_sensitive=cs_, stopwords=["the"])
case("StringNormalizer", [np.array(["the"])], opset=10, stopwords=["the"], is_case_sensitive=1)
for mode in ("TF", "IDF", "TFIDF"):
    for sk in (0, 1, 5):
        case("TfIdfVectorizer", [np.array([[1, 1, 3, 3, 3, 7], [8, 6, 7, 5, 6, 8]], np.int64)], opset=9, mode=mode, min_gram_length=2, max_gram_length=2, max_skip_count=sk, ngram_counts=[0, 4], ngram_indexes=[0, 1, 2, 3, 4, 5, 6], pool_int64s=[2, 3, 5, 4, 5, 6, 7, 8, 6, 7], weights=[1.0, 2, 3, 4, 5, 6, 7])
        case("TfIdfVectorizer", [np.array(["a", "b", "c", "a", "b"])], opset=9, mode=mode, min_gram_length=1, max_gram_length=3, max_skip_count=sk, ngram_counts=[0, 2, 6], ngram_indexes=[0, 1, 2, 3, 5], pool_strings=["a", "c", "a", "b", "b", "c", "a", "b", "c"])
# losses
for red in ("none", "sum", "mean"):
    case("NegativeLogLikelihoodLoss", [f(3, 5), I([1, 4, 0])], opset=13, reduction=red); case("NegativeLogLikelihoodLoss", [f(3, 5, 2, 2), r.randint(0, 5, (3, 2, 2)).astype(np.int32), np.abs(f(5))], opset=22, reduction=red)
    case("SoftmaxCrossEntropyLoss", [f(3, 5), I([1, 4, 0])], opset=13, nout=2, reduction=red); case("SoftmaxCrossEntropyLoss", [f(3, 5), np.array([1, -1, 0], np.int32)], opset=13, reduction=red, ignore_index=-1); case("SoftmaxCrossEntropyLoss", [D(2, 3, 2, 2), r.randint(0, 3, (2, 2, 2)).astype(np.int64), np.abs(D(3))], opset=13, nout=2, reduction=red)
# optimizers
tr = dict(domain="ai.onnx.preview.training", opset=21, prefer="ref")
sc = F(0.1); st = I(3)
case("Adagrad", [sc, st, f(3), f(3), np.abs(f(3))], nout=2, norm_coefficient=0.01, epsilon=1e-3, decay_factor=0.1, **tr)
case("Adagrad", [sc, st, f(3), f(2, 2), f(3), f(2, 2), np.abs(f(3)), np.abs(f(2, 2))], nout=4, **tr)
for mode in ("nesterov", "standard"): case("Momentum", [sc, st, f(3), f(3), f(3)], nout=2, alpha=0.9, beta=0.8, mode=mode, norm_coefficient=0.01, **tr); case("Momentum", [sc, I(0), f(3), f(3), f(3)], nout=2, alpha=0.9, beta=0.8, mode=mode, norm_coefficient=0.0, **tr)
case("Adam", [sc, st, f(3), f(3), np.abs(f(3)), np.abs(f(3))], nout=3, alpha=0.95, beta=0.85, norm_coefficient=0.01, epsilon=1e-3, norm_coefficient_post=0.02, **tr); case("Adam", [sc, I(0), f(3), f(3), np.abs(f(3)), np.abs(f(3))], nout=3, **tr)
# classical machine learning
ml = dict(domain="ai.onnx.ml", opset=15)
for kt, kv in (("int64s", [1, 2, 3]), ("strings", ["a", "b", "c"]), ("floats", [1.0, 2.0, float("nan")])):
    for vt, vv in (("int64s", [4, 5, 6]), ("strings", ["x", "y", "z"]), ("floats", [0.5, 1.5, 2.5])):
        x = {"int64s": I([[1, 9], [3, 2]]), "strings": np.array([["a", "q"], ["c", "b"]]), "floats": F([[1, 9], [np.nan, 2]])}[kt]
        case("LabelEncoder", [x], prefer="ort", **{"keys_" + kt: kv, "values_" + vt: vv}, **ml)
for p in ("NONE", "LOGISTIC", "SOFTMAX", "SOFTMAX_ZERO", "PROBIT"):
    case("LinearClassifier", [f(4, 3)], nout=2, coefficients=list(map(float, f(6))), intercepts=[0.1, 0.2], classlabels_ints=[5, 6], post_transform=p, prefer="ort", **ml)
    case("LinearClassifier", [f(4, 3)], nout=2, coefficients=list(map(float, f(3))), intercepts=[0.1], classlabels_ints=[0, 1], post_transform=p, prefer="ort", **ml)
    case("LinearClassifier", [f(4, 3)], nout=2, coefficients=list(map(float, f(9))), intercepts=[0.1, 0.2, 0.3], classlabels_strings=["a", "b", "c"], post_transform=p, multi_class=1, prefer="ort", **ml)
    case("LinearRegressor", [f(4, 3)], coefficients=list(map(float, f(6))), intercepts=[0.1, 0.2], targets=2, post_transform=p, prefer="ort", **ml)
    tree = dict(nodes_treeids=[0, 0, 0, 1, 1, 1], nodes_nodeids=[0, 1, 2, 0, 1, 2], nodes_featureids=[0, 0, 0, 1, 0, 0], nodes_modes=["BRANCH_LEQ", "LEAF", "LEAF", "BRANCH_GT", "LEAF", "LEAF"], nodes_values=[0.1, 0.0, 0.0, 0.2, 0.0, 0.0], nodes_truenodeids=[1, 0, 0, 1, 0, 0], nodes_falsenodeids=[2, 0, 0, 2, 0, 0])
    for agg in ("SUM", "AVERAGE", "MIN", "MAX"):
        case("TreeEnsembleRegressor", [f(5, 2)], n_targets=2, target_treeids=[0, 0, 1, 1], target_nodeids=[1, 2, 1, 2], target_ids=[0, 1, 0, 0], target_weights=[0.3, 0.6, 0.25, 0.1], aggregate_function=agg, post_transform=p, prefer="ort", **tree, **ml)
        if p == "NONE": case("TreeEnsembleRegressor", [f(5, 2)], n_targets=1, target_treeids=[0, 0, 1, 1], target_nodeids=[1, 2, 1, 2], target_ids=[0, 0, 0, 0], target_weights=[0.3, -0.6, 0.25, 0.1], aggregate_function=agg, base_values=[0.1], prefer="ort", **tree, **ml)
    case("TreeEnsembleClassifier", [f(5, 2)], nout=2, class_treeids=[0, 0, 1, 1], class_nodeids=[1, 2, 1, 2], class_ids=[0, 1, 2, 0], class_weights=[0.3, 0.6, 0.25, 0.1], classlabels_int64s=[4, 5, 6], post_transform=p, prefer="ort", **tree, **ml)
    case("TreeEnsembleClassifier", [f(5, 2)], nout=2, class_treeids=[0, 0, 1, 1], class_nodeids=[1, 2, 1, 2], class_ids=[0, 0, 0, 0], class_weights=[0.3, -0.6, 0.25, -0.1], classlabels_strings=["n", "y"], post_transform=p, prefer="ort", **tree, **ml)
    for pr in ({}, {"prob_a": [0.5], "prob_b": [0.1]}):
        case("SVMClassifier", [f(5, 2)], nout=2, kernel_type="RBF", kernel_params=[0.4, 0.0, 0.0], vectors_per_class=[2, 1], support_vectors=list(map(float, f(6))), coefficients=list(map(float, f(3))), rho=[0.3], classlabels_ints=[4, 5], post_transform=p, prefer="ort", **pr, **ml)
    for pr in ({}, {"prob_a": [0.5, 0.2, -0.3], "prob_b": [0.1, 0.4, 0.2]}):
        case("SVMClassifier", [f(5, 2)], nout=2, kernel_type="RBF", kernel_params=[0.4, 0.0, 0.0], vectors_per_class=[2, 1, 2], support_vectors=list(map(float, f(10))), coefficients=list(map(float, f(10))), rho=[0.3, 0.1, -0.2], classlabels_strings=["a", "b", "c"], post_transform=p, prefer="ort", **pr, **ml)
    case("SVMClassifier", [f(5, 2)], nout=2, kernel_type="LINEAR", coefficients=list(map(float, f(6))), rho=[0.3], classlabels_ints=[0, 1, 2], post_transform=p, prefer="ort", **ml)
    case("SVMRegressor", [f(3, 2)], kernel_type="LINEAR", n_supports=0, coefficients=[0.5, 0.25], rho=[0.3], post_transform=p, prefer="ort", **ml)
    case("SVMRegressor", [f(5, 2)], kernel_type="RBF", kernel_params=[0.4, 0.0, 0.0], n_supports=2, support_vectors=list(map(float, f(4))), coefficients=[0.5, -0.25], rho=[0.1], one_class=1, prefer="ort", **ml)
for n in ("MAX", "L1", "L2"): case("Normalizer", [F([[1, -2, 0.5], [0, 0, 0], [-3, -1, -2]])], norm=n, prefer="ort", **ml); case("Normalizer", [F([1, -2, 0.5])], norm=n, prefer="ort", **ml)
case("OneHotEncoder", [F([[1, 5], [7, 9]])], cats_int64s=[1, 7, 5], zeros=1, **ml); case("Scaler", [I([[1, 2]])], offset=[1.0], scale=[2.0], **ml); case("Binarizer", [D(2, 2)], threshold=0.1, **ml)
case("ArrayFeatureExtractor", [np.array([["a", "b", "c"]]), I([[2]])], **ml)
case("FeatureVectorizer", [I([[1, 2]]), I([[3]])], inputdimensions=[2, 1], prefer="ort", **ml)
tt = lambda v, dt=np.float32: nh.from_array(np.array(v, dt))
for agg in range(4):
    case("TreeEnsemble", [f(5, 3)], opset=21, domain="ai.onnx.ml", n_targets=2, aggregate_function=agg, post_transform=0, membership_values=tt([1.2, 3.7, 8, 9, np.nan, 12, 7, np.nan]), nodes_missing_value_tracks_true=None, nodes_hitrates=None, tree_roots=[0], nodes_modes=tt([0, 6, 6], np.uint8), nodes_featureids=[0, 0, 0], nodes_splits=tt([3.14, 232344, 1]), nodes_truenodeids=[1, 0, 1], nodes_trueleafs=[0, 1, 1], nodes_falsenodeids=[2, 2, 3], nodes_falseleafs=[0, 1, 1], leaf_targetids=[0, 1, 0, 1], leaf_weights=tt([5.23, 12.12, -12.23, 7.21]))
# maps: what classifiers of scikit-learn end in, and what takes them
def maps(op, ins, out_type=None, **attrs):
    k = count[op] = count.get(op, -1) + 1
    nm = f"{op.lower()}_ml_{k}"
    def typ(v):
        if isinstance(v, dict):
            key, val = next(iter(v.items()))
            return h.make_map_type_proto(T.STRING if isinstance(key, str) else T.INT64, h.make_tensor_type_proto(T.STRING if isinstance(val, str) else T.INT64 if isinstance(val, int) else T.FLOAT, []))
        return h.make_tensor_type_proto(h.np_dtype_to_tensor_dtype(v.dtype), v.shape)
    gin = [h.make_value_info(f"x{i}", typ(v)) for i, v in enumerate(ins)]
    if out_type is None: out_type = h.make_sequence_type_proto(h.make_map_type_proto(T.STRING if "classlabels_strings" in attrs else T.INT64, h.make_tensor_type_proto(T.FLOAT, [])))
    g = h.make_graph([h.make_node(op, [v.name for v in gin], ["y"], domain="ai.onnx.ml", **attrs)], nm, gin, [h.make_value_info("y", out_type)])
    m = h.make_model(g, opset_imports=[h.make_opsetid("", 15), h.make_opsetid("ai.onnx.ml", 1)], ir_version=8)
    y = ort.InferenceSession(m.SerializeToString(), providers=["CPUExecutionProvider"]).run(None, {f"x{i}": v for i, v in enumerate(ins)})[0]
    d = f"{out}/{nm}"; os.makedirs(f"{d}/test_data_set_0", exist_ok=True)
    onnx.save(m, f"{d}/model.onnx")
    def proto(v, name):
        if isinstance(v, list):
            p = onnx.SequenceProto(name=name, elem_type=onnx.SequenceProto.MAP); p.map_values.extend(proto(e, "") for e in v); return p
        if isinstance(v, dict):
            text = isinstance(next(iter(v)), str)
            p = onnx.MapProto(name=name, key_type=T.STRING if text else T.INT64)
            (p.string_keys if text else p.keys).extend(k.encode() if text else k for k in v)
            p.values.elem_type = onnx.SequenceProto.TENSOR
            p.values.tensor_values.extend(nh.from_array(np.array(e, dtype=object if isinstance(e, str) else np.int64 if isinstance(e, int) else np.float32)) for e in v.values())
            return p
        return nh.from_array(np.asarray(v), name)
    for i, v in enumerate(ins): open(f"{d}/test_data_set_0/input_{i}.pb", "wb").write(proto(v, f"x{i}").SerializeToString())
    open(f"{d}/test_data_set_0/output_0.pb", "wb").write(proto(y, "y").SerializeToString())
maps("ZipMap", [f(3, 2)], classlabels_strings=["yes", "no"])
maps("ZipMap", [f(2, 3)], classlabels_int64s=[7, -1, 3])
maps("ZipMap", [f(3)], classlabels_int64s=[7, -1, 3])
row = lambda t, n: h.make_tensor_type_proto(t, [1, n])
for to, t in (("TO_FLOAT", T.FLOAT), ("TO_STRING", T.STRING), ("TO_INT64", T.INT64)):
    maps("CastMap", [{5: 1.5, 2: -3.25, 0: 7.0}], row(t, 3), cast_to=to)
    maps("CastMap", [{5: 1.5, 2: -3.25, 0: 7.0}], row(t, 8), cast_to=to, map_form="SPARSE", max_map=8)
maps("DictVectorizer", [{"b": 1.5, "z": 9.0, "a": 2.0}], row(T.FLOAT, 3), string_vocabulary=["a", "c", "b"])
maps("DictVectorizer", [{4: 1.5, 8: 9.0}], row(T.FLOAT, 3), int64_vocabulary=[8, 1, 4])
