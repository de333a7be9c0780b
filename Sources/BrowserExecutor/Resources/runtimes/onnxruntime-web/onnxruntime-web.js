// The in-page runtime `onnxruntime-web`: ONNX models on ONNX Runtime Web. It meets the
// contract of ../README.md, where also stands what it takes and gives beyond that.
//
//   onnxruntime-web.js  this file: the contract, and what the page holds
//   engine.js           ONNX Runtime Web itself, its log and its GPU device
//   session.js          a model, ready to run        placement.js  which provider has which node
//   tensors.js          data sets in, tensors out
//   recipe.js           models with a manifest: speech.js over sounds, vision.js over images
//   packed-files.js     the files of a task    images.js, resize.js  files to tensors
//   text-regions.js, rectangles.js                  maps of text to boxes
//   fault.js, transfer.js, adapter.js                served from ../shared

import { adapterIdentity, findAdapter } from "./adapter.js";
import { probeBackends } from "./backends.js";
import { Engine } from "./engine.js";
import { answer, ensure } from "./fault.js";
import { PackedFiles } from "./packed-files.js";
import { runRecipe } from "./recipe.js";
import { Session } from "./session.js";
import { DataSets, encodeOutputs } from "./tensors.js";
import { ensureDigest, ensureInteger, fetchParts } from "./transfer.js";

/** The runtime's name and the version of the contract that it meets. */
const runtime = { name: "onnxruntime-web", contract: 1 };

const backends = new Set(["webgpu", "webnn", "cpu"]);

/** The most sessions that a page holds at once. */
const maximumSessions = 8;

/** What all sets of inputs together may hold, in bytes; the oldest goes first. */
const maximumHeldBytes = 256 * 1024 * 1024;

/** @type {Promise<Engine> | undefined} */
let engine;

/** The sessions by model and backend. @type {Map<string, Session>} */
const sessions = new Map();

/** In order of last use. @type {Map<string, DataSets | PackedFiles>} */
const inputSets = new Map();

/** The end of the last call's work: ONNX Runtime Web runs one thing at a time on a GPU and refuses what overlaps. */
let lastWork = Promise.resolve();

globalThis.weir = Object.freeze({
  probe: (request) => answer(() => probe(request ?? {})),
  load: (request) => answer(() => inTurn(() => load(request ?? {}))),
  inputs: (request) => answer(() => inputs(request ?? {})),
  run: (request) => answer(() => inTurn(() => run(request ?? {}))),
  unload: (request) => answer(() => inTurn(() => unload(request ?? {}))),
  dispose: () => answer(() => inTurn(dispose)),
});

function inTurn(work) {
  const result = lastWork.then(work);
  lastWork = result.catch(() => {});
  return result;
}

async function probe({ retry = false }) {
  return { runtime, ...(await probeBackends(retry)), crossOriginIsolated, userAgent: navigator.userAgent };
}

const sessionKey = (digest, backend) => `${backend} ${digest}`;

async function load({ model, backend, runtime: files, retry = false }) {
  const started = performance.now();
  ensure(typeof model?.digest === "string", "model_invalid", "load needs a model with a digest");
  ensure(backends.has(backend), "backend_unsupported", `this runtime has no backend "${backend}"`, { reason: "runtime_lacks_it" });
  engine ??= Engine.open(files, onLoss);
  const opened = await engine.catch((thrown) => {
    engine = undefined;
    throw thrown;
  });
  const adapter = backend === "webgpu" ? await opened.useGPU(() => findAdapter(retry)) : undefined;
  const key = sessionKey(model.digest, backend);
  const cold = !sessions.has(key);
  if (cold) {
    ensure(sessions.size < maximumSessions, "out_of_memory", `the page holds ${maximumSessions} models: dispose before loading more`);
    const file = { url: model.weightsURL, bytes: model.weightsBytes, partBytes: model.partBytes };
    const bytes = await fetchParts(file, "model_invalid");
    await ensureDigest(bytes, model.digest, "model");
    sessions.set(key, await Session.open(opened, bytes, backend));
  }
  const session = sessions.get(key);
  return {
    cold,
    load_ms: performance.now() - started,
    compile_ms: 0,
    adapter: adapter ? adapterIdentity(adapter) : null,
    nodes: session.nodes,
    threads: opened.threads,
  };
}

async function inputs({ id, url, bytes, count, partBytes, kind = "data_sets" }) {
  const started = performance.now();
  ensure(typeof id === "string" && id !== "", "input_invalid", "the id of inputs must be a string");
  ensure(bytes <= maximumHeldBytes, "out_of_memory", `inputs of ${bytes} bytes exceed the limit of ${maximumHeldBytes}`);
  const cold = !inputSets.has(id);
  if (cold) {
    const file = await fetchParts({ url, bytes, partBytes }, "input_invalid");
    const sets = kind === "files" ? new PackedFiles(file) : new DataSets(file);
    ensure(sets.count === count, "input_invalid", `the inputs hold ${sets.count} items, not ${count}`);
    inputSets.set(id, sets);
    makeRoom();
  }
  return { cold, load_ms: performance.now() - started };
}

function makeRoom() {
  let held = 0;
  inputSets.forEach((sets) => (held += sets.bytes));
  for (const [id, sets] of inputSets) {
    if (held <= maximumHeldBytes) {
      return;
    }
    inputSets.delete(id);
    held -= sets.bytes;
  }
}

async function run({ model, backend, inputs: id, first, count, recipe, state }) {
  const started = performance.now();
  const session = sessions.get(sessionKey(model, backend));
  ensure(session, "model_invalid", `the model ${model} is not loaded: call weir.load first`, { reason: "not_loaded" });
  const sets = inputSets.get(id);
  ensure(sets, "input_invalid", `the inputs "${id}" are not here: call weir.inputs first`, { reason: "not_loaded" });
  inputSets.delete(id);
  inputSets.set(id, sets);
  ensureInteger(first, 0, Number.MAX_SAFE_INTEGER - 256, "input_invalid", "first");
  ensureInteger(count, 1, 256, "input_invalid", "count");
  const cold = session.isCold;
  if (recipe) {
    const ended = await runRecipe(session, sets, { recipe, first, count, state });
    return { ...ended, items: ended.outputs.length, run_ms: performance.now() - started, cold };
  }
  const outputs = [];
  for (let item = first; item < first + count; item += 1) {
    const results = await session.run(sets.inputs(item % sets.count));
    outputs.push({ tensors: encodeOutputs(results) });
  }
  return { outputs, run_ms: performance.now() - started, cold };
}

async function unload({ model, backend, inputs: ids = [] }) {
  const key = sessionKey(model, backend);
  const session = sessions.get(key);
  sessions.delete(key);
  ids.forEach((id) => inputSets.delete(id));
  await session?.dispose();
  return { unloaded: session !== undefined };
}

async function dispose() {
  for (const session of sessions.values()) {
    await session.dispose();
  }
  sessions.clear();
  inputSets.clear();
  return {};
}

/** Tells the other side of the browser's pipe, if it listens. */
function onLoss({ reason, message }) {
  globalThis.weirNotify?.(JSON.stringify({ event: "device_lost", reason, message }));
}
