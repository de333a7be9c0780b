// A strict reader of safetensors files. Only float32 tensors have values here.
//
// The file: the header's length (unsigned 64 bit, little endian), the header (a
// JSON object), the data. Format: "Safetensors", Hugging Face, section Format.

import { Fault, ensure } from "./fault.js";

/** The longest header accepted, in bytes. */
const maximumHeaderBytes = 1024 * 1024;

/** Bytes of an element, by the format's name of its type. */
const elementBytes = { BOOL: 1, U8: 1, I8: 1, F16: 2, BF16: 2, I16: 2, U16: 2, F32: 4, I32: 4, U32: 4, F64: 8, I64: 8, U64: 8 };

/**
 * The tensors of a file, by name: `{ shape, dtype, values }`, values only of F32 ones,
 * as a view of the file where it is aligned. Throws `model_invalid` if the header is
 * malformed, or if the tensors do not cover the data without gap and overlap.
 *
 * @param {Uint8Array} file whose data begins at offset 0 of its buffer
 * @returns {Map<string, {shape: number[], dtype: string, values?: Float32Array}>}
 */
export function readSafetensors(file) {
  const { header, dataStart } = readHeader(file);
  const ordered = Object.entries(header)
    .filter(([name]) => name !== "__metadata__")
    .map(([name, entry]) => ({ name, ...checkedEntry(name, entry) }))
    .sort((a, b) => a.begin - b.begin);

  const tensors = new Map();
  let covered = 0;
  for (const { name, shape, dtype, begin, end } of ordered) {
    ensureValid(begin === covered, `tensor "${name}" begins at ${begin}, where ${covered} was expected`);
    ensureValid(dataStart + end <= file.length, `tensor "${name}" ends beyond the file`);
    tensors.set(name, { shape, dtype, values: dtype === "F32" ? valuesOf(file, dataStart + begin, dataStart + end) : undefined });
    covered = end;
  }
  ensureValid(dataStart + covered === file.length, `${file.length - dataStart - covered} bytes belong to no tensor`);
  return tensors;
}

/** The values between two offsets; in a copy if the header's length does not align them. */
function valuesOf(file, start, end) {
  return start % 4 === 0
    ? new Float32Array(file.buffer, start, (end - start) / 4)
    : new Float32Array(file.slice(start, end).buffer);
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
  const known = typeof dtype === "string" && Object.hasOwn(elementBytes, dtype);
  ensureValid(known, `tensor "${name}" is of the type ${JSON.stringify(dtype)}, which is not known`);
  ensureValid(areSizes(shape), `tensor "${name}" has a malformed shape`);
  ensureValid(areSizes(offsets) && offsets.length === 2, `tensor "${name}" has malformed data_offsets`);
  const [begin, end] = offsets;
  const bytes = elementBytes[dtype] * shape.reduce((product, size) => product * size, 1);
  ensureValid(bytes > 0 && end - begin === bytes, `tensor "${name}" has ${end - begin} bytes, its shape needs ${bytes}`);
  return { shape, dtype, begin, end };
}

function areSizes(list) {
  return Array.isArray(list) && list.every((size) => Number.isSafeInteger(size) && size >= 0);
}

function ensureValid(condition, message) {
  ensure(condition, "model_invalid", `weights: ${message}`);
}
