// What people do with the two clients, step by step; each step checks what they would see.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { FoundryLocalManager } from "foundry-local-sdk";
import OpenAI from "openai";

let steps = 0;
async function step(name, action) {
  const start = performance.now();
  try {
    const result = await action();
    steps++;
    console.log(`ok   ${name} (${Math.round(performance.now() - start)} ms)`);
    return result;
  } catch (failure) {
    console.log(`FAIL ${name}`);
    throw failure;
  }
}

const manager = new FoundryLocalManager();
const question = [{ role: "user", content: "What is quantization?" }];

await step("foundry-local-sdk sees that the service is not running", async () =>
  assert.equal(await manager.isServiceRunning(), false));
await step("foundry-local-sdk starts the service", () => manager.startService());
await step("foundry-local-sdk finds the service", async () =>
  assert.equal(await manager.isServiceRunning(), true));
const catalog = await step("foundry-local-sdk lists the catalog", async () => {
  const list = await manager.listCatalogModels();
  assert.ok(list.length > 10 && list.every((model) => model.id && model.alias && model.version));
  return list;
});
await step("foundry-local-sdk sees an empty cache", async () =>
  assert.deepEqual(await manager.listCachedModels(), []));
await step("foundry-local-sdk says that a model has to be downloaded first", () =>
  assert.rejects(manager.loadModel("slm-demo"), /has not been downloaded yet/));
const model = await step("foundry-local-sdk downloads slm-demo", async () => {
  const progress = [];
  const info = await manager.downloadModel("slm-demo", undefined, undefined, false, (p) => progress.push(p));
  assert.ok(catalog.some((entry) => entry.id === info.id));
  return info;
});
await step("foundry-local-sdk finds it in the cache", async () =>
  assert.deepEqual((await manager.listCachedModels()).map((m) => m.id), [model.id]));
await step("foundry-local-sdk downloads it again at once", async () => {
  const progress = [];
  await manager.downloadModel("slm-demo", undefined, undefined, false, (p) => progress.push(p));
  assert.deepEqual(progress, [100]);
});
await step("foundry-local-sdk loads it", () => manager.loadModel("slm-demo"));
await step("foundry-local-sdk sees it loaded", async () =>
  assert.deepEqual((await manager.listLoadedModels()).map((m) => m.id), [model.id]));
await step("foundry-local-sdk tells the cache's place", async () =>
  assert.ok((await manager.getCacheLocation()).startsWith(process.env.SLM_HOME)));

const client = new OpenAI({ baseURL: manager.endpoint, apiKey: manager.apiKey, maxRetries: 0 });

await step("openai lists the models", async () => {
  const models = [];
  for await (const entry of client.models.list()) models.push(entry.id);
  assert.equal(models.length, 1);
  assert.equal((await client.models.retrieve(models[0])).id, models[0]);
});
const whole = await step("openai chats", async () => {
  const answer = await client.chat.completions.create({ model: model.id, messages: question, temperature: 0, seed: 7 });
  assert.equal(answer.choices[0].finish_reason, "stop");
  assert.ok(answer.choices[0].message.content.length > 20);
  assert.equal(answer.usage.total_tokens, answer.usage.prompt_tokens + answer.usage.completion_tokens);
  return answer;
});
await step("openai streams the same answer", async () => {
  const stream = await client.chat.completions.create({
    model: model.id, messages: question, temperature: 0, stream: true, stream_options: { include_usage: true },
  });
  let text = "", usage, reason;
  for await (const part of stream) {
    text += part.choices[0]?.delta?.content ?? "";
    reason = part.choices[0]?.finish_reason ?? reason;
    usage = part.usage ?? usage;
  }
  assert.equal(text, whole.choices[0].message.content);
  assert.equal(reason, "stop");
  assert.deepEqual(usage.completion_tokens, whole.usage.completion_tokens);
});
await step("openai's stream helper understands the parts", async () => {
  const runner = client.chat.completions.stream({ model: model.id, messages: question, temperature: 0 });
  assert.equal(await runner.finalContent(), whole.choices[0].message.content);
});
await step("openai gets the reason 'length'", async () => {
  const answer = await client.chat.completions.create({ model: model.id, messages: question, max_completion_tokens: 3 });
  assert.equal(answer.choices[0].finish_reason, "length");
  assert.equal(answer.usage.completion_tokens, 3);
});
await step("openai stops at a stop string", async () => {
  const answer = await client.chat.completions.create({ model: model.id, messages: question, temperature: 0, stop: ["weights"] });
  assert.ok(!answer.choices[0].message.content.includes("weights"));
  assert.equal(answer.choices[0].finish_reason, "stop");
});
await step("openai gets probabilities", async () => {
  const answer = await client.chat.completions.create({
    model: model.id, messages: question, temperature: 0, max_tokens: 4, logprobs: true, top_logprobs: 3,
  });
  const tokens = answer.choices[0].logprobs.content;
  assert.equal(tokens.length, 4);
  assert.ok(tokens.every((t) => t.logprob <= 0 && t.top_logprobs.length === 3));
});
await step("openai repeats an answer with the same seed", async () => {
  const ask = () => client.chat.completions.create({ model: model.id, messages: question, temperature: 1, seed: 11 });
  const [first, second] = [await ask(), await ask()];
  assert.equal(first.choices[0].message.content, second.choices[0].message.content);
});
await step("openai continues a text", async () => {
  const answer = await client.completions.create({ model: model.id, prompt: "Quantization", max_tokens: 5, temperature: 0 });
  assert.equal(answer.object, "text_completion");
  assert.ok(answer.usage.completion_tokens <= 5);
  assert.equal(typeof answer.choices[0].text, "string");
});
await step("openai may label its requests", async () => {
  const answer = await client.chat.completions.create({
    model: model.id, messages: question, temperature: 0, store: false, metadata: { team: "docs" }, user: "ada", n: 1,
    service_tier: "auto", parallel_tool_calls: false, response_format: { type: "text" }, tools: [], tool_choice: "auto",
  });
  assert.equal(answer.choices[0].message.content, whole.choices[0].message.content);
});
await step("openai sends an answer back with the next question", async () => {
  const answer = await client.chat.completions.create({
    model: model.id, max_tokens: 4, messages: [...question, whole.choices[0].message, { role: "user", content: "Why?" }],
  });
  assert.ok(answer.usage.prompt_tokens > whole.usage.total_tokens);
});
await step("openai learns that nothing is stored", () =>
  assert.rejects(client.chat.completions.create({ model: model.id, messages: question, store: true }),
    (e) => e instanceof OpenAI.BadRequestError && e.param === "store"));
await step("openai learns which option is not supported", () =>
  assert.rejects(client.chat.completions.create({ model: model.id, messages: question, n: 2 }),
    (e) => e instanceof OpenAI.BadRequestError && e.param === "n"));
await step("openai learns that a model is unknown", () =>
  assert.rejects(client.chat.completions.create({ model: "slm-dmeo", messages: question }),
    (e) => e instanceof OpenAI.NotFoundError && e.code === "model_not_found" && /slm-demo/.test(e.message)));
await step("openai leaves a stream and the next question is answered", async () => {
  const stream = await client.chat.completions.create({ model: model.id, messages: question, stream: true });
  for await (const _ of stream) break;
  const answer = await client.chat.completions.create({ model: model.id, messages: question, max_tokens: 1 });
  assert.equal(answer.usage.completion_tokens, 1);
});
await step("openai asks eight questions at once", async () => {
  const answers = await Promise.all(Array.from({ length: 8 }, () =>
    client.chat.completions.create({ model: model.id, messages: question, temperature: 0 })));
  assert.ok(answers.every((a) => a.choices[0].message.content === whole.choices[0].message.content));
});

await step("foundry-local-sdk unloads the model", async () => {
  await manager.unloadModel("slm-demo", undefined, true);
  assert.deepEqual(await manager.listLoadedModels(), []);
});
await step("openai's next question loads it again", async () => {
  const answer = await client.chat.completions.create({ model: "slm-demo", messages: question, temperature: 0 });
  assert.equal(answer.choices[0].message.content, whole.choices[0].message.content);
});
await step("the foundry program stops the service", async () => {
  assert.match(execFileSync("foundry", ["service", "stop"], { encoding: "utf8" }), /Service is stopped/);
  assert.equal(await manager.isServiceRunning(), false);
});
console.log(`${steps} steps of real clients passed`);
