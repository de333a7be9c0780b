// From the manifest of a model and its weights to a plan that can be executed.
// Everything is checked here, so that what follows can trust the plan.

import { Fault, ensure } from "./fault.js";
import { elementCount, operators } from "./operators.js";

/** The longest manifest accepted, in bytes. */
const maximumManifestBytes = 1024 * 1024;

/** The largest batch that a manifest may ask for: one row of workgroups per item. */
const maximumBatch = 65535;

/** Rows of a tensor over tokens are made in whole blocks of this many, as kernels write them. */
export const tokenBlock = 8;

/** The most tokens that an input may have, and a batch. */
const maximumTokens = 8192;

/** WebGPU's limit on workgroups per dimension of a dispatch, in every implementation. */
const maximumWorkgroups = 65535;

/**
 * @typedef {object} Step
 * @property {string} name
 * @property {string} kernel file name without extension
 * @property {string} [code] the kernel's source, where it is not in a file
 * @property {Record<string, number>} constants
 * @property {number[]} [dimensions] unsigned integers that the kernel takes in a uniform buffer, bound last
 * @property {number} workgroups per item, or per row of workgroups
 * @property {number} [rows] tokens that one row of workgroups works on; undefined: it works on one item
 * @property {string[]} bindings names of tensors and weights, in binding order
 * @property {string} output name of the tensor that the step computes
 *
 * @typedef {object} Plan
 * @property {string} name
 * @property {{name: string, kind: "values" | "tokens", elements: number, minimum: number, maximum: number,
 *   scale?: number, batchTokens?: number}} input
 * @property {{name: string, kind: "classification" | "embedding", elements: number, classes?: string[]}} output
 * @property {number} maximumBatch
 * @property {Map<string, number>} tensors elements of input and results at the largest batch, by name
 * @property {Step[]} steps
 * @property {Map<string, {tensor: string, pack: string}>} packed weights that a kernel takes in another order, by binding
 */

/** The manifest as JSON. Throws `model_invalid`. */
export function parseManifest(bytes) {
  ensureValid(bytes.length <= maximumManifestBytes, `the manifest has ${bytes.length} bytes`);
  let manifest;
  try {
    manifest = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (thrown) {
    throw new Fault("model_invalid", `the manifest is not JSON: ${thrown.message}`);
  }
  ensureValid(isObject(manifest), "the manifest is not an object");
  ensureValid(manifest.format_version === 1, `format_version ${JSON.stringify(manifest.format_version)} is not 1`);
  ensureValid(manifest.runtime === "wgsl", `the model is for the runtime ${JSON.stringify(manifest.runtime)}, not "wgsl"`);
  ensureValid(isName(manifest.name), "the name is missing");
  ensureValid(isObject(manifest.weights), "the weights are missing");
  return manifest;
}

/**
 * The checked plan of a manifest. Throws `model_invalid`.
 *
 * @param {object} manifest from `parseManifest`
 * @param {Map<string, {shape: number[], dtype: string}>} weights from `readSafetensors`
 * @param {string} variant of the kernels
 * @returns {Plan}
 */
export function planOf(manifest, weights, variant) {
  const input = inputOf(manifest.input);
  const batch = manifest.maximum_batch;
  ensureValid(Number.isSafeInteger(batch) && batch >= 1 && batch <= maximumBatch, "maximum_batch is out of bounds");
  ensureValid(Array.isArray(manifest.steps) && manifest.steps.length > 0, "there are no steps");

  const tokenRows = Math.ceil((input.batchTokens ?? 0) / tokenBlock) * tokenBlock;
  const shapes = new Map([[input.name, input.shape]]);
  const overTokens = new Set();
  const packed = new Map();
  const setting = { batch, variant, tokenRows, packed };
  const steps = manifest.steps.map((step) => {
    const planned = stepOf(step, shapes, weights, setting, (name) => name === input.name ? input.kind === "tokens" : overTokens.has(name));
    if (planned.rows !== undefined) {
      overTokens.add(planned.output);
    }
    return planned;
  });
  const elementsOf = (name, shape) => (overTokens.has(name) ? tokenRows * shape[1] : batch * elementCount(shape));
  const tensors = new Map([...shapes].map(([name, shape]) => [name, elementsOf(name, shape)]));
  if (input.kind === "tokens") {
    tensors.set(input.name, 2 * (batch + tokenRows));
  }
  return {
    name: manifest.name,
    input: { ...input, elements: elementCount(input.shape) },
    output: outputOf(manifest.output, input.name, shapes, overTokens),
    maximumBatch: batch,
    tensors,
    steps,
    packed,
  };
}

function inputOf(input) {
  ensureValid(isObject(input) && isName(input.name), "the input is missing");
  const { name, kind = "values", shape, minimum, maximum, scale, batch_tokens: batchTokens } = input;
  ensureValid(["values", "tokens"].includes(kind), `the input kind ${JSON.stringify(kind)} is not known`);
  ensureValid(isShape(shape), "the input's shape is malformed");
  ensureValid([minimum, maximum].every(Number.isFinite), "the input needs minimum and maximum");
  ensureValid(minimum <= maximum, "the input's minimum is above its maximum");
  if (kind === "values") {
    ensureValid(Number.isFinite(scale), "the input needs a scale");
    return { name, kind, shape, minimum, maximum, scale };
  }
  ensureValid(shape.length === 1 && shape[0] <= maximumTokens, `an input of tokens has 1 to ${maximumTokens} tokens`);
  ensureValid(minimum >= 0 && Number.isInteger(maximum), "token ids are integers from 0");
  const isBound = Number.isSafeInteger(batchTokens) && batchTokens >= 1 && batchTokens <= maximumTokens;
  ensureValid(isBound, `batch_tokens must be from 1 to ${maximumTokens}`);
  // One input always fits, however long.
  return { name, kind, shape, minimum, maximum, batchTokens: Math.max(batchTokens, shape[0]) };
}

function outputOf(output, inputName, shapes, overTokens) {
  ensureValid(isObject(output), "the output is missing");
  const { name, kind, classes } = output;
  const known = kind === "classification" || kind === "embedding";
  ensureValid(known, `the output kind ${JSON.stringify(kind)} is not known; known: "classification", "embedding"`);
  const isResult = shapes.has(name) && name !== inputName && !overTokens.has(name);
  ensureValid(isResult, `the output ${JSON.stringify(name)} is the result of no step that gives one per item`);
  const elements = elementCount(shapes.get(name));
  if (kind === "embedding") {
    return { name, kind, elements };
  }
  const named = Array.isArray(classes) && classes.length === elements && classes.every(isName);
  ensureValid(named, `the output needs the names of ${elements} classes`);
  return { name, kind, elements, classes };
}

/** Checks one step and adds the shape of its result to `shapes`. */
function stepOf(step, shapes, weights, { batch, variant, tokenRows, packed }, isOverTokens) {
  ensureValid(isObject(step) && isName(step.name), "a step has no name");
  const problem = (text) => `step "${step.name}": ${text}`;
  const rule = Object.hasOwn(operators, step.op) ? operators[step.op] : undefined;
  ensureValid(rule, problem(`the operator ${JSON.stringify(step.op)} is not known`));
  ensureValid(/^[a-z][a-z0-9_]{0,63}$/.test(step.kernel), problem("the kernel's name is malformed"));
  ensureValid(isNames(step.inputs) && step.inputs.length > 0, problem("needs inputs"));
  ensureValid(isNames(step.outputs, 1), problem("needs one output"));
  ensureValid(isNames(step.weights), problem("needs a list of weights"));
  ensureValid(isObject(step.attributes), problem("needs attributes"));

  const [output] = step.outputs;
  const unknown = step.inputs.find((name) => !shapes.has(name));
  ensureValid(unknown === undefined, problem(`the input "${unknown}" is not computed before`));
  ensureValid(!shapes.has(output) && !weights.has(output), problem(`the output "${output}" exists already`));
  const missing = step.weights.find((name) => !weights.has(name));
  ensureValid(missing === undefined, problem(`the weight "${missing}" is not in the weights file`));
  const other = step.weights.find((name) => weights.get(name).dtype !== "F32");
  ensureValid(other === undefined, problem(`the weight "${other}" is ${weights.get(other)?.dtype}; this runtime reads F32`));

  const weightShapes = step.weights.map((name) => weights.get(name).shape);
  const geometry = rule(step.inputs.map((name) => shapes.get(name)), weightShapes, step.attributes, batch, { variant, tokenRows });
  ensureValid(geometry, problem("inputs, weights and attributes do not fit the operator"));
  ensureValid(!geometry.code || step.kernel === step.op, problem(`the kernel of this operator is "${step.op}"`));
  const takesTokens = geometry.rows !== undefined || geometry.pools === true;
  ensureValid(step.inputs.every((name) => isOverTokens(name) === takesTokens), problem("one of its inputs is not of the kind it takes"));
  const declared = isShape(step.output_shape) && step.output_shape.join() === geometry.shape.join();
  ensureValid(declared, problem(`output_shape must be [${geometry.shape}]`));

  const lanes = geometry.lanes ?? lanesFor(geometry.invocations);
  const workgroups = Math.ceil(geometry.invocations / lanes);
  ensureValid(workgroups <= maximumWorkgroups, problem(`needs ${workgroups} workgroups; ${maximumWorkgroups} are possible`));
  shapes.set(output, geometry.shape);
  const bound = [...step.weights];
  if (geometry.pack) {
    bound[0] = `${step.weights[0]} packed as ${geometry.pack}`;
    packed.set(bound[0], { tensor: step.weights[0], pack: geometry.pack });
  }
  return {
    name: step.name,
    kernel: step.kernel,
    code: geometry.code,
    constants: geometry.code ? {} : { ...geometry.constants, lanes },
    dimensions: geometry.dimensions,
    workgroups,
    rows: geometry.rows,
    bindings: [...step.inputs, ...bound, output],
    output,
  };
}

/** The width of a workgroup: a power of two, no wider than the work of one item. */
function lanesFor(invocations) {
  return [4, 8, 16, 32].find((lanes) => lanes >= invocations) ?? 64;
}

function isObject(value) {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

function isName(value) {
  return typeof value === "string" && value.length > 0 && value.length <= 128;
}

function isNames(list, length) {
  return Array.isArray(list) && list.every(isName) && (length === undefined || list.length === length);
}

function isShape(list) {
  return Array.isArray(list) && list.length > 0 && list.every((size) => Number.isSafeInteger(size) && size > 0);
}

function ensureValid(condition, message) {
  ensure(condition, "model_invalid", `model: ${message}`);
}
