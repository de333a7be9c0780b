// A model in ONNX Runtime Web, ready to run.

import { Fault, ensure } from "./fault.js";
import { placements } from "./placement.js";
import { tensorFrom } from "./tensors.js";

/** The runtime's name of each backend's execution provider. */
const providers = { webgpu: "webgpu", webnn: "webnn", cpu: "wasm" };

export class Session {
  #engine;
  #session;
  #backend;
  #nodes;
  #warm = false;

  /**
   * Throws `model_invalid` when the runtime refuses the model, and `backend_unsupported` when it would run all of it
   * elsewhere.
   *
   * @param {import("./engine.js").Engine} engine
   * @param {Uint8Array} bytes the file
   * @param {"webgpu" | "cpu"} backend
   */
  static async open(engine, bytes, backend) {
    const options = { executionProviders: [providers[backend]], logSeverityLevel: 0, logVerbosityLevel: 0 };
    const making = () => create(engine, bytes, options);
    const { value, lines } = await engine.logged(() => (backend === "webgpu" ? engine.onGPU(making) : making()));
    if (backend === "webgpu") {
      await engine.watchDevice();
    }
    const nodes = placements(lines);
    // A model that is a constant has no node; what there was, the CPU computed while loading it.
    const isConstant = Object.keys(nodes).length === 0;
    if (isConstant ? backend !== "cpu" : !(nodes[backend] > 0)) {
      await value.release();
      const message = `no compute node of the model would run on ${backend}: the runtime placed them ${JSON.stringify(nodes)}`;
      throw new Fault("backend_unsupported", message, { reason: "no_compute_node", nodes });
    }
    return new Session(engine, value, backend, nodes);
  }

  constructor(engine, session, backend, nodes) {
    this.#engine = engine;
    this.#session = session;
    this.#backend = backend;
    this.#nodes = nodes;
  }

  /** Compute nodes by provider. */
  get nodes() {
    return this.#nodes;
  }

  /** Whether it runs on a software adapter. */
  get isOnSoftware() {
    return this.#backend === "webgpu" && this.#engine.isSoftware;
  }

  /** Whether it has not run yet: its shaders are compiled by the first run. */
  get isCold() {
    return !this.#warm;
  }

  /**
   * Runs the model once.
   *
   * @param {{name: string, type: string, dims: number[], bytes: Uint8Array}[]} inputs
   * @returns {Promise<{name: string, tensor: object}[]>} in the model's order
   */
  async run(inputs) {
    const feeds = {};
    for (const input of inputs) {
      const isKnown = this.#session.inputNames.includes(input.name);
      ensure(isKnown, "input_invalid", `the model has no input "${input.name}"; it has ${this.#session.inputNames.join(", ")}`);
      feeds[input.name] = tensorFrom(this.#engine.ort, input);
    }
    const work = () => this.#session.run(feeds);
    const results = await named(this.#backend === "webgpu" ? this.#engine.onGPU(work) : work());
    this.#warm = true;
    return this.#session.outputNames.map((name) => ({ name, tensor: results[name] }));
  }

  dispose() {
    return this.#session.release();
  }
}

/** How the runtime says that a sound model needs an operator, a kernel, a type or a backend that it does not have. */
const lacks = new RegExp(
  [
    "NOT_IMPLEMENTED",
    "ERROR_CODE: 9\\b",
    "Could not find an implementation",
    "no available backend",
    "is not a registered function/op",
    "Provider type for .* is not set",
    "unsupported data type",
    "not supported",
  ].join("|"),
  "i",
);

async function create(engine, bytes, options) {
  try {
    return await engine.ort.InferenceSession.create(bytes, options);
  } catch (thrown) {
    const message = text(thrown);
    const kind = lacks.test(message) ? "backend_unsupported" : "model_invalid";
    throw new Fault(kind, `ONNX Runtime Web refuses the model: ${message}`);
  }
}

/** What the runtime throws in a run says that it cannot do it here, unless it is a fault of ours. */
async function named(running) {
  try {
    return await running;
  } catch (thrown) {
    if (thrown instanceof Fault) {
      throw thrown;
    }
    const message = text(thrown);
    const kind = /INVALID_ARGUMENT|Unexpected input data type|invalid dimensions/i.test(message) ? "input_invalid" : "backend_unsupported";
    throw new Fault(kind, `ONNX Runtime Web failed to run the model: ${message}`, { reason: "run_failed" });
  }
}

const text = (thrown) => String(thrown?.message ?? thrown).slice(0, 600);
