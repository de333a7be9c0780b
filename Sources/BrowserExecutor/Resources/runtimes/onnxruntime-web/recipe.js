// Models that come with a manifest: how a task's files become tensors, and tensors results.

import { ensure } from "./fault.js";
import { runSpeech } from "./speech.js";
import { runVision } from "./vision.js";

/**
 * @param {object} request of `run`: `recipe` with the manifest's `input`, `output`, `state` and `constants`, `first`,
 *   `count`, and `state`, the base64 of the model's state before `first`
 * @returns {Promise<{outputs: object[], state?: string}>}
 */
export async function runRecipe(session, files, { recipe, first, count, state }) {
  switch (recipe.input?.kind) {
    case "samples": {
      const ended = await runSpeech(session, files, recipe, first, count, state === undefined ? undefined : floats(state));
      return { outputs: ended.outputs, state: base64(ended.state) };
    }
    case "image":
      return runVision(session, files, recipe, first, count);
    default:
      ensure(false, "model_invalid", `this runtime has no inputs of the kind "${recipe.input?.kind}"`);
  }
}

const floats = (text) => new Float32Array(Uint8Array.from(atob(text), (character) => character.charCodeAt(0)).buffer);

const base64 = (values) => btoa(String.fromCharCode(...new Uint8Array(values.buffer)));
