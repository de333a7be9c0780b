// The inputs that a page holds: packed float32 values, kept by id, bounded.

import { Fault, ensure } from "./fault.js";
import { tokenBlock } from "./manifest.js";
import { fetchParts, ensureInteger } from "./transfer.js";

/** What all sets together may hold, in bytes; the one unused for longest goes first. */
const maximumHeldBytes = 256 * 1024 * 1024;

/** The most inputs in one set. */
const maximumCount = 1 << 24;

/**
 * @typedef {object} InputSet
 * @property {number} count
 * @property {number} bytes
 * @property {Promise<Float32Array | Uint8Array>} values bytes where the inputs are tensors of any type
 */

export class InputStore {
  /** In order of last use. @type {Map<string, InputSet>} */
  #sets = new Map();

  /**
   * Fetches a set, unless it is here already. Throws `input_invalid` or `out_of_memory`.
   *
   * @returns {Promise<boolean>} whether it was fetched
   */
  async load({ id, url, bytes, count, partBytes, kind = "values" }) {
    ensure(typeof id === "string" && id !== "", "input_invalid", "the id of inputs must be a string");
    ensureInteger(count, 1, maximumCount, "input_invalid", "count of inputs");
    const known = this.#sets.get(id);
    if (known) {
      const same = known.count === count && known.bytes === bytes;
      ensure(same, "input_invalid", `other inputs are here under the id "${id}": ids must not be reused`, { id });
      await known.values;
      return false;
    }
    const unit = kind === "bytes" ? count : count * 4;
    ensure(bytes % unit === 0, "input_invalid", `${bytes} bytes are not ${count} inputs of equally many ${kind === "bytes" ? "bytes" : "float32"}`);
    ensure(bytes <= maximumHeldBytes, "out_of_memory", `inputs of ${bytes} bytes exceed the limit of ${maximumHeldBytes}`);
    this.#makeRoom(bytes);
    const file = { url, bytes, partBytes };
    const values = kind === "bytes" ? fetchParts(file, "input_invalid") : fetchValues(file);
    this.#sets.set(id, { count, bytes, values });
    try {
      await values;
      return true;
    } catch (thrown) {
      this.#sets.delete(id);
      throw thrown;
    }
  }

  /** A set by id. Throws `input_invalid`, reason `not_loaded`. */
  get(id) {
    const set = this.#sets.get(id);
    if (!set) {
      throw new Fault("input_invalid", `the inputs "${id}" are not here: call weir.inputs first`, { reason: "not_loaded" });
    }
    this.#sets.delete(id);
    this.#sets.set(id, set);
    return set;
  }

  clear() {
    this.#sets.clear();
  }

  #makeRoom(bytes) {
    let held = bytes;
    this.#sets.forEach((set) => (held += set.bytes));
    for (const [id, set] of this.#sets) {
      if (held <= maximumHeldBytes) {
        return;
      }
      this.#sets.delete(id);
      held -= set.bytes;
    }
  }
}

/** Little-endian float32, as on every platform that browsers run on. */
async function fetchValues(file) {
  const bytes = await fetchParts(file, "input_invalid");
  const values = new Float32Array(bytes.buffer);
  const bad = values.findIndex((value) => !Number.isFinite(value));
  ensure(bad === -1, "input_invalid", `element ${bad} of the inputs is not a finite number`, { element: bad });
  return values;
}

/**
 * Inputs `first` to `first + count - 1` (modulo the set's count), as the model's input
 * tensor takes them, and how many tokens they have, if they are tokens.
 *
 * @param {import("./manifest.js").Plan} plan
 * @returns {Promise<{values: ArrayBufferView, tokens?: number}>}
 */
export async function gatherBatch(set, { input, maximumBatch }, first, count) {
  const values = await set.values;
  return input.kind === "tokens"
    ? gatherTokens(values, set.count, input, maximumBatch, first, count)
    : { values: gatherValues(values, set.count, input, first, count) };
}

/**
 * Inputs `first` to `first + count - 1` (modulo the set's count) as the network takes
 * them: checked against the model's bounds and scaled.
 *
 * @param {import("./manifest.js").Plan["input"]} input
 */
function gatherValues(values, setCount, input, first, count) {
  const { elements, minimum, maximum, scale } = input;
  const found = values.length / setCount;
  ensure(found === elements, "input_invalid", `the inputs have ${found} elements each, the model takes ${elements}`);
  const batch = new Float32Array(count * elements);
  for (let item = 0; item < count; item += 1) {
    const index = (first + item) % setCount;
    for (let element = 0; element < elements; element += 1) {
      const value = values[index * elements + element];
      if (value < minimum || value > maximum) {
        const message = `input ${index}, element ${element} is ${value}, not within ${minimum} and ${maximum}`;
        throw new Fault("input_invalid", message, { input: index, element });
      }
      batch[item * elements + element] = value * scale;
    }
  }
  return batch;
}

/**
 * The tokens of a batch, one item after the other without padding. In the set an input
 * is as long as the longest, and what follows its own tokens is -1.
 *
 * The tensor has pairs of integers: for each item that a batch may have the first of its
 * tokens and the one after its last; then for each token its id and its item.
 */
function gatherTokens(values, setCount, input, maximumBatch, first, count) {
  const { elements, minimum, maximum, batchTokens } = input;
  const width = values.length / setCount;
  ensure(width <= elements, "input_invalid", `the inputs have up to ${width} tokens, the model takes ${elements}`);
  const pairs = [];
  const spans = new Uint32Array(2 * maximumBatch);
  for (let item = 0; item < count; item += 1) {
    const index = (first + item) % setCount;
    const padded = values.subarray(index * width, (index + 1) * width);
    const end = padded.indexOf(-1);
    const ids = end === -1 ? padded : padded.subarray(0, end);
    const bad = ids.findIndex((id) => !Number.isInteger(id) || id < minimum || id > maximum);
    const facts = { input: index, element: bad };
    ensure(bad === -1, "input_invalid", `input ${index}, token ${bad} is ${ids[bad]}, not within ${minimum} and ${maximum}`, facts);
    ensure(ids.length > 0, "input_invalid", `input ${index} has no token`, { input: index });
    spans[2 * item] = pairs.length / 2;
    ids.forEach((id) => pairs.push(id, item));
    spans[2 * item + 1] = pairs.length / 2;
  }
  const tokens = pairs.length / 2;
  ensure(tokens <= batchTokens, "input_invalid", `the batch has ${tokens} tokens, the model takes ${batchTokens}: use smaller batches`);
  // Kernels compute whole blocks of tokens: what fills the last one belongs to the last item.
  while (pairs.length % (2 * tokenBlock) !== 0) {
    pairs.push(0, count - 1);
  }
  const tensor = new Uint32Array(spans.length + pairs.length);
  tensor.set(spans);
  tensor.set(pairs, spans.length);
  return { values: tensor, tokens };
}
