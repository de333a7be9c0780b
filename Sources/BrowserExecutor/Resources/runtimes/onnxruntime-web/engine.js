// ONNX Runtime Web itself: brought into the page once, with its log captured and its GPU
// device watched.

import { adapterIdentity } from "./adapter.js";
import { Fault, ensure } from "./fault.js";
import { fetchParts } from "./transfer.js";

/** An aborted call and the loss that caused it arrive in any order: how long to wait for the loss, in ms. */
const lossPatience = 250;

export class Engine {
  #ort;
  #log;
  #onLoss;
  #adapter;
  /** Why the GPU device is lost, or undefined. @type {Fault | undefined} */
  #loss;
  #endByLoss;
  #lost = new Promise((_, reject) => (this.#endByLoss = reject));
  /** The first error that the GPU reported beside a call. @type {Error | undefined} */
  #stray;
  #watched;

  /**
   * @param {{scriptURL: string, wasmURL: string, wasmBytes: number, partBytes: number}} files
   * @param {(loss: Fault) => void} onLoss called once if the GPU device is lost
   */
  static async open(files, onLoss) {
    ensure(typeof files?.scriptURL === "string", "internal", "load needs the runtime's files");
    const { wasmURL: url, wasmBytes: bytes, partBytes } = files;
    const wasm = await fetchParts({ url, bytes, partBytes }, "internal");
    // Before the import: the runtime binds the console's functions when it starts.
    const log = captureConsole();
    const ort = await import(files.scriptURL);
    ort.env.wasm.wasmBinary = wasm.buffer;
    ort.env.wasm.numThreads = 1;
    ort.env.wasm.proxy = false;
    return new Engine(ort, log, onLoss);
  }

  constructor(ort, log, onLoss) {
    this.#ort = ort;
    this.#log = log;
    this.#onLoss = onLoss;
    // Nobody may be waiting when the device is lost.
    this.#lost.catch(() => {});
  }

  get ort() {
    return this.#ort;
  }

  get threads() {
    return this.#ort.env.wasm.numThreads;
  }

  /** Whether what is called a GPU is a program on the processor, which is many times slower. */
  get isSoftware() {
    return this.#adapter !== undefined && adapterIdentity(this.#adapter).isFallbackAdapter;
  }

  /** Fixes the adapter that the runtime's device is made from; there is one device in the life of a page. */
  async useGPU(find) {
    if (this.#loss) {
      throw this.#loss;
    }
    if (!this.#adapter) {
      this.#adapter = await find();
      this.#ort.env.webgpu.adapter = this.#adapter;
    }
    return this.#adapter;
  }

  /** Watches the device once the runtime has made it. */
  async watchDevice() {
    const device = await this.#ort.env.webgpu.device;
    ensure(device, "backend_unsupported", "ONNX Runtime Web made no WebGPU device");
    if (this.#watched === device) {
      return;
    }
    this.#watched = device;
    device.addEventListener("uncapturederror", ({ error }) => (this.#stray ??= error));
    device.lost.then(({ reason, message }) => {
      this.#loss = new Fault("device_lost", message || "the GPU device was lost", { reason });
      this.#endByLoss(this.#loss);
      this.#onLoss(this.#loss);
    });
  }

  /** Work on the GPU: ends with its value, its error, or the loss of the device; an error beside it is its error. */
  async onGPU(work) {
    if (this.#loss) {
      throw this.#loss;
    }
    this.#stray = undefined;
    let value;
    try {
      value = await Promise.race([this.#withItsErrors(work), this.#lost]);
    } catch (thrown) {
      await Promise.race([this.#lost, new Promise((resume) => setTimeout(resume, lossPatience))]);
      throw thrown;
    }
    if (this.#stray) {
      throw new Fault("pipeline_invalid", `the GPU refused a command: ${this.#stray.message}`);
    }
    return value;
  }

  /**
   * The work's value, once every error of what it gave to the GPU has been reported: errors arrive in order, and later
   * than results that were computed in spite of them.
   */
  async #withItsErrors(work) {
    const value = await work();
    if (this.#watched) {
      this.#watched.pushErrorScope("validation");
      await this.#watched.popErrorScope();
    }
    return value;
  }

  /** The work's value with the lines that the runtime logged meanwhile. */
  async logged(work) {
    this.#log.lines = [];
    try {
      return { value: await work(), lines: this.#log.lines };
    } finally {
      this.#log.lines = undefined;
    }
  }
}

/** From now on lines go to `lines` while it is set, and else to the console. */
function captureConsole() {
  const log = { lines: undefined };
  for (const name of ["log", "info", "debug", "warn", "error"]) {
    const write = console[name].bind(console);
    console[name] = (...values) => {
      if (log.lines) {
        log.lines.push(values.join(" "));
      } else {
        write(...values);
      }
    };
  }
  return log;
}
