// A GPU device whose failures always reach the caller.
//
// WebGPU reports failure in four ways: rejected promises, error scopes, the event
// `uncapturederror` and the promise `device.lost`. Some calls in flight never settle
// when the device dies. Here every wait goes through `settle`, which ends with the
// value, or with one fault, whatever way the failure took.

import { adapterIdentity, findAdapter } from "./adapter.js";
import { Fault, ensure } from "./fault.js";

/** An aborted call and the loss that caused it arrive in any order: how long to wait for the loss, in ms. */
const lossPatience = 250;

/** The names of the DOMExceptions that a call ends with when the GPU gives it up. */
const abortNames = new Set(["AbortError", "OperationError"]);

const errorScopes = ["validation", "out-of-memory", "internal"];

export class Device {
  /** The fault that says why the device is lost, or undefined. @type {Fault | undefined} */
  loss;

  #gpu;
  #identity;
  #disposed = false;
  /** How to end each wait in flight. @type {Set<(fault: Fault) => void>} */
  #waits = new Set();
  /** An uncaptured error that met no wait; it ends the next one. @type {Fault | undefined} */
  #stray;

  /**
   * A new device with these limits and features. Throws `no_webgpu`, `no_adapter`, `no_device`, or
   * `backend_unsupported` if the adapter lacks a feature.
   *
   * @param {{limits: Record<string, number>, retry: boolean, onLoss: (fault: Fault) => void, adapter?: GPUAdapter,
   *   features?: string[]}} options `onLoss` is called once if the device is lost for any other reason than
   *   `dispose`; `adapter` is used where it is given
   */
  static async open({ limits, retry, onLoss, adapter: given, features = [] }) {
    const adapter = given ?? (await findAdapter(retry));
    const lacking = features.find((feature) => !adapter.features.has(feature));
    ensure(lacking === undefined, "backend_unsupported", `the model needs the feature "${lacking}", which the adapter does not have`);
    for (const [name, needed] of Object.entries(limits)) {
      const available = adapter.limits[name];
      const facts = { limit: name, needed, available };
      ensure(needed <= available, "no_device", `the model needs ${name} ${needed}, the adapter has ${available}`, facts);
    }
    try {
      const gpu = await adapter.requestDevice({ requiredLimits: limits, requiredFeatures: features });
      return new Device(gpu, adapterIdentity(adapter), onLoss);
    } catch (thrown) {
      throw new Fault("no_device", `requestDevice() failed: ${thrown.message}`);
    }
  }

  constructor(gpu, identity, onLoss) {
    this.#gpu = gpu;
    this.#identity = identity;
    gpu.addEventListener("uncapturederror", ({ error }) => this.#fail(gpuFault(error)));
    gpu.lost.then(({ reason, message }) => {
      this.loss = new Fault("device_lost", message || "the GPU device was lost", { reason });
      this.#endWaits(this.loss);
      if (!this.#disposed) {
        onLoss(this.loss);
      }
    });
  }

  /** The device itself, for creating and submitting. */
  get gpu() {
    return this.#gpu;
  }

  /** The adapter that the device belongs to. */
  get identity() {
    return this.#identity;
  }

  /** The promise's value; or a fault as soon as the promise, the device or another call on it fails. */
  async settle(promise) {
    try {
      return await this.#race(promise);
    } catch (thrown) {
      throw abortNames.has(thrown.name) ? await this.#abortFault(thrown) : thrown;
    }
  }

  /**
   * Runs `work`, which must not wait, within error scopes. Returns what it returned and
   * a promise that rejects with a fault if the GPU found an error in it.
   */
  scoped(work) {
    errorScopes.forEach((scope) => this.#gpu.pushErrorScope(scope));
    let value;
    let popped;
    try {
      value = work();
    } finally {
      popped = errorScopes.map(() => this.#gpu.popErrorScope());
    }
    const checked = Promise.all(popped).then((errors) => {
      const error = errors.find((found) => found !== null);
      if (error) {
        throw gpuFault(error);
      }
    });
    return { value, checked };
  }

  /** Destroys the device and all that was created on it; waits in flight end with `device_lost`. */
  dispose() {
    this.#disposed = true;
    this.#gpu.destroy();
  }

  #race(promise) {
    return new Promise((resolve, reject) => {
      const known = this.loss ?? this.#stray;
      this.#stray = undefined;
      if (known) {
        promise.catch(() => {});
        reject(known);
        return;
      }
      this.#waits.add(reject);
      promise.then(resolve, reject).finally(() => this.#waits.delete(reject));
    });
  }

  #fail(fault) {
    if (this.#waits.size === 0) {
      this.#stray = fault;
    }
    this.#endWaits(fault);
  }

  #endWaits(fault) {
    this.#waits.forEach((end) => end(fault));
    this.#waits.clear();
  }

  /** What an aborted call means: the device's loss if that follows, else `gpu_aborted`. */
  async #abortFault(thrown) {
    const patience = new Promise((resume) => setTimeout(resume, lossPatience));
    await Promise.race([this.#gpu.lost, patience]);
    return this.loss ?? new Fault("gpu_aborted", `the GPU gave up a call: ${thrown.message}`, { name: thrown.name });
  }
}

function gpuFault(error) {
  if (error instanceof GPUOutOfMemoryError) {
    return new Fault("out_of_memory", `the GPU has no memory left: ${error.message}`);
  }
  if (error instanceof GPUValidationError) {
    return new Fault("pipeline_invalid", `the GPU refused a command: ${error.message}`);
  }
  return new Fault("internal", `the GPU reported an internal error: ${error.message}`);
}
