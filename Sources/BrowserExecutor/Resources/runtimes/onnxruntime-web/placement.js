// Which execution provider got how many of a model's nodes, as the runtime's log has it.
//
// At the severity "verbose" a session writes, once its graph is partitioned, either
//   All nodes placed on [P]. Number of nodes: N
// or for each provider
//   Node(s) placed on [P]. Number of nodes: N
// followed by a line for each node: its operator and its name in parentheses. Before them stands a
// line "Node placements", alone when no node is left because all outputs are known beforehand.

import { ensure } from "./fault.js";

/** The runtime's names of its execution providers, and ours. */
const providers = new Map([
  ["JsExecutionProvider", "webgpu"],
  ["WebGpuExecutionProvider", "webgpu"],
  ["WebNNExecutionProvider", "webnn"],
  ["CPUExecutionProvider", "cpu"],
]);

/** Operators that only move data between providers. */
const copies = /\bMemcpy(FromHost|ToHost) \(/;

/**
 * The number of compute nodes by provider. Throws `internal` when the log does not tell.
 *
 * @param {string[]} lines
 * @returns {Record<string, number>}
 */
export function placements(lines) {
  const nodes = {};
  let provider;
  for (const line of lines.flatMap((text) => text.split("\n"))) {
    const heading = /placed on \[(\w+)\]\. Number of nodes: (\d+)/.exec(line);
    if (heading) {
      provider = providers.get(heading[1]) ?? heading[1];
      nodes[provider] = (nodes[provider] ?? 0) + Number(heading[2]);
    } else if (provider && copies.test(line)) {
      nodes[provider] -= 1;
    } else if (provider && !/\(.*\)\s*$/.test(line)) {
      provider = undefined;
    }
  }
  const isLogged = Object.keys(nodes).length > 0 || lines.some((line) => /\bNode placements\s*$/.test(line));
  ensure(isLogged, "internal", "ONNX Runtime Web did not log where it placed the model's nodes");
  return nodes;
}
