// clients.mjs PROGRAM LARGE PLAIN SEARCH MEMORY: real clients ask a program: both SDKs in each era, and the inspector's
// command line. They list and call every tool: data that fits tests/schemas/NAME.json, or the
// documented error. LARGE, the same program built without sanitizers, runs as "many": 1,000 functions
// and 64 threads. PLAIN is it without HOTPATH_ALLOC. SEARCH is examples/03_server.c, which nobody wrote
// for these tests, MEMORY is examples/05_memory.c, whose faults the tools find.
import { Client as LegacyClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as LegacyTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import Ajv2020 from 'ajv/dist/2020.js';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { check, counts, finish, here, inParallel, report, root, serve, sleep } from './lib.mjs';

const [program, large, plainProgram, search, memory] = process.argv.slice(2);
const TOKEN = 'Tr0ub4dor-and-3';
const MODERN = '2026-07-28';
const ME = { name: 'tests', version: '1' };
const KB = 1024;
const DEFAULT_BYTES = 8 * KB;
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

// ---- schemas ------------------------------------------------------------------------------------

const schemas = path.join(root, 'tests/schemas');
const ajv = new Ajv2020({
  strict: true,
  strictRequired: false,
  allErrors: true,
  allowUnionTypes: true,
  multipleOfPrecision: 6,
});
for (const file of fs.readdirSync(schemas).sort()) {
  ajv.addSchema(JSON.parse(fs.readFileSync(path.join(schemas, file), 'utf8')));
}
// What does not fit the schema of a tool, or one form of it.
function misfits(tool, form, value) {
  const validate = ajv.getSchema(`${tool}.json${form ? `#/$defs/${form}` : ''}`);
  if (!validate) return [`there is no tests/schemas/${tool}.json with ${form}`];
  if (validate(value)) return [];
  return validate.errors
    .slice(0, 4)
    .map(
      (e) =>
        `${[tool, form].filter(Boolean)}: ${e.instancePath} ${e.message} ${JSON.stringify(e.params)}`,
    );
}

// Keys that stand twice in one object of a JSON text; JSON.parse keeps the last one and is silent.
function twice(text) {
  const found = [];
  const open = [];
  let key = null;
  for (const [token, string] of text.matchAll(/("(?:[^"\\]|\\.)*")\s*:?|[{}[\]]/gs)) {
    if (token === '{' || token === '[') open.push(new Set());
    else if (token === '}' || token === ']') open.pop();
    else if (token.endsWith(':') && string) {
      key = JSON.parse(string);
      if (open.at(-1).has(key)) found.push(`the key ${key} stands twice`);
      open.at(-1).add(key);
    }
  }
  return found;
}

// ---- clients ------------------------------------------------------------------------------------

// Each connects to a server: {list(), call(tool, arguments), instructions, version, close()}.
const headersOf = (server) => (server.token ? { Authorization: `Bearer ${server.token}` } : {});
const transportOf = (Transport, server) =>
  new Transport(new URL(server.url), { requestInit: { headers: headersOf(server) } });

const clients = {
  'SDK 1.x': async (server) => {
    const client = new LegacyClient(ME);
    const transport = transportOf(LegacyTransport, server);
    await client.connect(transport);
    return adapter(client, {
      version: transport.protocolVersion,
      instructions: client.getInstructions(),
    });
  },
  'client 2.x legacy': (server) => modernClient(server, 'legacy'),
  'client 2.x auto': (server) => modernClient(server, 'auto'),
  'client 2.x pinned': (server) => modernClient(server, { pin: MODERN }),
};
async function modernClient(server, mode) {
  const client = new Client(ME, { versionNegotiation: { mode } });
  await client.connect(transportOf(StreamableHTTPClientTransport, server));
  return adapter(client, {
    version: client.getNegotiatedProtocolVersion(),
    instructions: client.getInstructions(),
  });
}
const versions = {
  'SDK 1.x': '2025-11-25',
  'client 2.x legacy': '2025-11-25',
  'client 2.x auto': MODERN,
  'client 2.x pinned': MODERN,
};
const adapter = (client, more) => ({
  ...more,
  server: client.getServerVersion(),
  capabilities: client.getServerCapabilities(),
  list: async () => (await client.listTools()).tools,
  call: (name, args) => client.callTool({ name, arguments: args }),
  close: () => client.close(),
});

// A request without any client. Returns: {result or error, bytes}.
async function raw(server, method, params = {}, era = 'legacy') {
  const headers = { ...headersOf(server), 'Content-Type': 'application/json' };
  if (era === 'modern') {
    Object.assign(headers, { 'MCP-Protocol-Version': MODERN, 'Mcp-Method': method });
    if (params.name) headers['Mcp-Name'] = params.name;
    const meta = {
      'io.modelcontextprotocol/protocolVersion': MODERN,
      'io.modelcontextprotocol/clientCapabilities': {},
    };
    params = { ...params, _meta: meta };
  }
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
  const reply = await fetch(server.url, { method: 'POST', headers, body });
  const text = await reply.text();
  return { ...JSON.parse(text), text, bytes: Buffer.byteLength(text) };
}

// ---- what is called -----------------------------------------------------------------------------

// [tool, arguments, form of the answer] or, for what is refused, [tool, arguments, /what is said/].
// A value that is a function is asked with what the program has: {name, id, thread, gauge, ...}.
const limits = {
  bottlenecks: 50,
  function_timing_logs: 1000,
  function_alloc_logs: 1000,
  sql_logs: 1000,
  http_logs: 1000,
  stream_logs: 1000,
  server_logs: 1000,
  future_logs: 1000,
  gauge_logs: 1000,
  dbg_logs: 1000,
  val_logs: 1000,
};
const detailed = { response_format: 'detailed' };
const calls = [
  ['bottlenecks', {}, null],
  ['bottlenecks', { limit: 2 }, null],
  ['bottlenecks', { since: '1s', limit: 50 }, null],
  ['frames', {}, 'concise'],
  ['frames', { limit: 1, filter: 'l*' }, 'concise'],
  ['frames', { ...detailed, limit: 200 }, 'detailed'],
  ['frames', { since: '1s' }, 'concise'],
  ['frames', { view: 'plots' }, 'plots'],
  ['frames', { view: 'plots', ...detailed, limit: 200 }, 'plots'],
  ['frames', { view: 'phases' }, 'phases'],
  ['frames', { view: 'phases', ...detailed, since: '1s' }, 'phases'],
  ['frames', { view: 'worst' }, /view must be one of/],
  ['frames', { filter: 'none' }, /nothing is called "none"/],
  ...['mutexes', 'rw_locks'].flatMap((tool) => [
    [tool, {}, 'concise'],
    [tool, { limit: 200 }, 'concise'],
    [tool, { ...detailed, limit: 200 }, 'detailed'],
    [tool, { since: '1s' }, 'concise'],
    [tool, { since: '1s', ...detailed }, 'detailed'],
    [tool, { filter: 'a *' }, 'concise'],
    ...['wait', 'hold', 'count', 'contended', 'max'].map((sort) => [tool, { sort, limit: 3 }, 'concise']),
    [tool, { sort: 'x' }, /sort must be one of: wait, hold, count, contended, max/],
    [tool, { filter: 'none' }, /nothing is called "none"/],
  ]),
  ['io', {}, 'concise'],
  ['io', { ...detailed, limit: 200 }, 'detailed'],
  ...['total', 'count', 'bytes', 'avg', 'p99', 'max', 'errors', 'throughput', 'blocking'].map((sort) => [
    'io',
    { sort, limit: 3 },
    'concise',
  ]),
  ['io', { since: '1s', filter: '*(read)' }, 'concise'],
  ['io', { since: 'start', thread: (p) => p.thread }, 'concise'],
  ['io', { filter: 'none' }, /nothing is called "none"/],
  ['futures', {}, 'concise'],
  ...['total', 'calls', 'polls', 'pending', 'oldest', 'wait', 'max', 'life'].map((sort) => [
    'futures',
    { sort, limit: 3 },
    'concise',
  ]),
  ['futures', { ...detailed, limit: 200 }, 'detailed'],
  ['futures', { since: '1s', filter: 'j*' }, 'concise'],
  ['futures', { filter: 'none' }, /nothing is called "none"/],
  ['future_logs', { future_name: 'job' }, 'concise'],
  ['future_logs', { future_name: 'job', limit: 1000, ...detailed }, 'detailed'],
  ['future_logs', { future_name: 'job', order: 'slowest', limit: 3 }, 'concise'],
  ['future_logs', {}, /future_logs needs future_name or future_id/],
  ['tokio_runtime', {}, 'concise'],
  ['tokio_runtime', { ...detailed, limit: 5 }, 'detailed'],
  ['tokio_runtime', { since: '1s', filter: 'pool' }, 'concise'],
  ['tokio_runtime', { filter: 'none' }, /nothing is called "none"/],
  ['functions_timing', {}, 'concise'],
  ['functions_timing', { limit: 1 }, 'concise'],
  ['functions_timing', { limit: 200 }, 'concise'],
  ['functions_timing', { limit: '3' }, 'concise', { loose: true }],
  ['functions_timing', detailed, 'detailed'],
  ['functions_timing', { ...detailed, limit: 200 }, 'detailed'],
  ...['self', 'total', 'calls', 'avg', 'p95', 'p99', 'max', 'errors', 'spread', 'alloc'].map((sort) => [
    'functions_timing',
    { sort, limit: 5 },
    'concise',
  ]),
  ['functions_timing', { since: '500ms' }, 'concise'],
  ['functions_timing', { since: '1h', ...detailed }, 'detailed'],
  ['functions_timing', { since: 'start' }, 'concise'],
  ['functions_timing', { since: (p) => p.since }, 'concise'],
  ['functions_timing', { filter: '*', limit: 2 }, 'concise'],
  ['functions_timing', { filter: 'nothing*' }, 'concise'],
  ['functions_timing', { filter: (p) => [p.name, '[a-c]*'] }, 'concise'],
  ['functions_timing', { thread: (p) => p.thread }, 'concise'],
  ['functions_timing', { thread: (p) => String(p.thread), ...detailed }, 'detailed'],
  ['functions_timing', { cursor: null, limit: null }, 'concise', { loose: true }],
  ['functions_timing', { limit: 0 }, /limit must be a whole number from 1 to 200/],
  ['functions_timing', { limit: 201 }, /limit must be a whole number from 1 to 200/],
  ['functions_timing', { limit: 1.5 }, /limit must be a whole number/],
  ['functions_timing', { limit: 'many' }, /limit must be a whole number/],
  ['functions_timing', { limit: [1] }, /limit must be a whole number/],
  [
    'functions_timing',
    { sort: 'name' },
    /sort must be one of: self, total, calls, avg, p95, p99, max, errors, spread, alloc/,
  ],
  [
    'functions_timing',
    { response_format: 'full' },
    /response_format must be one of: concise, detailed/,
  ],
  [
    'functions_timing',
    { since: 'yesterday' },
    /since must be start, an age such as 500ms, 10s, 5m or 1h/,
  ],
  ['functions_timing', { since: 't00000000-1' }, /since is a token of another program/],
  ['functions_timing', { since: '-5s' }, /since must be/],
  ['functions_timing', { since: 10 }, /since must be start, an age such as 500ms, 10s, 5m or 1h/],
  ['functions_timing', { thread: 999999 }, /no live thread has the id 999999/],
  ['functions_timing', { thread: 'nobody' }, /no live thread is called "nobody"; nearest: "/],
  ['functions_timing', { filter: 5 }, /filter must be a string, .* or an array of at most 50/],
  ['functions_timing', { filter: ['main', 5] }, /filter must be a string, .* or an array/],
  ['functions_timing', { filter: 'look_uq' }, /nothing is called "look_uq"; nearest: "/],
  ['functions_timing', { cursor: 'abc' }, /cursor is not one that this program gave/],
  [
    'functions_timing',
    { nonsense: 1 },
    /functions_timing has no argument "nonsense"; it takes: limit, cursor, filter, sort/,
  ],
  ['functions_timing', { '</script>\u001b`': 1 }, /has no argument "<\/script>\?\?"; it takes/],
  ['function_timing_logs', { function_name: (p) => p.name }, 'concise'],
  ['function_timing_logs', { function_id: (p) => p.id, limit: 1 }, 'concise'],
  ['function_timing_logs', { function_id: (p) => p.id, limit: 1000, ...detailed }, 'detailed'],
  ['function_timing_logs', { function_name: (p) => p.name, order: 'slowest' }, 'concise'],
  [
    'function_timing_logs',
    { function_name: (p) => p.name, order: 'slowest', limit: 3, ...detailed },
    'detailed',
  ],
  ['function_timing_logs', {}, /function_timing_logs needs function_name or function_id/],
  ['function_timing_logs', { function_name: 'nobody' }, /nothing is called "nobody"; nearest: "/],
  ['function_timing_logs', { function_id: 4000000 }, /nothing has the function_id 4000000/],
  ['function_timing_logs', { function_id: -1 }, /function_id must be a whole number/],
  [
    'function_timing_logs',
    { function_name: (p) => p.name, order: 'fastest' },
    /order must be one of: recent, slowest/,
  ],
  ['functions_alloc', {}, 'concise'],
  ['functions_alloc', { limit: 1 }, 'concise'],
  ['functions_alloc', detailed, 'detailed'],
  ['functions_alloc', { ...detailed, limit: 200 }, 'detailed'],
  ...['bytes', 'count', 'total', 'per_call', 'live', 'live_count', 'peak', 'frees'].map((sort) => [
    'functions_alloc',
    { sort, limit: 5 },
    'concise',
  ]),
  ['functions_alloc', { since: '1s' }, 'concise'],
  ['functions_alloc', { since: (p) => p.since, ...detailed }, 'detailed'],
  ['functions_alloc', { filter: '*', limit: 2 }, 'concise'],
  ['functions_alloc', { filter: (p) => [p.name, 'c*'] }, 'concise'],
  ['functions_alloc', { thread: (p) => p.thread }, 'concise'],
  [
    'functions_alloc',
    { sort: 'self' },
    /sort must be one of: bytes, count, total, per_call, live, live_count, peak, frees/,
  ],
  ['functions_alloc', { filter: 'nobody' }, /nothing is called "nobody"; nearest: "/],
  ['functions_alloc', { limit: 201 }, /limit must be a whole number from 1 to 200/],
  ['functions_alloc', { cursor: 'abc' }, /cursor is not one that this program gave/],
  [
    'functions_alloc',
    { view: 'usage' },
    /functions_alloc has no argument "view"; it takes: limit, cursor, filter, sort/,
  ],
  ['function_alloc_logs', { function_name: (p) => p.name }, 'concise'],
  ['function_alloc_logs', { function_id: (p) => p.id, limit: 1 }, 'concise'],
  ['function_alloc_logs', { function_id: (p) => p.id, limit: 1000, ...detailed }, 'detailed'],
  ['function_alloc_logs', {}, /function_alloc_logs needs function_name or function_id/],
  ['function_alloc_logs', { function_name: 'nobody' }, /nothing is called "nobody"; nearest: "/],
  ['function_alloc_logs', { function_id: 4000000 }, /nothing has the function_id 4000000/],
  ['function_alloc_logs', { order: 'slowest' }, /function_alloc_logs has no argument "order"/],
  ['heap', {}, 'usage'],
  ['heap', { view: 'usage', limit: 1 }, 'usage'],
  ['heap', { view: 'sites' }, 'sites'],
  ['heap', { view: 'sites', limit: 2 }, 'sites'],
  ['heap', { view: 'sites', filter: '*' }, 'sites'],
  ['heap', { view: 'diff', base: 'start' }, 'diff'],
  ['heap', { view: 'diff', base: 'start', filter: '*', limit: 3 }, 'diff'],
  ['heap', { view: 'diff', since: '1s' }, 'diff'],
  ['heap', { view: 'diff' }, 'diff'],
  ['heap', { view: 'leaks' }, 'leaks'],
  ['heap', { view: 'leaks', limit: 1, filter: '*' }, 'leaks'],
  ['heap', { view: 'sizes' }, 'sizes', { loose: true }],
  ['heap', { view: 'sizes', limit: 2 }, 'sizes', { loose: true }],
  ['heap', { view: 'sizes', filter: 'c*' }, 'sizes', { loose: true }],
  ['heap', { view: 'all' }, /view must be one of: usage, sites, diff, leaks, sizes/],
  ['heap', { base: 'start' }, /base goes with view diff/],
  ['heap', { view: 'diff', base: 'strat' }, /no heap snapshot is called "strat"; nearest: "start"/],
  [
    'heap',
    { view: 'diff', base: 'start', since: '1s' },
    /view diff takes base, a heap snapshot, or since, not both/,
  ],
  ['heap', { view: 'sites', filter: 'nobody' }, /nothing is called "nobody"; nearest: "/],
  ['heap', { view: 'leaks', limit: 0 }, /limit must be a whole number from 1 to 200/],
  ['query_flamegraph', {}, 'summary'],
  ['query_flamegraph', { limit: 1 }, 'summary'],
  ['query_flamegraph', { limit: 200, min_percent: 0 }, 'summary'],
  ['query_flamegraph', { view: 'self', limit: 5 }, 'top_functions'],
  ['query_flamegraph', { view: 'total', limit: 5 }, 'top_functions'],
  ['query_flamegraph', { view: 'tree', min_percent: 5 }, 'tree'],
  ['query_flamegraph', { view: 'callers', root: (p) => p.name }, 'callers'],
  ['query_flamegraph', { root: (p) => p.name, since: '1s' }, 'summary'],
  ['query_flamegraph', { source: 'time', format: 'json' }, 'summary'],
  ['query_flamegraph', { thread: (p) => p.thread }, 'summary'],
  ['query_flamegraph', { format: 'markdown' }, 'markdown'],
  [
    'query_flamegraph',
    { format: 'markdown', view: 'tree', limit: 200, min_percent: 0 },
    'markdown',
  ],
  ['query_flamegraph', { source: 'offcpu' }, 'summary'],
  ['query_flamegraph', { source: 'offcpu', view: 'self', limit: 3 }, 'top_functions'],
  ['query_flamegraph', { source: 'offcpu', view: 'tree', since: '1s' }, 'tree'],
  ['query_flamegraph', { source: 'offcpu', view: 'callers', root: 'a mutex*' }, 'callers'],
  ['query_flamegraph', { source: 'alloc' }, 'alloc_summary'],
  ['query_flamegraph', { source: 'alloc', view: 'self', limit: 3 }, 'alloc_top_functions'],
  ['query_flamegraph', { source: 'alloc', view: 'total' }, 'alloc_top_functions'],
  ['query_flamegraph', { source: 'alloc', view: 'tree', since: '1s' }, 'alloc_tree'],
  ['query_flamegraph', { source: 'alloc', view: 'callers', root: 'c*' }, 'alloc_callers'],
  ['query_flamegraph', { source: 'alloc', format: 'markdown' }, 'markdown'],
  ['query_flamegraph', { view: 'callers' }, /view callers needs root/],
  [
    'query_flamegraph',
    { view: 'flat' },
    /view must be one of: summary, self, total, tree, callers/,
  ],
  ['query_flamegraph', { root: 'nobody' }, /nothing is called "nobody"; nearest: "/],
  ['query_flamegraph', { min_percent: 101 }, /min_percent must be a number from 0 to 100/],
  ['query_flamegraph', { min_percent: 'x' }, /min_percent must be a number/],
  ['query_flamegraph', { format: 'svg' }, /format must be one of: json, markdown/],
  ['query_flamegraph', { source: 'cpu' }, /source must be one of: time, alloc/],
  ['changes', { since: '1s' }, null],
  ['changes', { since: '1s', limit: 2 }, null],
  ['changes', { since: '1s', filter: '*' }, null],
  ['changes', { limit: 201 }, /limit must be a whole number from 1 to 200/],
  ['changes', { since: 'soon' }, /since must be/],
  ['threads', {}, 'concise'],
  ['threads', { sort: 'calls', limit: 1 }, 'concise'],
  ['threads', { sort: 'current', limit: 200 }, 'concise'],
  ['threads', detailed, 'detailed'],
  ['threads', { ...detailed, limit: 200, since: '1s' }, 'detailed'],
  ['threads', { sort: 'memory' }, 'concise'],
  ['threads', { sort: 'growth', since: '1s' }, 'concise'],
  ['threads', { sort: 'name' }, /sort must be one of: busy, calls, current, memory, growth/],
  ['channels', {}, 'concise'],
  ['channels', detailed, 'detailed'],
  ['channels', { ...detailed, limit: 200, since: '1s' }, 'detailed'],
  ...['pressure', 'throughput', 'depth', 'delay', 'wait'].map((sort) => ['channels', { sort, limit: 2 }, 'concise']),
  ['channels', { filter: 'que*' }, 'concise'],
  ['channels', { sort: 'name' }, /sort must be one of: pressure, throughput, depth, delay, wait/],
  ['channels', { filter: 'nobody' }, /nothing is called "nobody"; nearest: "/],
  ['channel_logs', { channel_name: (p) => p.channel.label }, null],
  ['channel_logs', { channel_name: (p) => p.channel.label, order: 'slowest', limit: 3 }, null],
  ['channel_logs', { channel_id: (p) => p.channel.id, limit: 1000 }, null],
  ['channel_logs', {}, /channel_logs needs channel_name or channel_id/],
  ['channel_logs', { channel_name: 'nobody' }, /nothing is called "nobody"; nearest: "/],
  ['channel_logs', { channel_id: 4000000 }, /nothing has the channel_id 4000000/],
  ['streams', {}, 'concise'],
  ['streams', { ...detailed, limit: 200 }, 'detailed'],
  ['streams', { since: '1s', limit: 1 }, 'concise'],
  ['streams', { sort: 'items' }, /streams has no argument "sort"/],
  ['stream_logs', { stream_name: 'lines' }, null],
  ['stream_logs', { stream_id: (p) => p.stream.id, limit: 5, order: 'slowest' }, null],
  ['stream_logs', {}, /stream_logs needs stream_name or stream_id/],
  ['profiler_status', {}, null],
  ['profiler_status', { limit: 1 }, /profiler_status has no argument "limit"; it takes none/],
];
for (const [kind, entries, logs] of [
  ['gauge', 'gauges', 'gauge_logs'],
  ['dbg', 'dbg_entries', 'dbg_logs'],
  ['val', 'val_entries', 'val_logs'],
]) {
  const by = { name: `${kind}_name`, id: `${kind}_id` };
  calls.push(
    [entries, {}, 'concise'],
    [entries, { limit: 2 }, 'concise'],
    [entries, { limit: 200 }, 'concise'],
    [entries, detailed, 'detailed'],
    [entries, { ...detailed, limit: 200 }, 'detailed'],
    [entries, { filter: '*e*' }, 'concise'],
    [entries, { filter: 'nobody' }, /nothing is called "nobody"; nearest: "/],
    [entries, { limit: 0 }, /limit must be a whole number from 1 to 200/],
    [logs, { [by.name]: (p) => p[kind].expression }, null],
    [logs, { [by.id]: (p) => p[kind].id, limit: 1 }, null],
    [logs, { [by.id]: (p) => String(p[kind].id), limit: 1000 }, null],
    [logs, {}, new RegExp(`${logs} needs ${by.name} or ${by.id}`)],
    [logs, { [by.name]: 'nobody' }, /nothing is called "nobody"; nearest: "/],
    [logs, { [by.id]: 4000000 }, new RegExp(`nothing has the ${by.id} 4000000`)],
  );
}
for (const kind of ['sql', 'http', 'server']) {
  const logs = `${kind}_logs`;
  const by = { name: `${kind}_name`, id: `${kind}_id` };
  calls.push(
    [kind, {}, 'concise'],
    [kind, { limit: 2 }, 'concise'],
    [kind, { limit: 200 }, 'concise'],
    [kind, detailed, 'detailed'],
    [kind, { ...detailed, limit: 200 }, 'detailed'],
    ...['total', 'count', 'avg', 'p95', 'p99', 'max', 'errors', 'spread', 'per_sec', 'rows'].map(
      (sort) => [kind, { sort, limit: 5 }, 'concise'],
    ),
    [kind, { since: '1s' }, 'concise'],
    [kind, { since: '2s', ...detailed }, 'detailed'],
    [kind, { filter: '*', limit: 2 }, 'concise'],
    [kind, { filter: (p) => p[kind].name }, 'concise'],
    [kind, { thread: (p) => p.thread }, 'concise'],
    [kind, { sort: 'self' }, /sort must be one of: total, count, avg, p95, p99, max, errors/],
    [kind, { filter: 'nobody' }, /nothing is called "nobody"/],
    [kind, { limit: 201 }, /limit must be a whole number from 1 to 200/],
    [kind, { cursor: 'abc' }, /cursor is not one that this program gave/],
    [logs, { [by.name]: (p) => p[kind].name }, 'concise'],
    [logs, { [by.id]: (p) => p[kind].id, limit: 1 }, 'concise'],
    [logs, { [by.id]: (p) => String(p[kind].id), limit: 1000, ...detailed }, 'detailed'],
    [logs, { [by.name]: (p) => p[kind].name, order: 'slowest' }, 'concise'],
    [logs, { [by.name]: (p) => p[kind].name, order: 'slowest', limit: 3, ...detailed }, 'detailed'],
    [logs, {}, new RegExp(`${logs} needs ${by.name} or ${by.id}`)],
    [logs, { [by.name]: 'nobody' }, /nothing is called "nobody"/],
    [logs, { [by.id]: 4000000 }, new RegExp(`nothing has the ${by.id} 4000000`)],
  );
}

// Objects that say of a text in them that it was cut, and of none; the program's long names are longer
// than what is shown of any. What a next call is to be made with says nothing.
function cutProblems(value, key = '') {
  if (value === null || typeof value !== 'object') return [];
  const problems = Object.entries(value).flatMap(([name, inner]) => cutProblems(inner, name));
  if (Array.isArray(value)) return problems;
  const texts = Object.values(value).filter((text) => typeof text === 'string');
  const long = texts.some((text) => /^((long name ){19}|(ab){100}$)/.test(text));
  if (key === 'arguments' ? 'truncated' in value : long && value.truncated !== true)
    problems.push(`truncated: ${value.truncated} in ${JSON.stringify(value).slice(0, 100)}`);
  if (value.truncated && !texts.some((text) => Buffer.byteLength(text) > 120))
    problems.push(`nothing was cut in ${JSON.stringify(value)}`);
  return problems;
}

function answerProblems([tool, args, form, more = {}], result) {
  const problems = [];
  const text = result.content?.[0]?.text ?? '';
  if (result.content?.length !== 1 || result.content[0].type !== 'text')
    return [`content ${JSON.stringify(result.content)}`];
  if (form instanceof RegExp) {
    if (result.isError !== true) problems.push(`no error: ${text}`);
    if ('structuredContent' in result) problems.push('an error with structuredContent');
    if (!form.test(text)) problems.push(`not of ${form}: ${text}`);
    if (/[\u0000-\u001f\u007f-\u009f]/.test(text) || text.length > 1200)
      problems.push('an error that is not tame');
    return problems;
  }
  if (result.isError) return [`an error: ${text}`];
  if (form === 'markdown') {
    if ('structuredContent' in result) problems.push('markdown with structuredContent');
    if (!/^# Flame graph of `[^`\n]+`\n/.test(text)) problems.push(text.slice(0, 200));
    if (/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e\u200b\ufeff]/.test(text))
      problems.push('hidden characters');
    const cells = text.split('\n').filter((line) => line.startsWith('|'));
    if (cells.some((line) => line.match(/\|/g).length !== 5))
      problems.push('a row of another width');
    if (
      text
        .split('\n')
        .some(
          (line) =>
            line.startsWith('#') &&
            !/^##? (Flame graph of `|Top by (self|total) time$|Top by bytes (of its own|with callees)$|Call tree$)/.test(
              line,
            ),
        )
    )
      problems.push('a heading of the program');
    return problems;
  }
  const answer = result.structuredContent;
  if (!same(JSON.parse(text), answer)) problems.push('the text is not the structured content');
  problems.push(...twice(text), ...misfits(tool, form, answer), ...cutProblems(answer));
  if (more.loose) return problems;
  if (answer?.data) {
    const limit = Number(
      args.limit ??
        {
          bottlenecks: 10,
          ...Object.fromEntries(
            Object.keys(limits)
              .slice(1)
              .map((name) => [name, 50]),
          ),
        }[tool] ??
        20,
    );
    if (answer.data.length > limit) problems.push(`${answer.data.length} rows, limit ${limit}`);
    if (answer.included_count !== answer.data.length)
      problems.push(`included_count ${answer.included_count}`);
    if (answer.total_count < answer.included_count)
      problems.push(`total_count ${answer.total_count}`);
    const all = Math.min(answer.total_count, limit);
    if (args.limit && !args.cursor && answer.data.length < all)
      problems.push(`${answer.data.length} rows of ${all}`);
  }
  if (!('limit' in args) && Buffer.byteLength(text) > DEFAULT_BYTES)
    problems.push(`a default answer of ${Buffer.byteLength(text)} bytes`);
  return problems;
}
// Arguments with the functions in them asked.
const filled = (args, known) =>
  Object.fromEntries(
    Object.entries(args).map(([key, value]) => [
      key,
      typeof value === 'function' ? value(known) : value,
    ]),
  );
const shown = (args) =>
  JSON.stringify(args, (_, value) =>
    typeof value === 'string' && value.length > 40 ? `${value.slice(0, 40)}...` : value,
  );

// What the program has, for arguments.
async function knownOf(server) {
  const get = async (name, args = {}) =>
    (await raw(server, 'tools/call', { name, arguments: args })).result.structuredContent;
  const [functions, threads, gauge, dbg, val, sql, http, served, channels, streams] = [
    await get('functions_timing', { sort: 'calls', limit: 200 }),
    await get('threads', { sort: 'calls' }),
    await get('gauges'),
    await get('dbg_entries'),
    await get('val_entries'),
    await get('sql'),
    await get('http'),
    await get('server'),
    await get('channels'),
    await get('streams'),
  ];
  // Whichever took longest; the inspector takes no empty name.
  const span = ({ data }) =>
    data
      .map((row) => ({ id: row.id, name: row.query ?? row.endpoint ?? row.route }))
      .find((row) => row.name.trim() !== '');
  const chosen = functions.data.find((row) => row.name === 'look_up') ?? functions.data[0];
  return {
    name: chosen.name,
    id: chosen.id,
    since: functions.next_since,
    thread: threads.data.find((row) => row.status === 'live').id,
    gauge: gauge.data[0],
    dbg: dbg.data[1],
    val: val.data[0],
    sql: span(sql),
    http: span(http),
    server: span(served),
    channel: channels.data[0],
    stream: streams.data[0],
  };
}

// ---- the list of tools --------------------------------------------------------------------------

function listProblems(tools) {
  const problems = [];
  const bytes = Buffer.byteLength(JSON.stringify(tools));
  if (bytes > 32 * KB) problems.push(`the list has ${bytes} bytes`);
  const named = tools.map((tool) => tool.name);
  if (new Set(named).size !== named.length) problems.push('a name stands twice');
  for (const tool of tools) {
    const size = Buffer.byteLength(JSON.stringify(tool));
    const say = (text) => problems.push(`${tool.name}: ${text}`);
    if (!/^[A-Za-z0-9_.-]{1,64}$/.test(tool.name)) say('the name');
    if (size > 700) say(`${size} bytes`);
    if (!tool.title || !tool.description) say('no title or description');
    if (/[^\x20-\x7e]/.test(tool.title + tool.description)) say('a description beyond ASCII');
    if (tool.inputSchema?.type !== 'object') say('inputSchema is of no object');
    if (tool.inputSchema?.additionalProperties !== false) say('inputSchema takes anything');
    if ('outputSchema' in tool) say('an outputSchema');
    if (!same(tool.annotations, { readOnlyHint: true, idempotentHint: true, openWorldHint: false }))
      say(JSON.stringify(tool.annotations));
    if (!fs.existsSync(path.join(schemas, `${tool.name}.json`))) say('no schema in tests/schemas');
    try {
      new Ajv2020({ strict: true, allowUnionTypes: true, strictTypes: false }).compile(
        tool.inputSchema,
      );
    } catch (error) {
      say(`inputSchema: ${error.message}`);
    }
  }
  const expected = fs.readdirSync(schemas).map((file) => file.replace('.json', ''));
  for (const name of expected)
    if (name !== 'common' && !named.includes(name)) problems.push(`no tool ${name}`);
  for (const name of named)
    if (!calls.some(([tool]) => tool === name)) problems.push(`${name} is never called`);
  return problems;
}

// ---- the inspector ------------------------------------------------------------------------------

const inspectorFile = path.join(
  here,
  'node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js',
);
const home = path.join(root, 'build/mcp/home');
function inspector(server, ...args) {
  const header = server.token ? ['--header', `Authorization: Bearer ${server.token}`] : [];
  const line = [inspectorFile, '--cli', server.url, '--transport', 'http', ...header, ...args];
  return new Promise((done) => {
    const env = { ...process.env, HOME: home, NO_COLOR: '1' };
    execFile(
      process.execPath,
      line,
      { env, timeout: 30000, maxBuffer: 1 << 26 },
      (error, stdout, stderr) => done({ code: error ? (error.code ?? 1) : 0, stdout, stderr }),
    );
  });
}
const words = (args) =>
  Object.entries(args).flatMap(([key, value]) => [
    '--tool-arg',
    `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  ]);

const inspectorCalls = (server, tool, args, ...more) =>
  inspector(server, ...more, '--method', 'tools/call', '--tool-name', tool, ...words(args));

// ---- all of it ----------------------------------------------------------------------------------

// What grows is a suspect soon; what is churned never holds so much at a time.
const soon = { HOTPATH_HEAP_INTERVAL: '100', HOTPATH_HEAP_MIN_GROWTH: '4000' };
// Programs that nobody asks any more, for an idle one with many threads keeps a processor busy.
async function ended(servers) {
  for (const [name, server] of Object.entries(servers)) {
    const how = await server.stop();
    const sound = how.code === 0 && !/ERROR|runtime error/.test(how.stderr);
    report(`${name}: the program ends cleanly`, sound ? [] : [`exit code ${how.code}`, how.stderr]);
  }
}
const plain = await serve(program, [], soon);
const many = await serve(large, ['many']);
const secret = await serve(program, [], { HOTPATH_MCP_AUTH_TOKEN: TOKEN });
if (!plain.port || !many.port || !secret.port) {
  report('the program serves', [plain.stderr(), many.stderr(), secret.stderr()]);
  finish();
}
await sleep(2500); // two windows of a second each, for changes
const known = await knownOf(plain);
const list = (await raw(plain, 'tools/list')).result.tools;
report('the list of tools', listProblems(list));
await check('the list is the same again, in each era, for each program', async () => {
  const problems = [];
  for (const server of [plain, many, secret]) {
    for (const era of ['legacy', 'modern', 'legacy', 'modern']) {
      const again = (await raw(server, 'tools/list', {}, era)).result.tools;
      if (!same(again, list)) problems.push(`another list, ${era}`);
    }
  }
  return problems;
});
const takes = Object.fromEntries(
  list.map((tool) => [tool.name, new Ajv2020({ strict: false }).compile(tool.inputSchema)]),
);
report(
  'arguments that are taken fit the inputSchema',
  calls.flatMap(([tool, args, form, more = {}]) => {
    if (form instanceof RegExp || more.loose) return [];
    const validate = takes[tool];
    return validate(filled(args, known))
      ? []
      : [`${tool} ${shown(filled(args, known))}: ${validate.errors[0].message}`];
  }),
);

// The first call of each tool; all of them go through one client of each era.
const first = calls.filter(
  ([tool, , form], i) =>
    !(form instanceof RegExp) &&
    calls.findIndex(([other, , f]) => other === tool && !(f instanceof RegExp)) === i,
);
const thorough = ['SDK 1.x', 'client 2.x pinned'];
for (const [name, connect] of Object.entries(clients)) {
  await check(`${name}: connects, lists and calls`, async () => {
    const client = await connect(plain);
    const problems = [];
    if (client.version !== versions[name]) problems.push(`it speaks ${client.version}`);
    if (client.server?.name !== 'hotpath')
      problems.push(`serverInfo ${JSON.stringify(client.server)}`);
    if (!same(client.capabilities, { tools: {} }))
      problems.push(`capabilities ${JSON.stringify(client.capabilities)}`);
    const size = Buffer.byteLength(client.instructions ?? '');
    if (size < 200 || size >= 2 * KB) problems.push(`instructions of ${size} bytes`);
    for (let i = 0; i < 2; i++) if (!same(await client.list(), list)) problems.push('another list');
    report(`${name}: the handshake and the list`, problems);
    for (const one of thorough.includes(name) ? calls : first) {
      const [tool, args] = one;
      const given = filled(args, known);
      await check(`${name}: ${tool} ${shown(given)}`, async () =>
        answerProblems([tool, given, one[2], one[3]], await client.call(tool, given)),
      );
    }
    const unknown = await client.call('nothing', {}).then(
      () => 'answered',
      (error) => error,
    );
    await client.close();
    return unknown.code === -32602 ? [] : [`an unknown tool is ${unknown}`];
  });
}

// A token: with it as without, without it an error that says so.
for (const [name, connect] of Object.entries(clients)) {
  await check(`${name}: with a token`, async () => {
    const client = await connect(secret);
    const problems = same(await client.list(), list) ? [] : ['another list'];
    const result = await client.call('functions_timing', {});
    await client.close();
    return [...problems, ...answerProblems(['functions_timing', {}, 'concise'], result)];
  });
  await check(`${name}: with a wrong token`, async () => {
    const failed = await connect({ ...secret, token: 'wrong' }).then(
      () => null,
      (error) => error,
    );
    return failed &&
      /401|unauthorized|HOTPATH_MCP_AUTH_TOKEN/i.test(
        `${failed.code} ${failed.name} ${failed.message}`,
      )
      ? []
      : [`it says ${failed}`];
  });
}

// The sizes of a large program: 1,000 functions, 64 threads, 900 values.
const big = await knownOf(many);
for (const one of calls) {
  const [tool, args] = one;
  if (one[2] instanceof RegExp) continue;
  if (/\*e\*|\[a-c\]/.test(JSON.stringify(filled(args, big))) && !/functions_timing/.test(tool))
    continue;
  /* Its baselines crowd each other out: the one of a token may be gone when it is asked for. */
  const answer = async () => {
    if (typeof args.since === 'function')
      big.since = (
        await raw(many, 'tools/call', { name: 'threads', arguments: { limit: 1 } })
      ).result.structuredContent.next_since;
    const given = filled(args, big);
    return (await raw(many, 'tools/call', { name: tool, arguments: given }, 'modern')).result;
  };
  await check(`many: ${tool} ${shown(filled(args, big))}`, async () => {
    let result = await answer();
    for (let i = 0; i < 5 && /^since has expired/.test(result.content[0].text); i++)
      result = await answer();
    return answerProblems([tool, filled(args, big), one[2], one[3]], result);
  });
}

// Rates that the threads choose: the share that they keep to, and each estimate with its rate.
const paced = await serve(large, ['many'], { HOTPATH_TIME_SAMPLING: 'auto:2.5' });
const asked = async (name, args) =>
  (await raw(paced, 'tools/call', { name, arguments: args })).result.structuredContent;
await sleep(500);
await check('auto: profiler_status', async () => {
  const answer = await asked('profiler_status', {});
  const { auto_max_percent, auto_percent, auto_counting_percent } = answer.recording;
  return [
    ...misfits('profiler_status', '', answer),
    ...(auto_max_percent === 2.5 ? [] : [`at most ${auto_max_percent}`]),
    ...(auto_percent >= auto_counting_percent ? [] : [`${auto_percent} with counting`]),
  ];
});
await check('auto: functions_timing', async () => {
  const answer = await asked('functions_timing', {});
  const wrong = answer.data.filter((row) => 'sampled_calls' in row !== 'sampling_rate' in row);
  return [...misfits('functions_timing', '', answer), ...wrong.map((row) => row.name)];
});
for (const [tool, form] of [
  ['functions_timing', 'concise'],
  ['query_flamegraph', 'summary'],
  ['bottlenecks', 'answer'],
  ['threads', 'concise'],
  ['frames', 'concise'],
  ['sql', 'concise'],
  ['http', 'concise'],
  ['server', 'concise'],
  ['io', 'concise'],
]) {
  await check(`auto: ${tool} says that its times are estimates`, async () => {
    const answer = await asked(tool, {});
    return [...misfits(tool, form, answer), ...('estimated' in answer ? [] : ['it does not'])];
  });
}
await ended({ paced });

// Pages: all of them together are all rows, each once; a default answer says how to go on. Pages after the
// first are of the newest baseline: it has all 64 threads only if they had all begun by then, which takes
// its time where 64 threads and their machine are busy.
await check('many: all threads have begun, and a baseline has them', async () => {
  let all = null; // the baseline that was the newest one when they had
  for (let i = 0; i < 1200; i++) {
    const { total_count, next_since } = (
      await raw(many, 'tools/call', { name: 'threads', arguments: { limit: 1 } })
    ).result.structuredContent;
    if (all && next_since !== all) return [];
    if (!all && total_count >= 64) all = next_since;
    await sleep(100);
  }
  return [all ? 'no baseline came' : 'some never began'];
});
for (const [tool, args] of [
  ['functions_timing', {}],
  ['functions_timing', { limit: 200, sort: 'calls' }],
  ['threads', { limit: 10 }],
  ['functions_alloc', { limit: 100, sort: 'count' }],
  ['val_entries', {}],
  ['val_entries', { limit: 100 }],
  ['sql', {}],
  ['sql', { limit: 50, sort: 'count' }],
]) {
  await check(`many: the pages of ${tool} ${shown(args)}`, async () => {
    const pages = [];
    let cursor;
    let total = 0;
    do {
      const { result } = await raw(many, 'tools/call', {
        name: tool,
        arguments: { ...args, ...(cursor && { cursor }) },
      });
      const answer = result.structuredContent;
      if (!answer) return [result.content?.[0]?.text];
      total = answer.total_count;
      pages.push(answer.data.map((row) => row.id));
      cursor = answer.next_cursor;
      if (cursor && pages.length === 1) {
        const other = await raw(many, 'tools/call', {
          name: tool,
          arguments: { ...args, filter: '*', cursor },
        });
        if (!/cursor belongs to other arguments/.test(other.text))
          return [other.text.slice(0, 300)];
      }
    } while (cursor && pages.length < 200);
    // The first page is of now, the others are of one moment before: only its own rows can repeat.
    const [first, ...others] = pages;
    const later = others.flat();
    const problems =
      total < 60 || pages.length < 3 ? [`only ${total} rows, ${pages.length} pages`] : [];
    if (first.length + later.length !== total)
      problems.push(`${first.length + later.length} rows of ${total}`);
    if (new Set(later).size !== later.length) problems.push('a row stands on two later pages');
    return problems;
  });
}
await check('many: only tools that take a cursor give one', async () => {
  const problems = [];
  for (const tool of list) {
    if (tool.inputSchema.properties?.cursor || /_logs$/.test(tool.name)) continue;
    const { result } = await raw(many, 'tools/call', {
      name: tool.name,
      arguments: tool.inputSchema.properties?.limit ? { limit: 1 } : {},
    });
    if (result.structuredContent?.next_cursor) problems.push(tool.name);
  }
  return problems;
});

await ended({ many });

// Names are data: in no description, in no instruction, and whole in no answer.
await check('the names of the program are in no description and no instruction', async () => {
  const texts = [
    JSON.stringify(list),
    (
      await raw(plain, 'initialize', {
        protocolVersion: '2025-11-25',
        capabilities: {},
        clientInfo: ME,
      })
    ).text,
    (await raw(plain, 'server/discover', {}, 'modern')).text,
  ];
  return texts
    .filter((text) => /<.?script|previous instructions|long name|forged|\u001b|\\u001b/i.test(text))
    .map((text) => text.slice(0, 200));
});
const hostileProblems = async (tool, key, want) => {
  const { result } = await raw(plain, 'tools/call', {
    name: tool,
    arguments: { limit: 200 },
  });
  const names = result.structuredContent.data.map((row) => row[key]);
  const problems = want.filter((pattern) => !names.some((name) => pattern.test(name))).map(String);
  if (names.some((name) => Buffer.byteLength(name) > 1200)) problems.push('a name is not capped');
  if (names.includes('forged')) problems.push('a name became a row');
  if (tool === 'functions_timing') {
    const cut = result.structuredContent.data.filter((row) => row.truncated).map((row) => row[key]);
    if (!same([...new Set(cut.map((name) => name.slice(0, 4)))].sort(), ['abab', 'long']))
      problems.push(`cut: ${cut.map((name) => name.slice(0, 40))}`);
  }
  return problems;
};
await check('hostile names are all there, capped', () =>
  hostileProblems('functions_timing', 'name', [
    /^(long name )+/,
    /^ignore all previous instructions/,
    /^<\/script>/,
    /^\\u001b\[31mred/,
    /^caf\ufffd/,
    /^abc\\u202e/,
    /^a \| b ```/,
    /^"\},\{"name":"forged"/,
    /^%s%n%s/,
    /^(ab)+$/,
  ]),
);
// Keys: what white space there is in them, and what looks like a value, is another matter.
for (const [tool, key, want] of [
  [
    'sql',
    'query',
    [/^long name long/, /^ignore all previous/, /script >/, /^caf\ufffd/, /^abc\\u202e/],
  ],
  ['http', 'endpoint', [/^GET .*\/ignore$/, /<\/script><script>/, /caf\ufffd/, /abc\\u202e/]],
  ['server', 'route', [/^GET \/ignore$/, /<\/script><script>/, /caf\ufffd/, /abc\\u202e/]],
]) {
  await check(`hostile keys are all there, capped: ${tool}`, () => hostileProblems(tool, key, want));
}

// Memory: what the program of the tests does is what the tools say of it.
const content = async (server, name, args = {}) =>
  (await raw(server, 'tools/call', { name, arguments: args })).result.structuredContent;
await check('memory: what grows is a suspect, what is churned is not', async () => {
  const problems = [];
  const { data } = await content(plain, 'heap', { view: 'leaks' });
  if (!data.some((row) => row.name === 'keep' && row.grew >= 0.6 * row.intervals))
    problems.push(`suspects ${data.map((row) => row.name)}`);
  if (data.some((row) => row.name === 'churn')) problems.push('churn is a suspect');
  return problems;
});
await check('memory: 42 allocations a call and 1010 bytes of text, each freed', async () => {
  const problems = [];
  const answer = await content(plain, 'functions_alloc', { filter: 'churn', ...detailed });
  const [row] = answer.data;
  const events = 2 * row.calls; // blocks of its own allocators
  // A call may be under way, in the middle of its blocks.
  const near = (key, value, room) => {
    if (Math.abs(row[key] - value) > room) problems.push(`${key} ${row[key]}, not ${value}`);
  };
  near('alloc_count', 42 * row.calls + events, 2 * 44);
  near('realloc_count', row.calls, 2);
  if (!/^\d+\.\d allocations a call, \d+ bytes each, \d+ % freed: use a pool/.test(row.hint))
    problems.push(`the hint ${row.hint}`);
  return problems;
});
await check('memory: the heaps of the program by name, its labels', async () => {
  const answer = await content(plain, 'heap');
  const problems = [];
  const names = answer.data.map((row) => row.name);
  if (!same(names.slice().sort(), ['</script><script>alert(1)</script>', 'arena']))
    problems.push(`heaps ${names}`);
  if (!answer.data.some((row) => row.name === 'arena' && row.resets > 0)) problems.push('no reset');
  const labels = answer.snapshots.map((row) => row.label);
  if (!same(labels, ['start', '</script><script>alert(1)</script>']))
    problems.push(`labels ${labels}`);
  if (!(answer.process.rss_bytes > 0)) problems.push('no rss');
  return problems;
});

// Without HOTPATH_ALLOC the tools are listed, and say what is missing; the others answer as ever.
const without = await serve(plainProgram);
await check('without HOTPATH_ALLOC the list is the same', async () =>
  same((await raw(without, 'tools/list')).result.tools, list) ? [] : ['another list'],
);
for (const one of [
  ['functions_alloc', {}],
  ['functions_alloc', { sort: 'live' }],
  ['function_alloc_logs', { function_name: 'look_up' }],
  ...['usage', 'sites', 'diff', 'leaks', 'sizes'].map((view) => ['heap', { view }]),
  ['functions_timing', { sort: 'alloc' }],
  ['threads', { sort: 'memory' }],
  ['threads', { sort: 'growth' }],
  ['query_flamegraph', { source: 'alloc' }],
]) {
  const [tool, args] = one;
  await check(`without HOTPATH_ALLOC: ${tool} ${shown(args)}`, async () =>
    answerProblems(
      [tool, args, /^memory is not recorded in this program: .*-DHOTPATH_ALLOC/],
      (await raw(without, 'tools/call', { name: tool, arguments: args })).result,
    ),
  );
}
await check('without HOTPATH_ALLOC nothing speaks of memory', async () => {
  const problems = [];
  for (const [tool, args] of [
    ['functions_timing', detailed],
    ['threads', detailed],
    ['bottlenecks', {}],
  ]) {
    const answer = await content(without, tool, args);
    if (/alloc_|live_|memory/.test(JSON.stringify(answer))) problems.push(tool);
  }
  return problems;
});
await without.stop();

// Without frees what is alive is not known.
const counters = await serve(large, [], { HOTPATH_ALLOC_LIVE: '0' });
await sleep(1200);
for (const [tool, args, form] of [
  ['functions_alloc', {}, 'concise'],
  ['functions_alloc', detailed, 'detailed'],
  ['threads', detailed, 'detailed'],
  ['heap', {}, 'usage'],
  ['bottlenecks', {}, null],
  ['functions_alloc', { sort: 'live' }, /^what is live is not recorded: HOTPATH_ALLOC_LIVE=0/],
  ['heap', { view: 'sites' }, /^what is live is not recorded: HOTPATH_ALLOC_LIVE=0/],
  ['threads', { sort: 'growth' }, /^what is live is not recorded: HOTPATH_ALLOC_LIVE=0/],
]) {
  await check(`HOTPATH_ALLOC_LIVE=0: ${tool} ${shown(args)}`, async () => {
    const { result } = await raw(counters, 'tools/call', { name: tool, arguments: args });
    const problems = answerProblems([tool, args, form], result);
    // What lives in the heaps of HOTPATH_HEAP_ALLOC_EVENT is known from their events.
    const told = result.structuredContent?.[tool === 'heap' ? 'account' : 'data'];
    if (/"live_bytes"/.test(JSON.stringify(told))) problems.push('it tells what is alive');
    return problems;
  });
}
await counters.stop();

// examples/05_memory.c: each of its faults is found by name, and none where it is not planted.
const faults = {
  leak: ['leak_suspect', 'handle_rename'],
  pool: ['memory_held', 'take_buffer'],
  churn: ['many_allocations', 'rank_users'],
};
await Promise.all(
  [...Object.keys(faults), 'all', 'none'].map((planted) =>
    check(`the relay, faults: ${planted}`, async () => {
      const relay = await serve(memory, [60], {
        HOTPATH_HEAP_INTERVAL: '250',
        HOTPATH_HEAP_MIN_GROWTH: '16K',
        ...(planted === 'none' ? { DEMO_FIXED: '1' } : {}),
        ...(planted in faults ? { DEMO_FAULTS: planted } : {}),
      });
      await sleep(5000);
      const { data } = await content(relay, 'bottlenecks', { limit: 50 });
      const found = data.filter((row) => row.percent_of).map((row) => [row.cause, row.subject]);
      const wanted = Object.keys(faults).filter((name) => [name, 'all'].includes(planted));
      const problems = same(found.sort(), wanted.map((name) => faults[name]).sort())
        ? []
        : [`it finds ${JSON.stringify(found)}`];
      for (const row of data.filter((one) => one.percent_of)) {
        const next = await content(relay, row.next.tool, row.next.arguments);
        if (!next.data.some((one) => one.name === row.subject))
          problems.push(`${row.next.tool} does not show ${row.subject}`);
      }
      await relay.stop('SIGTERM');
      return problems;
    }),
  ),
);

// The inspector: each tool once, a third of them in each era.
fs.mkdirSync(home, { recursive: true });
const jobs = [];
for (const [i, era] of ['legacy', 'auto', 'modern'].entries()) {
  jobs.push([
    `inspector ${era}: tools/list`,
    async () => {
      const how = ['--protocol-era', era, '--strict'];
      const got = await inspector(plain, '--method', 'tools/list', ...how);
      const problems = got.code === 0 ? [] : [`exit code ${got.code}`, got.stderr, got.stdout];
      if (problems.length === 0 && !same(JSON.parse(got.stdout).tools, list))
        problems.push('another list');
      return problems;
    },
  ]);
  first
    .filter((_, k) => k % 3 === i)
    .forEach((one) => {
      const [tool, args, form] = one;
      const given = filled(args, known);
      jobs.push([
        `inspector ${era}: ${tool} ${shown(given)}`,
        async () => {
          const got = await inspectorCalls(plain, tool, given, '--protocol-era', era);
          if (got.code !== 0) return [`exit code ${got.code}`, got.stderr, got.stdout];
          return answerProblems([tool, given, form], JSON.parse(got.stdout));
        },
      ]);
    });
}
jobs.push([
  'inspector: an error of a tool',
  async () => {
    const got = await inspectorCalls(plain, 'threads', { sort: 'name' });
    return /sort must be one of: busy, calls, current, memory, growth/.test(got.stdout + got.stderr)
      ? []
      : [got.stdout, got.stderr];
  },
]);
jobs.push([
  'inspector: with a token',
  async () => {
    const got = await inspector(secret, '--method', 'tools/list');
    return got.code === 0 && same(JSON.parse(got.stdout).tools, list)
      ? []
      : [got.stderr, got.stdout];
  },
]);
jobs.push([
  'inspector: with a wrong token',
  async () => {
    const got = await inspector({ ...secret, token: 'wrong' }, '--method', 'tools/list');
    return got.code !== 0 && /401|unauthorized|auth_required/i.test(got.stderr + got.stdout)
      ? []
      : [`exit code ${got.code}`, got.stderr, got.stdout];
  },
]);
const results = await inParallel(
  2,
  jobs.map(
    ([, run]) =>
      () =>
        run().catch((error) => [error.stack]),
  ),
);
jobs.forEach(([name], i) => report(name, results[i]));

// The search service, with queries behind it: each client lists and calls every tool.
const freePort = () =>
  new Promise((done) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
const service = search && (await freePort());
const searching = search && (await serve(search, ['--port', service, 'mcp']));
if (search) {
  let answered = 0; // it builds its index before it listens
  for (let i = 0; i < 300 && answered < 30; i++)
    await fetch(`http://127.0.0.1:${service}/search?q=${['history', 'thread', 'cursor'][i % 3]}`).then(
      () => answered++,
      () => sleep(50),
    );
  await sleep(2500); // two windows of a second each
  const there = await knownOf(searching);
  // It has no dbg values, streams and tasks and makes no requests: their logs answer with their error.
  const asked = first.map((one) =>
    one[0] === 'dbg_logs'
      ? ['dbg_logs', {}, /dbg_logs needs dbg_name or dbg_id/]
      : one[0] === 'http_logs'
        ? ['http_logs', {}, /http_logs needs http_name or http_id/]
        : one[0] === 'stream_logs'
          ? ['stream_logs', {}, /stream_logs needs stream_name or stream_id/]
          : one[0] === 'future_logs'
          ? ['future_logs', {}, /future_logs needs future_name or future_id/]
          : one[0] === 'tokio_runtime'
            ? ['tokio_runtime', {}, /^the program has registered no runtime/]
            : one,
  );
  for (const [name, connect] of Object.entries(clients)) {
    await check(`${name}: the search service`, async () => {
      const client = await connect(searching);
      const problems = same(await client.list(), list) ? [] : ['another list'];
      for (const [tool, args, form, more] of asked) {
        const given = filled(args, there);
        await check(`${name}: the search service: ${tool} ${shown(given)}`, async () =>
          answerProblems([tool, given, form, more], await client.call(tool, given)),
        );
      }
      await client.close();
      return problems;
    });
  }
  await check('inspector: the search service', async () => {
    const got = await inspector(searching, '--method', 'tools/list');
    const tools = got.code === 0 ? JSON.parse(got.stdout).tools : [];
    const problems = same(
      tools.map((tool) => tool.name),
      list.map((tool) => tool.name),
    )
      ? []
      : [`the list: ${got.stderr.slice(0, 300)}`];
    for (const [tool, args, form, more] of asked) {
      const given = filled(args, there);
      const called = await inspectorCalls(searching, tool, given);
      const result = called.stdout ? JSON.parse(called.stdout) : null;
      if (!result) problems.push(`${tool}: ${called.stderr.slice(0, 300)}`);
      else
        problems.push(
          ...answerProblems([tool, given, form, more], result).map((text) => `${tool}: ${text}`),
        );
    }
    return problems;
  });
  const how = await searching.stop('SIGTERM');
  report('the search service ends cleanly', how.code === 0 ? [] : [`${how.code} ${how.signal}`]);
}

await ended({ plain, secret });
console.log(`# ${counts.passed} passed, ${counts.failed} failed`);
finish();
