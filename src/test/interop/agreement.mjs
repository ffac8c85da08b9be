// Asks the same model the same prompt in two ways, in turns: this client and `benchmark run --endpoint`,
// each whole and streamed. Says how far the figures are apart; arguments: URL, then MODEL
// TOKENS ANSWERS TURNS BROKEN for each model. Each turn asks in all ways and gives ratios of its own,
// the median of the turns' ratios counts: a busy moment hits all ways of its turn alike. Where a ratio
// is beyond the aim, further turns follow, up to three times as many or two minutes; all of them count.
// BROKEN is how many times as much no noise makes of a figure (0: never judged): the status is 1 beyond it.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { loadavg } from "node:os";
import OpenAI from "openai";

const AIM = 0.05;
const MOST_TURNS = 3; // times as many turns as asked for
const MOST_MILLIS = 120_000; // until no further turn begins
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

const COMPARED = [
  ...["streamed", "whole"].flatMap((how) => [
    [`benchmark, ${how}`, `client, ${how}`, "latency"],
    [`benchmark, ${how}`, `client, ${how}`, "workshop"],
  ]),
  ["benchmark, streamed", "client, streamed", "answer"],
];

const figure = (samples, name) => median(samples.map((sample) => sample[name]));
const apart = (turns, [one, other, name]) =>
  median(turns.map((turn) => figure(turn[one], name) / figure(turn[other], name))) - 1;

async function measure(model, tokens, answers, turns) {
  const asked = `--max-tokens ${tokens} --rounds ${answers}`;
  const ways = {
    "client, streamed": () => several(answers, () => ask(model, tokens, true)),
    "benchmark, streamed": () => shell.benchmark(model, `${asked} --warmup 0 --endpoint ${url} --stream`),
    "client, whole": () => several(answers, () => ask(model, tokens, false)),
    "benchmark, whole": () => shell.benchmark(model, `${asked} --warmup 0 --endpoint ${url}`),
  };
  for (const way of Object.values(ways)) await way(); // warms clients, service and shell
  const seen = [];
  const end = performance.now() + MOST_MILLIS;
  const mayGoOn = () => seen.length < MOST_TURNS * turns && performance.now() < end;
  const isEnough = () => COMPARED.every((it) => Math.abs(apart(seen, it)) <= AIM);
  while (seen.length < turns || (!isEnough() && mayGoOn())) {
    const order = Object.keys(ways);
    if (seen.length % 2) order.reverse();
    const turn = {};
    for (const way of order) turn[way] = await ways[way]();
    seen.push(turn);
  }
  return seen;
}

let worst = 0, missed = 0, broken = 0;

function report(model, tokens, turns, limit) {
  console.log(`\n${model}, up to ${tokens} tokens: medians of ${turns.length} turns`);
  console.log("  way                      latency s   first s  answer/s       TPS");
  for (const way of Object.keys(turns[0])) {
    const all = turns.flatMap((turn) => turn[way]);
    const cell = (name, digits) => {
      const value = figure(all, name);
      return (Number.isNaN(value) ? "" : value.toFixed(digits)).padStart(10);
    };
    console.log(`  ${way.padEnd(24)}${cell("latency", 4)}${cell("first", 4)}${cell("answer", 1)}${cell("workshop", 1)}`);
  }
  for (const compared of COMPARED) {
    const [one, other, name] = compared;
    const share = apart(turns, compared);
    const times = Math.max(1 + share, 1 / (1 + share));
    const isBroken = !(times <= (limit || Infinity)); // a figure that is missing is broken, too
    const verdict = isBroken ? "BROKEN" : Math.abs(share) <= AIM ? "ok    " : "MISS  ";
    worst = Math.max(worst, Math.abs(share));
    missed += verdict === "MISS  " ? 1 : 0;
    broken += isBroken ? 1 : 0;
    console.log(`  ${verdict} ${(share * 100).toFixed(1).padStart(6)} %  ${one} by ${other}: ${name}`);
  }
}

console.log(`load average ${loadavg()[0].toFixed(2)} at the begin; above 0.5 other work blurs the figures`);
for (let i = 0; i < plan.length; i += 5) {
  const [model, ...numbers] = plan.slice(i, i + 5);
  const [tokens, answers, turns, limit] = numbers.map(Number);
  report(model, tokens, await measure(model, tokens, answers, turns), limit);
}
shell.close();
console.log(`\n${missed + broken} comparisons are further apart than ${AIM * 100} %, the worst ${(worst * 100).toFixed(1)} %`);
if (broken) console.log(`${broken} are further apart than noise explains`);
process.exitCode = broken || (process.env.STRICT && missed) ? 1 : 0;
