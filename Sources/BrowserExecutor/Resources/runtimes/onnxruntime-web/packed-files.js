// Files as the executor packs them for models of sounds and images.
//
// The length of the header as uint32, the header in JSON, and the files' bytes, all
// little-endian. The header is {files: [{name, items, offset, bytes}]}: a file has `items`
// items of the task, in the order of the files; offsets count from the header's end and
// are multiples of 8.

import { ensure } from "./fault.js";
import { ensureInteger } from "./transfer.js";

export class PackedFiles {
  #file;
  #start;
  #entries;
  /** The first item of each file, and the number of all. @type {number[]} */
  #firsts = [0];

  /** @param {Uint8Array} file throws `input_invalid` when it is malformed */
  constructor(file) {
    this.#file = file;
    ensure(file.length >= 4, "input_invalid", "the inputs have no header");
    const length = new DataView(file.buffer, file.byteOffset).getUint32(0, true);
    this.#start = 4 + length;
    ensure(this.#start <= file.length, "input_invalid", "the inputs are shorter than their header says");
    this.#entries = JSON.parse(new TextDecoder().decode(file.subarray(4, this.#start))).files;
    for (const { name, items, offset, bytes } of this.#entries) {
      ensureInteger(items, 1, Number.MAX_SAFE_INTEGER, "input_invalid", `items of ${name}`);
      const fits = this.#start + offset + bytes <= file.length;
      ensure(fits, "input_invalid", `${name} ends beyond the inputs`);
      this.#firsts.push(this.count + items);
    }
  }

  /** Items of all files. */
  get count() {
    return this.#firsts[this.#firsts.length - 1];
  }

  get bytes() {
    return this.#file.length;
  }

  /** The file of an item: its name, its bytes, and which of its items it is. */
  at(item) {
    let [low, high] = [0, this.#entries.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#firsts[middle] <= item) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    const { name, offset, bytes } = this.#entries[low];
    const from = this.#start + offset;
    return { name, bytes: this.#file.subarray(from, from + bytes), index: item - this.#firsts[low] };
  }
}
