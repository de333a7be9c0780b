// A stand-in for WebNN, which no browser here offers: enough of the interface of the Web Neural Network API
// (https://www.w3.org/TR/webnn/) for float32 graphs of additions, computed by script. What runs on it is recorded as
// simulated.
(() => {
  const float32 = { dataTypes: ["float32"], rankRange: { min: 0, max: 5 } };
  const limits = {
    preferredInputLayout: "nchw",
    maxTensorByteLength: 2 ** 30,
    input: float32,
    constant: float32,
    output: float32,
    add: { a: float32, b: float32, output: float32 },
  };

  class Context {
    lost = new Promise(() => {});

    opSupportLimits() {
      return limits;
    }

    async createTensor({ dataType, shape }) {
      const count = shape.reduce((product, size) => product * size, 1);
      return { dataType, shape, values: new Float32Array(count), destroy() {} };
    }

    writeTensor(tensor, data) {
      const view = ArrayBuffer.isView(data) ? data : new Uint8Array(data);
      tensor.values.set(new Float32Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength)));
    }

    async readTensor(tensor, destination) {
      if (destination === undefined) {
        return tensor.values.slice().buffer;
      }
      const into = ArrayBuffer.isView(destination) ? destination : new Uint8Array(destination);
      new Uint8Array(into.buffer, into.byteOffset, into.byteLength).set(new Uint8Array(tensor.values.buffer));
      return undefined;
    }

    dispatch(graph, inputs, outputs) {
      for (const [name, operand] of Object.entries(graph.outputs)) {
        outputs[name].values.set(operand.compute(inputs));
      }
    }

    destroy() {}
  }

  class Builder {
    input(name, { dataType, shape }) {
      return { dataType, shape, compute: (inputs) => inputs[name].values };
    }

    constant({ dataType, shape }, data) {
      const view = ArrayBuffer.isView(data) ? data : new Uint8Array(data);
      const values = new Float32Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
      return { dataType, shape, compute: () => values };
    }

    add(left, right) {
      const compute = (inputs) => {
        const added = right.compute(inputs);
        return left.compute(inputs).map((value, index) => value + added[index % added.length]);
      };
      return { dataType: left.dataType, shape: left.shape, compute };
    }

    async build(outputs) {
      return { outputs, destroy() {} };
    }
  }

  Object.defineProperty(navigator, "ml", { value: { createContext: async () => new Context() }, configurable: true });
  globalThis.MLGraphBuilder = Builder;
})();
