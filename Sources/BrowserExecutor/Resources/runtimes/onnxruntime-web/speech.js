// Models of sounds that go through a file chunk by chunk and carry a state from each to
// the next.

import { ensure } from "./fault.js";

/** A call answers after this time, in ms, with the chunks that are done: slow backends must not look hung. */
const patience = 4000;

/**
 * The probabilities of the chunks `first ..< first + count`, or of as many of them as `patience` allows, at least one,
 * and the state after the last.
 *
 * A chunk is preceded by the last samples of the chunk before it; the first of a file by zeros, and its state is zero.
 *
 * @param {import("./session.js").Session} session
 * @param {import("./packed-files.js").PackedFiles} files mono float32 samples
 * @param {object} recipe members of the model's manifest
 * @param {Float32Array | undefined} given the state before `first`; not needed at the beginning of a file
 */
export async function runSpeech(session, files, recipe, first, count, given) {
  const { samples, name } = recipe.input;
  const { dims } = recipe.state;
  const length = dims.reduce((product, size) => product * size, 1);
  const end = performance.now() + patience;
  const outputs = [];
  let state = given;
  ensure(state === undefined || state.length === length, "input_invalid", `a state has ${length} elements, not ${state?.length}`);
  for (let item = first; item < first + count; item += 1) {
    const file = files.at(item % files.count);
    if (file.index === 0) {
      state = new Float32Array(length);
    }
    ensure(state, "input_invalid", `chunk ${file.index} of ${file.name} needs the state after the chunk before it`);
    const results = await session.run([
      tensor(name, [1, samples.context + samples.chunk], chunkOf(file, samples)),
      tensor(recipe.state.input, dims, state),
      ...(recipe.constants ?? []).map(constant),
    ]);
    const probability = element(results, recipe.output.name, 1)[0];
    const inside = probability >= 0 && probability <= 1;
    ensure(inside, "output_invalid", `chunk ${file.index} of ${file.name} has the probability ${probability}`);
    // A copy: the runtime may use its buffers again.
    state = Float32Array.from(element(results, recipe.state.output, length));
    ensure(state.every(Number.isFinite), "output_invalid", `the state after chunk ${file.index} of ${file.name} is not finite`);
    outputs.push({ probability });
    if (performance.now() >= end) {
      break;
    }
  }
  return { outputs, state };
}

/** The samples of a chunk with those before it; what the file does not have is silence. */
function chunkOf({ bytes, index }, { chunk, context }) {
  const all = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
  const padded = new Float32Array(context + chunk);
  const from = index * chunk - context;
  const kept = all.subarray(Math.max(0, from), from + context + chunk);
  padded.set(kept, Math.max(0, -from));
  return padded;
}

const tensor = (name, dims, values) => ({
  name,
  type: "float32",
  dims,
  bytes: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
});

/** A constant of the manifest: integers of 64 bits, such as a sampling rate. */
function constant({ name, dims, values }) {
  return { name, type: "int64", dims, bytes: new Uint8Array(BigInt64Array.from(values, BigInt).buffer) };
}

/** The data of an output, which must have so many elements. */
function element(results, name, length) {
  const data = results.find((result) => result.name === name)?.tensor?.data;
  ensure(data?.length === length, "model_invalid", `the model has no output "${name}" of ${length} elements`);
  return data;
}
