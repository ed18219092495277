#!/usr/bin/env node
/* ONNX Runtime as a peer: the protocol of torch_peer.py, with
 *   {"cmd":"load","file":"N.onnx","shape":[1,1,64,96,96],"threads":2,"input":"IN.npy"}
 * The input is the graph's first; "more":[{"shape":[2,1,1,9],"input":"W.npy"}]
 * are those behind it. The output is its first, or {"cmd":"output","index":1}. */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import readline from 'node:readline';

const require = createRequire(new URL('../peers/package.json', import.meta.url));

function runtime() {
  try {
    return require('onnxruntime-node');
  } catch (error) {
    console.log(JSON.stringify({ ok: false, missing: String(error.message).split('\n')[0] }));
    process.exit(0);
  }
}

const ort = runtime();
const state = { session: null, feeds: null, results: null };

/* The values of an .npy of f32 in C order. */
function readNpy(file) {
  const bytes = fs.readFileSync(file);
  const wide = bytes[6] > 1;
  const start = wide ? 12 + bytes.readUInt32LE(8) : 10 + bytes.readUInt16LE(8);
  const header = bytes.toString('latin1', wide ? 12 : 10, start);
  if (!/'<f4'/.test(header) || !/'fortran_order': False/.test(header)) {
    throw new Error(`${file}: not f32 in C order`);
  }
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset + start, bytes.byteOffset + bytes.length));
}

function writeNpy(file, dims, values) {
  const shape = dims.join(', ') + (dims.length === 1 ? ',' : '');
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape}), }`;
  const header = text.padEnd(Math.ceil((text.length + 11) / 64) * 64 - 11) + '\n';
  const head = Buffer.from('\x93NUMPY\x01\x00\x00\x00', 'latin1');
  head.writeUInt16LE(header.length, 8);
  const data = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  fs.writeFileSync(file, Buffer.concat([head, Buffer.from(header, 'latin1'), data]));
}

/* Any values do for timing; these need no other library. */
function someValues(count) {
  return Float32Array.from({ length: count }, (_, i) => Math.sin(i * 12.9898) * 1.5);
}

function tensor({ shape, input }) {
  const count = shape.reduce((product, size) => product * size, 1);
  return new ort.Tensor('float32', input ? readNpy(input) : someValues(count), shape);
}

function peakRssMib() {
  const line = fs.readFileSync('/proc/self/status', 'utf8').match(/^VmHWM:\s+(\d+)/m);
  return line ? Number(line[1]) / 1024 : null;
}

async function runOnce() {
  state.results = await state.session.run(state.feeds);
}

async function load(ask) {
  state.session = await ort.InferenceSession.create(ask.file, {
    intraOpNumThreads: ask.threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
  });
  state.feeds = {};
  for (const [i, one] of [ask, ...(ask.more ?? [])].entries()) {
    state.feeds[state.session.inputNames[i]] = tensor(one);
  }
  await runOnce();
  return { ok: true, version: ort.env.versions?.node ?? null };
}

async function run() {
  const start = process.hrtime.bigint();
  await runOnce();
  return { s: Number(process.hrtime.bigint() - start) / 1e9 };
}

function write(ask) {
  const output = state.results[state.session.outputNames[ask.index ?? 0]];
  writeNpy(ask.file, output.dims, output.data);
  return { ok: true };
}

const answers = { load, run, output: write, rss: () => ({ rss_mib: peakRssMib() }) };

for await (const line of readline.createInterface({ input: process.stdin })) {
  const ask = JSON.parse(line);
  if (ask.cmd === 'quit') break;
  let answer;
  try {
    answer = await answers[ask.cmd](ask);
  } catch (error) {
    answer = { ok: false, error: String(error.message ?? error) };
  }
  process.stdout.write(JSON.stringify(answer) + '\n');
}
process.exit(0);
