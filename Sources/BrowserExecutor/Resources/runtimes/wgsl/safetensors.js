// A strict reader of safetensors files that hold float32 tensors.
//
// The file: the header's length (unsigned 64 bit, little endian), the header (a
// JSON object), the data. Format: "Safetensors", Hugging Face, section Format.

import { Fault, ensure } from "./fault.js";

/** The longest header accepted, in bytes. */
const maximumHeaderBytes = 1024 * 1024;

/**
 * The tensors of a file, by name: `{ shape, values }`, values as a view of the file.
 * Throws `model_invalid` if the header is malformed, if a tensor is not F32, or if
 * the tensors do not cover the data without gap and overlap.
 *
 * @param {Uint8Array} file whose data begins at offset 0 of its buffer
 * @returns {Map<string, {shape: number[], values: Float32Array}>}
 */
export function readSafetensors(file) {
  const { header, dataStart } = readHeader(file);
  const ordered = Object.entries(header)
    .filter(([name]) => name !== "__metadata__")
    .map(([name, entry]) => ({ name, ...checkedEntry(name, entry) }))
    .sort((a, b) => a.begin - b.begin);

  const tensors = new Map();
  let covered = 0;
  for (const { name, shape, begin, end } of ordered) {
    ensureValid(begin === covered, `tensor "${name}" begins at ${begin}, where ${covered} was expected`);
    ensureValid(dataStart + end <= file.length, `tensor "${name}" ends beyond the file`);
    // The copy aligns the values, whatever length the header has.
    const bytes = file.slice(dataStart + begin, dataStart + end);
    tensors.set(name, { shape, values: new Float32Array(bytes.buffer) });
    covered = end;
  }
  ensureValid(dataStart + covered === file.length, `${file.length - dataStart - covered} bytes belong to no tensor`);
  return tensors;
}

function readHeader(file) {
  ensureValid(file.length >= 8, "the file is shorter than its length field");
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const length = view.getBigUint64(0, true);
  ensureValid(length >= 2n && length <= BigInt(maximumHeaderBytes), `the header's length ${length} is out of bounds`);
  const dataStart = 8 + Number(length);
  ensureValid(dataStart <= file.length, "the header ends beyond the file");
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(file.subarray(8, dataStart));
    const header = JSON.parse(text);
    ensureValid(text[0] === "{", "the header must begin with a brace");
    return { header, dataStart };
  } catch (thrown) {
    throw thrown instanceof Fault ? thrown : new Fault("model_invalid", `weights: the header is not JSON: ${thrown.message}`);
  }
}

function checkedEntry(name, entry) {
  const keys = entry !== null && typeof entry === "object" ? Object.keys(entry).sort().join() : "";
  ensureValid(keys === "data_offsets,dtype,shape", `tensor "${name}" must have exactly dtype, shape and data_offsets`);
  const { dtype, shape, data_offsets: offsets } = entry;
  ensureValid(dtype === "F32", `tensor "${name}" is ${JSON.stringify(dtype)}; this runtime reads F32`);
  ensureValid(areSizes(shape), `tensor "${name}" has a malformed shape`);
  ensureValid(areSizes(offsets) && offsets.length === 2, `tensor "${name}" has malformed data_offsets`);
  const [begin, end] = offsets;
  const bytes = 4 * shape.reduce((product, size) => product * size, 1);
  ensureValid(bytes > 0 && end - begin === bytes, `tensor "${name}" has ${end - begin} bytes, its shape needs ${bytes}`);
  return { shape, begin, end };
}

function areSizes(list) {
  return Array.isArray(list) && list.every((size) => Number.isSafeInteger(size) && size >= 0);
}

function ensureValid(condition, message) {
  ensure(condition, "model_invalid", `weights: ${message}`);
}
