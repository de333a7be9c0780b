// Failures as values: the closed list of kinds and the one place where anything
// thrown becomes an answer. The list is part of the contract in ../README.md.

/** Every kind that an answer's `error.kind` may have. */
const kinds = new Set([
  "no_webgpu",
  "no_adapter",
  "no_device",
  "backend_unsupported",
  "device_lost",
  "gpu_aborted",
  "shader_invalid",
  "pipeline_invalid",
  "out_of_memory",
  "digest_mismatch",
  "model_invalid",
  "input_invalid",
  "output_invalid",
  "internal",
]);

/** A failure with a kind, a message for people and JSON-able details for programs. */
export class Fault extends Error {
  /**
   * @param {string} kind one of `kinds`
   * @param {string} message what failed, where, and what to do
   * @param {object} [facts] JSON-able; `reason` stands beside the kind in the answer,
   *   the rest is its `details`
   */
  constructor(kind, message, { reason, ...details } = {}) {
    super(message);
    if (!kinds.has(kind)) {
      throw new TypeError(`"${kind}" is not a kind of fault`);
    }
    this.kind = kind;
    this.reason = reason;
    this.details = details;
  }

  /** The fault as the `error` of an answer. */
  get error() {
    const error = { kind: this.kind, message: this.message };
    if (this.reason !== undefined) {
      error.reason = this.reason;
    }
    if (Object.keys(this.details).length > 0) {
      error.details = this.details;
    }
    return error;
  }
}

/** Throws a fault of the given kind unless the condition holds. */
export function ensure(condition, kind, message, facts) {
  if (!condition) {
    throw new Fault(kind, message, facts);
  }
}

/** Runs the function and turns what it returns or throws into an answer. Never rejects. */
export async function answer(work) {
  try {
    return { ok: true, ...(await work()) };
  } catch (thrown) {
    return { ok: false, error: faultFrom(thrown).error };
  }
}

function faultFrom(thrown) {
  if (thrown instanceof Fault) {
    return thrown;
  }
  // A refused ArrayBuffer is the one RangeError that is not a mistake of ours.
  if (thrown instanceof RangeError && /allocation/i.test(thrown.message)) {
    return new Fault("out_of_memory", `the page has no memory left: ${thrown.message}`);
  }
  return new Fault("internal", String(thrown?.message ?? thrown), { stack: String(thrown?.stack ?? "") });
}
