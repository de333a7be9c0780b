#!/usr/bin/env python3
"""Tells whose fault it is that a case of Debian's libonnx-testdata does not pass on WebGPU, and writes expectations.json.

Three runtimes run the same cases: ONNX Runtime Web on its WebGPU provider, the same on its WebAssembly provider, and
ONNX Runtime for Python. What they have in common says where a failure comes from.

    apt-get install libonnx-testdata
    pip install onnxruntime==1.32.0 onnx==1.23.2 numpy
    DATA=/usr/share/libonnx-testdata/data
    weir run --suite $DATA --json > webgpu.json
    weir run --suite $DATA --backend cpu --json > cpu.json
    python3 compare.py $DATA webgpu.json cpu.json

It prints, for each backend, how many cases go otherwise than they should for each reason. Read the reasons: a new one,
or a case that moved from one to another, is a change of a runtime or a mistake of Weir.
"""
import collections
import json
import os
import re
import sys

import numpy
import onnx
import onnxruntime
from onnx import numpy_helper

RTOL, ATOL = 1e-3, 1e-7
ABOUT = (
    "Cases of Debian's libonnx-testdata that do not pass with ONNX Runtime Web 1.26.0 on Chrome's software adapter. "
    "compare.py beside this file made it from what three runtimes said."
)


def load(path, value_type):
    """The value in a .pb file of ONNX's test layout."""
    with open(path, "rb") as file:
        data = file.read()
    kind = value_type.WhichOneof("value")
    if kind == "sequence_type":
        return numpy_helper.to_list(onnx.SequenceProto.FromString(data))
    if kind == "optional_type":
        return numpy_helper.to_optional(onnx.OptionalProto.FromString(data))
    return numpy_helper.to_array(onnx.TensorProto.FromString(data))


def same(output, expected):
    """Raises AssertionError when they differ by more than ONNX's own backend tests tolerate."""
    if isinstance(expected, list):
        assert isinstance(output, list) and len(output) == len(expected), "another number of elements"
        for one, other in zip(output, expected):
            same(one, other)
    elif expected is None:
        assert output is None, "a value where none is expected"
    elif expected.dtype == object or expected.dtype.kind in "US":
        numpy.testing.assert_array_equal(numpy.asarray(output).astype(str), expected.astype(str))
    else:
        assert output.dtype == expected.dtype, f"{output.dtype} where {expected.dtype} is expected"
        numpy.testing.assert_allclose(output, expected, rtol=RTOL, atol=ATOL)


def python_outcome(folder):
    """What ONNX Runtime for Python makes of a case: passed, unsupported or failed, and why."""
    model = onnx.load(folder + "/model.onnx")
    initialized = {tensor.name for tensor in model.graph.initializer}
    inputs = [port for port in model.graph.input if port.name not in initialized]
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(
            folder + "/model.onnx", options, providers=["CPUExecutionProvider"])
    except Exception as error:
        return "unsupported", str(error)
    try:
        for name in sorted(os.listdir(folder)):
            if not name.startswith("test_data_set_"):
                continue
            data = f"{folder}/{name}"
            feeds = {port.name: load(f"{data}/input_{n}.pb", port.type) for n, port in enumerate(inputs)}
            outputs = session.run(None, feeds)
            for number, (output, port) in enumerate(zip(outputs, model.graph.output)):
                same(output, load(f"{data}/output_{number}.pb", port.type))
    except Exception as error:
        return "failed", " ".join(str(error).split())[:300]
    return "passed", ""


def element_types(folder):
    """The element types of a model's inputs and outputs."""
    graph = onnx.load(folder + "/model.onnx").graph
    names = {
        onnx.TensorProto.DataType.Name(port.type.tensor_type.elem_type).lower()
        for port in list(graph.input) + list(graph.output)
        if port.type.WhichOneof("value") == "tensor_type"
    }
    return ", ".join(sorted(names))


def opset(folder):
    imported = onnx.load(folder + "/model.onnx").opset_import
    return max(entry.version for entry in imported if entry.domain in ("", "ai.onnx"))


BY_CHANCE = "the output is random by the operator's definition"
RANDOM = {"Bernoulli", "RandomNormal", "RandomUniform", "RandomNormalLike", "RandomUniformLike", "Multinomial"}


def is_random(folder, result):
    """Whether the outputs are random by the operators' definition."""
    if RANDOM & set(result["operators"]):
        return True
    return "Dropout" in result["operators"] and "training" in result["case"]


def reason(result, folder, backend, other, python):
    """Why a case does not pass, from its own words and from what the other runtimes did."""
    detail = result["detail"]
    elsewhere = f"Python's onnxruntime: {python[0]}"
    if is_random(folder, result) and result["status"] == "failed":
        return f"{BY_CHANCE}, the expected one is one draw of it; {elsewhere}"
    if "is no tensor" in detail:
        return "ONNX Runtime Web's JavaScript interface takes and gives tensors only, no sequences and optionals"
    if "unsupported data type: 16" in detail or "is bfloat16" in detail:
        return "ONNX Runtime Web's JavaScript interface has no bfloat16"
    if "is not a registered function" in detail:
        return f"ONNX Runtime Web is built without the operators of ai.onnx.preview.training; {elsewhere}"
    if "layout == 1" in detail:
        return f"ONNX Runtime has no batchwise recurrent operators (layout 1); {elsewhere}"
    missing = re.search(r"Could not find an implementation for (\w+)\((\d+)\)", detail)
    if missing:
        return (f"no provider of ONNX Runtime Web has a kernel for {missing[1]} of operator set {missing[2]} with "
                f"these types; {elsewhere}")
    unset = re.search(r"Provider type for (\w+) node", detail)
    if unset:
        return f"no provider of ONNX Runtime Web has a kernel for {unset[1]} with these types; {elsewhere}"
    placed = re.search(r"the runtime placed them (\{.*\})", detail)
    if placed:
        wasm = f"its wasm provider: {other['status']}" if other else ""
        if other and other["status"] != "passed":
            wasm += f"; {elsewhere}"
        if placed[1] == "{}":
            return f"the model is a constant, which the CPU computes when it is loaded; {wasm}"
        if opset(folder) < 7:
            return f"ONNX Runtime Web's WebGPU provider takes nothing of models of operator sets below 7; {wasm}"
        return (f"ONNX Runtime Web's WebGPU provider takes no {', '.join(result['operators'])} of operator set "
                f"{opset(folder)} ({element_types(folder)}); {wasm}")
    name = "WebGPU" if backend == "webgpu" else "wasm"
    whose = ""
    if other:
        whose = f"; its {'wasm' if backend == 'webgpu' else 'WebGPU'} provider: {other['status']}"
    words = re.sub(r"^test_data_set_\d+: ", "", detail)
    words = re.sub(r"^ONNX Runtime Web failed to run the model: ", "", words)
    # Places in a shader, names that the runtime made up, and what it did meanwhile.
    words = re.sub(r" ?:\d+:\d+ | ?_token_\d+| - While .*|\n.*", " ", words)
    if "'f16' type" in words or "ComputePipeline \"Cast\"" in words or (
            "expected is" in words and "FLOAT16" in result["case"]):
        words = "its shader needs the feature shader-f16, which Chrome's software adapter has not"
    if 'output "' in words and "expected is" in words:
        words = "computes another output than is expected"
    return f"ONNX Runtime Web's {name} provider: {' '.join(words.split())[:140]}{whose}; {elsewhere}"


def main():
    data, webgpu_path, cpu_path = sys.argv[1:4]
    runs = {}
    for backend, path in (("webgpu", webgpu_path), ("cpu", cpu_path)):
        with open(path) as file:
            runs[backend] = {result["case"]: result for result in json.load(file)["outputs"]}
    oracle = {}
    known = []
    for backend, results in runs.items():
        others = runs["cpu" if backend == "webgpu" else "webgpu"]
        folders = collections.Counter(map(os.path.basename, results))
        groups = collections.defaultdict(list)
        for name, result in sorted(results.items()):
            if result["status"] == "passed":
                continue
            folder = f"{data}/{name}"
            if name not in oracle:
                oracle[name] = python_outcome(folder)
            why = reason(result, folder, backend, others.get(name), oracle[name])
            # A folder's own name, where it is the only one, also fits a run of a part of the tree.
            base = os.path.basename(name)
            groups[result["status"], why].append(base if folders[base] == 1 else name)
        print(f"{backend}: {len(results)} cases, {sum(map(len, groups.values()))} do not pass")
        for (status, why), names in sorted(groups.items(), key=lambda entry: (-len(entry[1]), entry[0])):
            print(f"  {len(names):4} {status}: {why}")
            known.append({"cases": names, "backend": backend, "status": status, "reason": why})
            if why.startswith(BY_CHANCE):
                known[-1]["may_pass"] = True
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "expectations.json"), "w") as file:
        json.dump({"about": ABOUT, "known": known}, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main()
