// Asks the same model the same prompt in three ways, in turns: this client, `benchmark run --endpoint`
// and `benchmark run` in the shell. Says how far the figures are apart; arguments: URL, then MODEL
// TOKENS ANSWERS TURNS for each model. Turns are short, so that a busy moment hits all ways alike.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { loadavg } from "node:os";
import OpenAI from "openai";

const AIM = 0.05;
const PROMPT = "List 3 privacy benefits of local inference.";
const [url, ...plan] = process.argv.slice(2);
const client = new OpenAI({ baseURL: url, apiKey: "not-needed", maxRetries: 0 });

const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  return sorted.length % 2 ? sorted[Math.floor(half)] : (sorted[half - 1] + sorted[half]) / 2;
};

// One shell for the whole run, fed line by line: its start is not part of any figure.
class Shell {
  #process = spawn(process.env.SLM, [], { stdio: ["pipe", "pipe", "ignore"] });
  #text = "";
  #wake = () => {};

  constructor() {
    this.#process.stdout.setEncoding("utf8").on("data", (piece) => {
      this.#text += piece;
      this.#wake();
    });
    this.#process.on("exit", () => this.#wake(new Error("the shell ended")));
  }

  async benchmark(model, options) {
    this.#text = "";
    this.#process.stdin.write(
      `benchmark run ${model} --prompt "${PROMPT}" ${options} --json - --markdown ${process.env.REPORT}\n`);
    while (true) {
      const failure = await new Promise((resolve) => { this.#wake = resolve; });
      if (failure) throw failure;
      if (!this.#text.endsWith("}\n")) continue;
      const [result] = JSON.parse(this.#text).results;
      assert.equal(result.status, "ok", result.failure);
      return result.samples.map((sample) => figures(sample.seconds, sample.firstTokenSeconds,
        sample.promptTokens, sample.answerTokens));
    }
  }

  close() {
    this.#process.removeAllListeners("exit");
    this.#process.stdin.end("exit\n");
  }
}

function figures(seconds, first, promptTokens, answerTokens) {
  return {
    latency: seconds,
    first: first || NaN,
    answer: first ? (answerTokens - 1) / (seconds - first) : NaN,
    workshop: (promptTokens + answerTokens) / seconds,
  };
}

async function ask(model, tokens, stream) {
  const request = { model, messages: [{ role: "user", content: PROMPT }], temperature: 0, max_tokens: tokens };
  const start = performance.now();
  const since = () => (performance.now() - start) / 1000;
  if (!stream) {
    const { usage } = await client.chat.completions.create(request);
    return figures(since(), 0, usage.prompt_tokens, usage.completion_tokens);
  }
  let first = 0, usage;
  for await (const part of await client.chat.completions.create(
    { ...request, stream: true, stream_options: { include_usage: true } })) {
    if (!first && part.choices[0]?.delta?.content) first = since();
    usage = part.usage ?? usage;
  }
  return figures(since(), first, usage.prompt_tokens, usage.completion_tokens);
}

async function several(answers, action) {
  const all = [];
  for (let i = 0; i < answers; i++) all.push(await action());
  return all;
}

const shell = new Shell();

async function measure(model, tokens, answers, turns) {
  const asked = `--max-tokens ${tokens} --rounds ${answers}`;
  const ways = {
    "client, streamed": () => several(answers, () => ask(model, tokens, true)),
    "benchmark, streamed": () => shell.benchmark(model, `${asked} --warmup 0 --endpoint ${url} --stream`),
    "client, whole": () => several(answers, () => ask(model, tokens, false)),
    "benchmark, whole": () => shell.benchmark(model, `${asked} --warmup 0 --endpoint ${url}`),
    "benchmark in the shell": () => shell.benchmark(model, `${asked} --warmup 1`),
  };
  const seen = Object.fromEntries(Object.keys(ways).map((way) => [way, []]));
  for (const way of Object.values(ways)) await way(); // warms clients, service and shell
  for (let turn = 0; turn < turns; turn++) {
    const order = Object.keys(ways);
    if (turn % 2) order.reverse();
    for (const way of order) seen[way].push(...(await ways[way]()));
  }
  return Object.fromEntries(Object.entries(seen).map(([way, all]) => [way,
    Object.fromEntries(["latency", "first", "answer", "workshop"].map((f) => [f, median(all.map((s) => s[f]))]))]));
}

let worst = 0, missed = 0;
function compare(what, one, other) {
  const apart = one / other - 1;
  const within = Math.abs(apart) <= AIM;
  worst = Math.max(worst, Math.abs(apart));
  missed += within ? 0 : 1;
  console.log(`  ${within ? "ok  " : "MISS"} ${(apart * 100).toFixed(1).padStart(6)} %  ${what}`);
}

function report(model, tokens, all) {
  console.log(`\n${model}, up to ${tokens} tokens: medians`);
  console.log("  way                      latency s   first s  answer/s       TPS");
  for (const [way, f] of Object.entries(all)) {
    const cell = (value, digits) => (Number.isNaN(value) ? "" : value.toFixed(digits)).padStart(10);
    console.log(`  ${way.padEnd(24)}${cell(f.latency, 4)}${cell(f.first, 4)}${cell(f.answer, 1)}${cell(f.workshop, 1)}`);
  }
  for (const how of ["streamed", "whole"]) {
    const [benchmark, node] = [all[`benchmark, ${how}`], all[`client, ${how}`]];
    compare(`benchmark by client, ${how}: latency`, benchmark.latency, node.latency);
    compare(`benchmark by client, ${how}: TPS`, benchmark.workshop, node.workshop);
  }
  compare("benchmark by client, streamed: answer tokens/s",
    all["benchmark, streamed"].answer, all["client, streamed"].answer);
  const own = all["benchmark in the shell"];
  compare("service by shell, streamed: answer tokens/s", all["benchmark, streamed"].answer, own.answer);
  compare("service by shell, streamed: TPS", all["benchmark, streamed"].workshop, own.workshop);
  compare("service by shell, whole: TPS", all["benchmark, whole"].workshop, own.workshop);
}

console.log(`medians of turns in alternating order, load average ${loadavg()[0].toFixed(2)} at the begin; above 0.5 other work falsifies the figures`);
for (let i = 0; i < plan.length; i += 4) {
  const [model, ...numbers] = plan.slice(i, i + 4);
  const [tokens, answers, turns] = numbers.map(Number);
  report(model, tokens, await measure(model, tokens, answers, turns));
}
shell.close();
console.log(`\n${missed} comparisons are further apart than ${AIM * 100} %, the worst ${(worst * 100).toFixed(1)} %`);
process.exitCode = process.env.STRICT && missed ? 1 : 0;
