// A folder of the user's own kernels on a device: compiled, with a buffer for each
// tensor, ready to run items.

import { base64 } from "./base64.js";
import { Device } from "./device.js";
import { ensure, Fault } from "./fault.js";
import { ensureInteger } from "./transfer.js";

/** The names that the executor has for the types of WGSL. */
const types = { f32: "float32", i32: "int32", u32: "uint32", f16: "float16" };

/** Bytes of an element. */
const elementBytes = { f32: 4, i32: 4, u32: 4, f16: 2 };

/** How WebGPU calls a kernel's access to a buffer. */
const bufferTypes = { read: "read-only-storage", read_write: "storage", uniform: "uniform" };

/** What copies and bindings are multiples of, in bytes. */
const granule = 4;

export class KernelSession {
  #device;
  #manifest;
  /** By tensor. @type {Map<string, {type: string, shape: number[], bytes: number, size: number}>} */
  #tensors;
  /** By tensor. @type {Map<string, GPUBuffer>} */
  #buffers = new Map();
  /** What tensors that have contents and are written begin an item with, by tensor. @type {Map<string, GPUBuffer>} */
  #originals = new Map();
  /** Tensors that an item begins with zeros in. @type {string[]} */
  #cleared;
  /** @type {{times: number, passes: {pipeline: GPUComputePipeline, bindGroup: GPUBindGroup, workgroups: number[]}[]}[]} */
  #groups;
  #compileMilliseconds;
  #warm = false;

  /**
   * @param {object} manifest the canonical manifest
   * @param {Promise<Map<string, string>>} kernels WGSL by file
   * @param {Promise<Map<string, Uint8Array>>} contents by tensor
   * @param {{retry: boolean, onLoss: (fault: Fault) => void}} options see `Device.open`
   */
  static async open(manifest, kernels, contents, options) {
    const tensors = layout(manifest.tensors);
    const { features } = manifest;
    // What fails first in this order is told: the device, a kernel, contents.
    kernels.catch(() => {});
    contents.catch(() => {});
    const device = await Device.open({ limits: limitsOf(manifest, tensors), features, ...options });
    try {
      const session = new KernelSession(device, manifest, tensors);
      await session.#prepare(await kernels, contents);
      return session;
    } catch (thrown) {
      device.dispose();
      throw thrown;
    }
  }

  constructor(device, manifest, tensors) {
    this.#device = device;
    this.#manifest = manifest;
    this.#tensors = tensors;
    const fixed = new Set([...manifest.inputs, ...Object.keys(manifest.tensors).filter((name) => manifest.tensors[name].contents)]);
    this.#cleared = [...tensors.keys()].filter((name) => !fixed.has(name));
  }

  /** The adapter in use. */
  get adapter() {
    return this.#device.identity;
  }

  /** GPU memory of the tensors. */
  get memoryBytes() {
    return [...this.#buffers.values(), ...this.#originals.values()].reduce((sum, { size }) => sum + size, 0);
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
   * Runs items one after the other, each in a submission of its own: every item begins with the same tensors.
   *
   * @param {import("./inputs.js").InputSet | undefined} set undefined when the model takes no inputs
   */
  async runItems(set, first, count) {
    ensureInteger(first, 0, Number.MAX_SAFE_INTEGER - 256, "input_invalid", "first");
    ensureInteger(count, 1, 256, "input_invalid", "count");
    const packed = set && (await set.values);
    const wanted = this.#manifest.inputs.reduce((sum, name) => sum + this.#tensors.get(name).bytes, 0);
    const width = set ? packed.length / set.count : 0;
    ensure(width === wanted, "input_invalid", `the inputs have ${width} bytes each, the model takes ${wanted}`);
    const cold = !this.#warm;
    this.#warm = true;
    const outputs = [];
    for (let item = first; item < first + count; item += 1) {
      const at = set ? (item % set.count) * width : 0;
      outputs.push({ tensors: await this.#run(packed?.subarray(at, at + width)) });
    }
    return { outputs, cold };
  }

  async #run(inputs) {
    if (this.loss) {
      throw this.loss;
    }
    const { value, checked } = this.#device.scoped(() => this.#submit(inputs));
    const { readback, mapped } = value;
    try {
      await this.#device.settle(Promise.all([mapped, checked]));
      const bytes = new Uint8Array(readback.getMappedRange());
      let at = 0;
      return this.#manifest.outputs.map((name) => {
        const { type, shape, bytes: length, size } = this.#tensors.get(name);
        const data = base64(bytes.subarray(at, at + length));
        at += size;
        return { name, type: types[type], dims: shape, data };
      });
    } finally {
      readback.destroy();
    }
  }

  #submit(inputs) {
    const { gpu } = this.#device;
    const { inputs: inputNames, outputs } = this.#manifest;
    const size = outputs.reduce((sum, name) => sum + this.#tensors.get(name).size, 0);
    const readback = gpu.createBuffer({ label: "readback", size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
    let at = 0;
    for (const name of inputNames) {
      const { bytes } = this.#tensors.get(name);
      this.#write(this.#buffers.get(name), inputs.subarray(at, at + bytes));
      at += bytes;
    }
    const encoder = gpu.createCommandEncoder();
    this.#cleared.forEach((name) => encoder.clearBuffer(this.#buffers.get(name)));
    this.#originals.forEach((original, name) => encoder.copyBufferToBuffer(original, 0, this.#buffers.get(name), 0, original.size));
    const pass = encoder.beginComputePass();
    for (const { times, passes } of this.#groups) {
      for (let time = 0; time < times; time += 1) {
        for (const { pipeline, bindGroup, workgroups } of passes) {
          pass.setPipeline(pipeline);
          pass.setBindGroup(0, bindGroup);
          pass.dispatchWorkgroups(...workgroups);
        }
      }
    }
    pass.end();
    at = 0;
    for (const name of outputs) {
      const { size: length } = this.#tensors.get(name);
      encoder.copyBufferToBuffer(this.#buffers.get(name), 0, readback, at, length);
      at += length;
    }
    gpu.queue.submit([encoder.finish()]);
    return { readback, mapped: readback.mapAsync(GPUMapMode.READ) };
  }

  /** Writes bytes into a buffer, filled up to a multiple of what WebGPU writes. */
  #write(buffer, bytes) {
    let whole = bytes;
    if (bytes.length % granule !== 0) {
      whole = new Uint8Array(Math.ceil(bytes.length / granule) * granule);
      whole.set(bytes);
    }
    this.#device.gpu.queue.writeBuffer(buffer, 0, whole);
  }

  async #prepare(kernels, contents) {
    const started = performance.now();
    const modules = new Map([...kernels].map(([file, code]) => [file, this.#compile(file, code)]));
    const known = new Map();
    const pipelineOf = (dispatch) => {
      const { kernel, entry_point, constants, bindings } = dispatch;
      const shape = bindings.map(({ binding, tensor, access }) => [binding, access, this.#tensors.get(tensor).size]);
      const key = JSON.stringify([kernel.file, entry_point, constants, shape]);
      if (!known.has(key)) {
        known.set(key, this.#pipeline(dispatch, modules.get(kernel.file).module));
      }
      return known.get(key);
    };
    const dispatches = this.#manifest.steps.flatMap((group) => group.dispatches);
    // Tensors come and are filled while pipelines are compiled.
    dispatches.forEach((dispatch) => pipelineOf(dispatch).catch(() => {}));
    await inOrder([...modules.values()].map(({ valid }) => valid));
    const bytes = await contents;
    const { value: filled, checked } = this.#device.scoped(() => this.#allocate(bytes));
    await this.#device.settle(Promise.all([checked, filled]));
    const passes = await inOrder(dispatches.map(async (dispatch) => this.#bind(dispatch, await pipelineOf(dispatch))));
    this.#groups = this.#manifest.steps.map(({ times, dispatches: { length } }) => ({ times, passes: passes.splice(0, length) }));
    this.#compileMilliseconds = performance.now() - started;
  }

  #allocate(contents) {
    const { gpu } = this.#device;
    const usage = GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    const bound = this.#manifest.steps.flatMap(({ dispatches }) => dispatches.flatMap(({ bindings }) => bindings));
    const written = new Set(bound.filter(({ access }) => access === "read_write").map(({ tensor }) => tensor));
    for (const [name, { size }] of this.#tensors) {
      const buffer = gpu.createBuffer({ label: name, size, usage: usage | GPUBufferUsage.STORAGE | GPUBufferUsage.UNIFORM });
      this.#buffers.set(name, buffer);
      const bytes = contents.get(name);
      if (bytes && written.has(name)) {
        this.#originals.set(name, gpu.createBuffer({ label: `contents of ${name}`, size, usage }));
      }
      if (bytes) {
        this.#write(this.#originals.get(name) ?? buffer, bytes);
      }
    }
    return gpu.queue.onSubmittedWorkDone();
  }

  /** The shader module of a kernel at once, and whether it is valid: `valid` rejects with `shader_invalid` and the compiler's messages. */
  #compile(file, code) {
    const { value: module, checked } = this.#device.scoped(() => this.#device.gpu.createShaderModule({ label: file, code }));
    // The scope repeats what the compilation info says in more detail.
    checked.catch(() => {});
    return { module, valid: this.#judge(file, module) };
  }

  async #judge(file, module) {
    const { messages } = await this.#device.settle(module.getCompilationInfo());
    const errors = messages
      .filter(({ type }) => type === "error")
      .map(({ lineNum, linePos, message }) => ({ line: lineNum, column: linePos, text: message }));
    const [first] = errors;
    const facts = { kernel: file, messages: errors };
    ensure(!first, "shader_invalid", `${file}, line ${first?.line}, column ${first?.column}: ${first?.text}`, facts);
  }

  /** A pipeline whose layout is what the manifest says, so that a kernel that says otherwise is refused here. */
  async #pipeline({ name, kernel, entry_point, constants, bindings }, module) {
    const entries = bindings.map(({ binding, tensor, access }) => ({
      binding,
      visibility: GPUShaderStage.COMPUTE,
      buffer: { type: bufferTypes[access], minBindingSize: this.#tensors.get(tensor).size },
    }));
    const { gpu } = this.#device;
    return this.#naming(name, kernel.file, async () => {
      const { value, checked } = this.#device.scoped(() => {
        const group = gpu.createBindGroupLayout({ label: name, entries });
        const compute = { module, entryPoint: entry_point, constants };
        const pipeline = { label: name, layout: gpu.createPipelineLayout({ bindGroupLayouts: [group] }), compute };
        return { group, pipeline: gpu.createComputePipelineAsync(pipeline) };
      });
      // Whichever fails, the other failure is of the same cause.
      value.pipeline.catch(() => {});
      await this.#device.settle(checked);
      return { group: value.group, pipeline: await this.#device.settle(value.pipeline) };
    });
  }

  async #bind({ name, kernel, bindings, workgroups }, { group, pipeline }) {
    const entries = bindings.map(({ binding, tensor }) => ({ binding, resource: { buffer: this.#buffers.get(tensor) } }));
    return this.#naming(name, kernel.file, async () => {
      const { value: bindGroup, checked } = this.#device.scoped(() => this.#device.gpu.createBindGroup({ label: name, layout: group, entries }));
      await this.#device.settle(checked);
      return { pipeline, bindGroup, workgroups };
    });
  }

  /** Names the step and its kernel in what goes wrong with them. */
  async #naming(step, kernel, work) {
    try {
      return await work();
    } catch (thrown) {
      const isRefusal = thrown instanceof GPUPipelineError || (thrown instanceof Fault && thrown.kind === "pipeline_invalid");
      if (!isRefusal) {
        throw thrown;
      }
      throw new Fault("pipeline_invalid", `step "${step}", kernel ${kernel}: ${thrown.message}`, { step, kernel });
    }
  }
}

/** The values of promises that are all under way; where several fail, the first of them tells why. */
async function inOrder(promises) {
  promises.forEach((promise) => promise.catch(() => {}));
  const values = [];
  for (const promise of promises) {
    values.push(await promise);
  }
  return values;
}

function layout(tensors) {
  return new Map(
    Object.entries(tensors).map(([name, { type, shape }]) => {
      const bytes = shape.reduce((product, size) => product * size, elementBytes[type]);
      return [name, { type, shape, bytes, size: Math.ceil(bytes / granule) * granule }];
    }),
  );
}

/** What the manifest asks for, and what its tensors and steps need. */
function limitsOf({ limits, steps }, tensors) {
  const needed = { maxBufferSize: 0, maxStorageBufferBindingSize: 0, maxStorageBuffersPerShaderStage: 0, ...limits };
  const raise = (name, value) => (needed[name] = Math.max(needed[name], value));
  tensors.forEach(({ size }) => raise("maxBufferSize", size));
  for (const { bindings } of steps.flatMap(({ dispatches }) => dispatches)) {
    const storage = bindings.filter(({ access }) => access !== "uniform");
    raise("maxStorageBuffersPerShaderStage", storage.length);
    storage.forEach(({ tensor }) => raise("maxStorageBufferBindingSize", tensors.get(tensor).size));
  }
  return needed;
}
