// What the browser itself says of each backend that a task may ask for.

import { Fault } from "./fault.js";
import { describeAdapter, findAdapter } from "./adapter.js";

/** The kinds of device that WebNN knows, in the order in which they are asked for. */
const webnnDevices = ["gpu", "npu", "cpu"];

/** The smallest module that uses a SIMD instruction: a function that returns a v128 constant's lane. */
const simdModule = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 127, 3, 2, 1, 0, 10, 25, 1, 23, 0, 253, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 0, 0, 0, 0, 0, 0, 253, 27, 0, 11,
]);

/**
 * Asks for every backend.
 *
 * @param {boolean} retry see `findAdapter`
 * @returns {Promise<{adapter: object | null, backends: {backend: string, refusal?: string, reason?: string, simulated: boolean}[]}>}
 *   `refusal` and `reason`, the browser's words, where it does not offer the backend
 */
export async function probeBackends(retry) {
  const [webgpu, webnn] = await Promise.all([probeWebGPU(retry), probeWebNN()]);
  return {
    adapter: webgpu.adapter,
    backends: [{ backend: "webgpu", ...webgpu.answer }, webnn, probeCPU()],
  };
}

async function probeWebGPU(retry) {
  const simulated = isStandIn(navigator.gpu?.requestAdapter);
  try {
    return { adapter: describeAdapter(await findAdapter(retry)), answer: { simulated } };
  } catch (thrown) {
    const refusal = thrown instanceof Fault && thrown.kind === "no_adapter" ? "no_adapter" : "browser_refuses";
    return { adapter: null, answer: { refusal, reason: thrown.message, simulated } };
  }
}

async function probeWebNN() {
  const backend = "webnn";
  if (!navigator.ml) {
    return { backend, refusal: "browser_refuses", reason: "navigator.ml is missing", simulated: false };
  }
  const simulated = isStandIn(navigator.ml.createContext);
  /** The devices by what the browser said of them, which is mostly the same. @type {Map<string, string[]>} */
  const refusals = new Map();
  for (const deviceType of webnnDevices) {
    try {
      await navigator.ml.createContext({ deviceType });
      return { backend, simulated };
    } catch (thrown) {
      const words = `${thrown.name}: ${thrown.message}`;
      refusals.set(words, [...(refusals.get(words) ?? []), deviceType]);
    }
  }
  const reason = [...refusals].map(([words, devices]) => `${devices.join(", ")}: ${words}`).join("; ");
  return { backend, refusal: "browser_refuses", reason, simulated };
}

function probeCPU() {
  const isThere = typeof WebAssembly === "object" && WebAssembly.validate(simdModule);
  const refusal = { refusal: "browser_refuses", reason: "WebAssembly with SIMD is missing" };
  return { backend: "cpu", ...(isThere ? {} : refusal), simulated: false };
}

/** Whether a script stands in for a function of the browser. */
function isStandIn(method) {
  return method !== undefined && !/\[native code\]\s*\}\s*$/.test(Function.prototype.toString.call(method));
}
