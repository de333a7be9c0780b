// Tensors: data sets as the executor packs them, and a run's outputs as it takes them.
//
// A file of data sets: the length of its header as uint32, the header in JSON, and the
// tensors' bytes, all little-endian. The header is {data_sets: [{inputs: [{name, type,
// dims, offset, bytes}]}]}; offsets count from the header's end and are multiples of 8.
// A string is its length in bytes as uint32 and its UTF-8.

import { base64 } from "./base64.js";
import { ensure } from "./fault.js";

/** The array of each type of element. float16 travels as the bits of its elements. */
const arrays = {
  float16: Uint16Array,
  float32: Float32Array,
  float64: Float64Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  bool: Uint8Array,
};

/** What one run may give, in bytes: base64 of it must fit in a message of the pipe. */
const maximumOutputBytes = 48 * 1024 * 1024;

export class DataSets {
  #file;
  #sets;
  #start;

  /** @param {Uint8Array} file throws `input_invalid` when it is malformed */
  constructor(file) {
    this.#file = file;
    ensure(file.length >= 4, "input_invalid", "the inputs have no header");
    const length = new DataView(file.buffer, file.byteOffset).getUint32(0, true);
    this.#start = 4 + length;
    ensure(this.#start <= file.length, "input_invalid", "the inputs are shorter than their header says");
    this.#sets = JSON.parse(new TextDecoder().decode(file.subarray(4, this.#start))).data_sets;
  }

  get count() {
    return this.#sets.length;
  }

  get bytes() {
    return this.#file.length;
  }

  /** The inputs of one data set. */
  inputs(index) {
    return this.#sets[index].inputs.map(({ name, type, dims, offset, bytes }) => {
      const from = this.#start + offset;
      ensure(from + bytes <= this.#file.length, "input_invalid", `input "${name}" ends beyond the file`);
      // A copy, so that it is aligned and the runtime may keep it.
      return { name, type, dims, bytes: this.#file.slice(from, from + bytes) };
    });
  }
}

/** A tensor of the runtime. */
export function tensorFrom(ort, { name, type, dims, bytes }) {
  if (type === "string") {
    return new ort.Tensor(type, stringsFrom(bytes), dims);
  }
  const Elements = arrays[type];
  ensure(Elements, "input_invalid", `input "${name}" has the unknown type "${type}"`);
  return new ort.Tensor(type, new Elements(bytes.buffer), dims);
}

/** Outputs as {name, type, dims, data}, the data in base64. */
export function encodeOutputs(outputs) {
  let total = 0;
  return outputs.map(({ name, tensor }) => {
    const isKnown = tensor && (tensor.type === "string" || arrays[tensor.type] !== undefined);
    ensure(isKnown, "backend_unsupported", `output "${name}" is of a type that is not handed out: ${tensor?.type ?? "no tensor"}`);
    const bytes = tensor.type === "string" ? bytesOfStrings(tensor.data) : bytesOf(tensor.data);
    total += bytes.length;
    ensure(total <= maximumOutputBytes, "out_of_memory", `the outputs have more than ${maximumOutputBytes} bytes`);
    return { name, type: tensor.type, dims: [...tensor.dims], data: base64(bytes) };
  });
}

const bytesOf = (data) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

function stringsFrom(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const strings = [];
  for (let at = 0; at < bytes.length; ) {
    const from = at + 4;
    ensure(from <= bytes.length, "input_invalid", "a string has no whole length");
    at = from + view.getUint32(at, true);
    ensure(at <= bytes.length, "input_invalid", "a string ends beyond its tensor");
    strings.push(new TextDecoder().decode(bytes.subarray(from, at)));
  }
  return strings;
}

function bytesOfStrings(strings) {
  const texts = strings.map((string) => new TextEncoder().encode(string));
  const bytes = new Uint8Array(texts.reduce((length, text) => length + 4 + text.length, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const text of texts) {
    view.setUint32(at, text.length, true);
    bytes.set(text, at + 4);
    at += 4 + text.length;
  }
  return bytes;
}
