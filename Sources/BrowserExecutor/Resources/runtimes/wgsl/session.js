// A model on a device: compiled kernels, weights and buffers, ready to run batches.

import { Device } from "./device.js";
import { Fault, ensure } from "./fault.js";
import { packings } from "./kernels/linear.js";

const bytesPerElement = Float32Array.BYTES_PER_ELEMENT;

export class Session {
  #device;
  #plan;
  #variant;
  #memoryBytes;
  #compileMilliseconds;
  #input;
  #output;
  /** @type {{pipeline: GPUComputePipeline, bindGroup: GPUBindGroup, workgroups: number, rows?: number}[]} */
  #passes;
  #warm = false;

  /**
   * Puts a model on a device of its own.
   *
   * @param {import("./manifest.js").Plan} plan
   * @param {Map<string, {values: Float32Array}>} weights
   * @param {Promise<Map<string, string>>} kernels WGSL by kernel name
   * @param {{variant: string, retry?: boolean, onLoss: (fault: Fault) => void, adapter?: GPUAdapter,
   *   features?: string[]}} options the variant of the kernels, and the rest as for `Device.open`
   */
  static async open(plan, weights, kernels, { variant, ...options }) {
    const sizes = bufferSizes(plan, weights);
    const largest = Math.max(...sizes.values());
    const limits = { maxBufferSize: largest, maxStorageBufferBindingSize: largest };
    // A device that cannot be had is told first.
    kernels.catch(() => {});
    const device = await Device.open({ limits, ...options });
    try {
      const session = new Session(device, plan, sizes, variant);
      await session.#prepare(weights, await kernels);
      return session;
    } catch (thrown) {
      device.dispose();
      throw thrown;
    }
  }

  constructor(device, plan, sizes, variant) {
    this.#device = device;
    this.#plan = plan;
    this.#variant = variant;
    this.#memoryBytes = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  }

  get plan() {
    return this.#plan;
  }

  /** The adapter in use. */
  get adapter() {
    return this.#device.identity;
  }

  /** The variant of the kernels; empty where none of them has variants. */
  get variant() {
    return this.#plan.steps.some(({ code }) => code) ? this.#variant : "";
  }

  /** GPU memory of weights and activations. */
  get memoryBytes() {
    return this.#memoryBytes;
  }

  /** How long shaders and pipelines took, in ms. */
  get compileMilliseconds() {
    return this.#compileMilliseconds;
  }

  /** Why the session can run no more, or undefined. @returns {Fault | undefined} */
  get loss() {
    return this.#device.loss;
  }

  dispose() {
    this.#device.dispose();
  }

  /**
   * Runs one batch in one submission.
   *
   * @param {{values: ArrayBufferView, tokens?: number}} batch `count` inputs, packed, and how many tokens they have
   * @returns {Promise<{values: Float32Array, cold: boolean}>} `count` outputs, packed
   */
  async run(batch, count) {
    if (this.loss) {
      throw this.loss;
    }
    const cold = !this.#warm;
    this.#warm = true;
    const { value, checked } = this.#device.scoped(() => this.#submit(batch, count));
    const { readback, mapped } = value;
    try {
      await this.#device.settle(Promise.all([mapped, checked]));
      return { values: new Float32Array(readback.getMappedRange()).slice(), cold };
    } finally {
      readback.destroy();
    }
  }

  #submit({ values, tokens }, count) {
    const { gpu } = this.#device;
    const bytes = count * this.#plan.output.elements * bytesPerElement;
    const readback = gpu.createBuffer({ label: "readback", size: bytes, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
    gpu.queue.writeBuffer(this.#input, 0, values);
    const encoder = gpu.createCommandEncoder();
    const pass = encoder.beginComputePass();
    for (const { pipeline, bindGroup, workgroups, rows } of this.#passes) {
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, bindGroup);
      pass.dispatchWorkgroups(workgroups, rows === undefined ? count : Math.ceil(tokens / rows));
    }
    pass.end();
    encoder.copyBufferToBuffer(this.#output, 0, readback, 0, bytes);
    gpu.queue.submit([encoder.finish()]);
    return { readback, mapped: readback.mapAsync(GPUMapMode.READ) };
  }

  async #prepare(weights, kernels) {
    const started = performance.now();
    const modules = await this.#compile(kernels);
    const compiling = Promise.all(this.#pipelines((step) => modules.get(step.code ?? kernels.get(step.kernel))));
    // Weights are on their way while pipelines are compiled; what is wrong with them is told first.
    compiling.catch(() => {});
    const { value: buffers, checked: filled } = this.#device.scoped(() => this.#allocate(weights));
    await this.#device.settle(filled);
    const pipelines = await compiling;
    this.#compileMilliseconds = performance.now() - started;

    const { checked: bound } = this.#device.scoped(() => this.#bind(buffers, pipelines));
    await this.#device.settle(bound);
    this.#input = buffers.get(this.#plan.input.name);
    this.#output = buffers.get(this.#plan.output.name);
  }

  /** The shader module of each kernel. Throws `shader_invalid` with the compiler's messages. */
  async #compile(kernels) {
    const compiled = [...kernels, ...sourcesOf(this.#plan)].map(async ([name, code]) => {
      const { value: module, checked } = this.#device.scoped(() => this.#device.gpu.createShaderModule({ label: name, code }));
      // The scope repeats what the compilation info says in more detail.
      checked.catch(() => {});
      const { messages } = await this.#device.settle(module.getCompilationInfo());
      const errors = messages
        .filter(({ type }) => type === "error")
        .map(({ lineNum, linePos, message }) => ({ line: lineNum, column: linePos, text: message }));
      const [first] = errors;
      ensure(!first, "shader_invalid", `kernel "${name}", line ${first?.line}: ${first?.text}`, { kernel: name, messages: errors });
      return [code, module];
    });
    return new Map(await Promise.all(compiled));
  }

  /** The pipeline of each step; steps of the same kernel and constants, as in a stack of equal layers, share one. */
  #pipelines(moduleOf) {
    const known = new Map();
    return this.#plan.steps.map((step) => {
      const key = JSON.stringify([step.code ?? step.kernel, step.constants]);
      if (!known.has(key)) {
        known.set(key, this.#pipeline(step, moduleOf(step)));
      }
      return known.get(key);
    });
  }

  async #pipeline(step, module) {
    const { name, kernel, constants } = step;
    const compute = { module, entryPoint: "main", constants };
    try {
      return await this.#device.settle(this.#device.gpu.createComputePipelineAsync({ label: name, layout: "auto", compute }));
    } catch (thrown) {
      if (!(thrown instanceof GPUPipelineError)) {
        throw thrown;
      }
      const facts = { reason: thrown.reason, step: name, kernel };
      throw new Fault("pipeline_invalid", `step "${name}", kernel "${kernel}": ${thrown.message}`, facts);
    }
  }

  /** Creates and fills the buffers. @returns {Map<string, GPUBuffer>} by tensor and weight */
  #allocate(weights) {
    const { gpu } = this.#device;
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    const owners = ownersOf(this.#plan);
    const sizes = bufferSizes(this.#plan, weights);
    const buffers = new Map([...sizes].map(([label, size]) => [label, gpu.createBuffer({ label, size, usage })]));
    owners.forEach((owner, name) => buffers.set(name, buffers.get(owner)));
    usedWeights(this.#plan).forEach((name) => gpu.queue.writeBuffer(buffers.get(name), 0, valuesOf(this.#plan, weights, name)));
    return buffers;
  }

  /** Binds the buffers to the steps. */
  #bind(buffers, pipelines) {
    const { gpu } = this.#device;
    this.#passes = this.#plan.steps.map(({ bindings, dimensions, workgroups, rows }, index) => {
      const pipeline = pipelines[index];
      const bound = bindings.map((name) => buffers.get(name));
      if (dimensions) {
        bound.push(this.#uniform(dimensions));
      }
      const entries = bound.map((buffer, binding) => ({ binding, resource: { buffer } }));
      return { pipeline, workgroups, rows, bindGroup: gpu.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }) };
    });
  }

  /** A uniform buffer of unsigned integers. */
  #uniform(values) {
    const { gpu } = this.#device;
    // A struct in a uniform buffer has a size that is a multiple of 16 bytes.
    const size = Math.ceil(values.length / 4) * 16;
    const buffer = gpu.createBuffer({ label: "dimensions", size, usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST });
    gpu.queue.writeBuffer(buffer, 0, new Uint32Array(values));
    return buffer;
  }
}

/** Bytes of each buffer by the name of its first tensor: activations at the largest batch, and weights. */
function bufferSizes(plan, weights) {
  const owned = new Set(ownersOf(plan).values());
  const sizes = new Map([...owned].map((name) => [name, plan.tensors.get(name) * bytesPerElement]));
  usedWeights(plan).forEach((name) => sizes.set(name, sourceOf(plan, weights, name).values.byteLength));
  return sizes;
}

/** The sources that the plan brings itself, by kernel, each once. */
function sourcesOf({ steps }) {
  const named = new Map(steps.filter(({ code }) => code).map(({ code, kernel }) => [code, kernel]));
  return [...named].map(([code, kernel]) => [kernel, code]);
}

/** The tensor of the weights file behind a binding. */
function sourceOf({ packed }, weights, name) {
  return weights.get(packed?.get(name)?.tensor ?? name);
}

/** The values of weights in the order that the kernel takes. */
function valuesOf(plan, weights, name) {
  const { values, shape } = sourceOf(plan, weights, name);
  const pack = plan.packed?.get(name)?.pack;
  return pack === undefined ? values : packings[pack](values, shape);
}

/** The names of the weights that the steps use; a file may hold more. */
function usedWeights({ steps, tensors }) {
  return new Set(steps.flatMap(({ bindings }) => bindings).filter((name) => !tensors.has(name)));
}

/**
 * By tensor, the first tensor of the buffer that it lies in: a tensor takes over the
 * buffer of one of its size that no later step reads, so that deep models need the
 * memory of a few layers.
 *
 * @param {import("./manifest.js").Plan} plan
 * @returns {Map<string, string>}
 */
function ownersOf({ tensors, steps, input, output }) {
  const lastUse = new Map(steps.flatMap(({ bindings }, index) => bindings.map((name) => [name, index])));
  const owners = new Map([[input.name, input.name]]);
  const free = [];
  steps.forEach(({ bindings, output: result }, index) => {
    const at = free.findIndex((owner) => tensors.get(owner) === tensors.get(result));
    owners.set(result, at === -1 ? result : free.splice(at, 1)[0]);
    const done = new Set(bindings.filter((name) => tensors.has(name) && lastUse.get(name) === index));
    done.delete(input.name);
    done.delete(output.name);
    done.forEach((name) => free.push(owners.get(name)));
  });
  return owners;
}
