// The in-page runtime `wgsl`: models whose layers are WGSL kernels, driven by a
// manifest. It defines `globalThis.weir` with the functions and results that every
// in-page runtime has; the contract stands in ../README.md. In short: probe, load,
// inputs, run and dispose take and return JSON-able values, never reject, and answer
// { ok: true, … } or { ok: false, error: { kind, message, reason?, details? } }.
//
//   wgsl.js            this file: the contract, and what the page holds
//   manifest.js        manifest to checked plan        operators.js  what a step means
//   safetensors.js     weights                         transfer.js   bytes and digests
//   session.js         a model on a device             device.js     a device that reports every failure
//   text-operators.js  those of text encoders          inputs.js     inputs by id
//   variants.js        kernels by adapter              kernels       their sources
//   classification.js, embedding.js                    checked outputs
//   kernels-model.js, kernels-session.js             a folder of the user's own kernels
//   adapter.js, fault.js, file-cache.js

import { findAdapter } from "./adapter.js";
import { probeBackends } from "./backends.js";
import { classify } from "./classification.js";
import { embeddings } from "./embedding.js";
import { answer, Fault, ensure } from "./fault.js";
import { fetchFile } from "./file-cache.js";
import { gatherBatch, InputStore } from "./inputs.js";
import { openKernels } from "./kernels-model.js";
import { KernelSession } from "./kernels-session.js";
import { parseManifest, planOf } from "./manifest.js";
import { readSafetensors } from "./safetensors.js";
import { Session } from "./session.js";
import { ensureInteger, fetchBytes, manifestOf } from "./transfer.js";
import { variantFor } from "./variants.js";

/** The runtime's name and the version of the contract that it meets. */
const runtime = { name: "wgsl", contract: 1 };

/** The most models that a page holds at once. */
const maximumModels = 8;

const inputStore = new InputStore();

// A page's first adapter takes longest, as the way to the GPU has to be opened: whoever asks next finds it open.
navigator.gpu?.requestAdapter().catch(() => {});

/**
 * The models by digest. `session` is set when `opening` has succeeded.
 *
 * @type {Map<string, {opening: Promise<Session | KernelSession>, session?: Session | KernelSession}>}
 */
const models = new Map();

/** After a loss the next adapter may be some 50 ms away, so `load` then waits for it unasked. */
let hasSeenLoss = false;

globalThis.weir = Object.freeze({
  probe: (request) => answer(() => probe(request ?? {})),
  load: (request) => answer(() => load(request ?? {})),
  inputs: (request) => answer(() => inputs(request ?? {})),
  run: (request) => answer(() => run(request ?? {})),
  dispose: () => answer(dispose),
});

async function probe({ retry = false }) {
  return { runtime, ...(await probeBackends(retry)), crossOriginIsolated, userAgent: navigator.userAgent };
}

async function load({ model, variant, retry = false }) {
  const started = performance.now();
  ensure(typeof model?.digest === "string", "model_invalid", "load needs a model with a digest");
  const held = models.get(model.digest);
  const isOther = variant !== undefined && Boolean(held?.session?.variant) && held.session.variant !== variant;
  const cold = held === undefined || held.session?.loss !== undefined || isOther;
  const tally = { fetchedBytes: 0 };
  const session = await (cold ? openModel(model, variant, retry, tally) : held.opening);
  return {
    cold,
    fetched_bytes: tally.fetchedBytes,
    load_ms: performance.now() - started,
    compile_ms: cold ? session.compileMilliseconds : 0,
    memory_bytes: session.memoryBytes,
    adapter: session.adapter,
    variant: session.variant ?? "",
  };
}

/** Opens a model in place of one of the same digest that is lost or of another variant, if there is one. */
async function openModel(model, variant, retry, tally) {
  models.get(model.digest)?.session?.dispose();
  models.delete(model.digest);
  ensure(models.size < maximumModels, "out_of_memory", `the page holds ${maximumModels} models: dispose before loading more`);
  const entry = { opening: openSession(model, variant, retry, tally) };
  models.set(model.digest, entry);
  const isCurrent = () => models.get(model.digest) === entry;
  try {
    entry.session = await entry.opening;
  } catch (thrown) {
    if (isCurrent()) {
      models.delete(model.digest);
    }
    throw thrown;
  }
  if (!isCurrent()) {
    entry.session.dispose();
    throw new Fault("device_lost", "the runtime was disposed while the model was loading", { reason: "destroyed" });
  }
  return entry.session;
}

async function openSession(model, requested, retry, tally) {
  ensure(typeof model.manifestURL === "string", "model_invalid", "load needs the manifest's URL");
  const options = { retry: retry || hasSeenLoss, onLoss };
  if (model.kind === "kernels") {
    return openKernels(model, options, tally);
  }
  const manifest = parseManifest(await manifestOf(model));
  ensure(manifest.name === model.name, "model_invalid", `the manifest is of "${manifest.name}", not of "${model.name}"`);

  const { weightsURL: url, weightsBytes: bytes, weightsDigest: digest, partBytes } = model;
  const fetched = fetchFile({ url, bytes, digest, partBytes }, "weights", "model_invalid", tally);
  const [weightsFile, adapter] = await Promise.all([fetched, findAdapter(options.retry)]);
  const declared = manifest.weights.sha256;
  const facts = { what: "weights", expected: declared, actual: model.weightsDigest };
  ensure(declared === model.weightsDigest, "digest_mismatch", "the manifest declares other weights", facts);

  const weights = readSafetensors(weightsFile);
  const { name: variant, features } = variantFor(adapter, requested);
  const plan = planOf(manifest, weights, variant);
  return Session.open(plan, weights, fetchKernels(plan), { variant, adapter, features, ...options });
}

/** The source of each kernel of the plan that is in a file, by name. */
async function fetchKernels(plan) {
  const names = [...new Set(plan.steps.filter(({ code }) => !code).map(({ kernel }) => kernel))];
  const sources = names.map(async (name) => {
    const url = new URL(`kernels/${name}.wgsl`, import.meta.url).href;
    return [name, new TextDecoder().decode(await fetchBytes(url, "model_invalid"))];
  });
  return new Map(await Promise.all(sources));
}

async function inputs(request) {
  const started = performance.now();
  const cold = await inputStore.load(request);
  return { cold, load_ms: performance.now() - started };
}

async function run({ model, inputs: id, first, count, scores = false }) {
  const started = performance.now();
  const session = models.get(model)?.session;
  ensure(session, "model_invalid", `the model ${model} is not loaded: call weir.load first`, { reason: "not_loaded" });
  if (session instanceof KernelSession) {
    const results = await session.runItems(id === undefined ? undefined : inputStore.get(id), first, count);
    return { ...results, run_ms: performance.now() - started };
  }
  const { plan } = session;
  ensureInteger(first, 0, Number.MAX_SAFE_INTEGER - plan.maximumBatch, "input_invalid", "first");
  ensureInteger(count, 1, plan.maximumBatch, "input_invalid", "count");
  const batch = await gatherBatch(inputStore.get(id), plan, first, count);
  const { values, cold } = await session.run(batch, count);
  const { kind, elements, classes } = plan.output;
  const outputs = kind === "embedding" ? embeddings(values, count, elements) : classify(values, count, classes, scores);
  return { outputs, run_ms: performance.now() - started, cold };
}

function dispose() {
  models.forEach(({ session }) => session?.dispose());
  models.clear();
  inputStore.clear();
  return {};
}

/** Tells the other side of the browser's pipe, if it listens. */
function onLoss({ reason, message }) {
  hasSeenLoss = true;
  globalThis.weirNotify?.(JSON.stringify({ event: "device_lost", reason, message }));
}
