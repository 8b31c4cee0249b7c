// lib.mjs: what the tests of the server share: lines "ok" and "not ok", programs that serve, and
// HTTP over raw sockets, because no HTTP client sends what some rows need.
import { spawn } from 'node:child_process';
import net from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const here = path.dirname(fileURLToPath(import.meta.url));
export const root = path.resolve(here, '../..');

// ---- lines "ok" and "not ok" --------------------------------------------------------------------

export const counts = { passed: 0, failed: 0 };

// One line; what is wrong follows a line "not ok", cut so that it can be read.
export function report(name, problems = []) {
  const list = [problems].flat().filter((problem) => problem);
  if (list.length === 0) {
    counts.passed++;
    console.log(`ok - ${name}`);
    return true;
  }
  counts.failed++;
  console.log(`not ok - ${name}`);
  for (const problem of list.slice(0, 12)) {
    const text = String(problem).replace(/[^\n\x20-\x7e]/g, '?');
    console.log(`    ${text.slice(0, 600).replace(/\n/g, '\n    ')}`);
  }
  return false;
}

// Runs a check that returns its problems or throws one.
export async function check(name, run) {
  try {
    report(name, await run());
  } catch (error) {
    report(name, error?.stack ?? String(error));
  }
}

export function finish() {
  process.exit(counts.failed === 0 ? 0 : 1);
}

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

// Runs the jobs, `width` at a time, and returns their results in order.
export async function inParallel(width, jobs) {
  const results = new Array(jobs.length);
  let next = 0;
  const lane = async () => {
    while (next < jobs.length) {
      const i = next++;
      results[i] = await jobs[i]();
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
  return results;
}

// ---- programs that serve ------------------------------------------------------------------------

const running = new Set();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

// The program that was started last, also if it does not serve.
let newest;
export const last = () => newest;

// Starts a program and waits for the line that names its port.
// Returns: {port, url, token, stderr(), stop()}; port is 0 if it ended or said nothing in 20 s.
export async function serve(program, args = [], environment = {}) {
  const env = { ...process.env, HOTPATH_MCP_PORT: '0', HOTPATH_OUTPUT_FORMAT: 'none' };
  for (const key of Object.keys(env)) {
    if (key.startsWith('HOTPATH_MCP_') && key !== 'HOTPATH_MCP_PORT') delete env[key];
  }
  env.ASAN_OPTIONS = 'detect_leaks=1:abort_on_error=0:exitcode=99';
  const child = spawn(path.resolve(root, program), args.map(String), {
    env: { ...env, ...environment },
    stdio: ['pipe', 'ignore', 'pipe'],
    cwd: root,
  });
  running.add(child);
  let stderr = '';
  child.stderr.on('data', (data) => (stderr += data.toString('latin1')));
  const ended = new Promise((done) => {
    child.on('error', () => done({ code: -1 }));
    child.on('exit', (code, signal) => {
      running.delete(child);
      done({ code, signal });
    });
  });
  // The programs of the tests end when their standard input does, others by a signal.
  const stop = async (signal) => {
    if (signal) child.kill(signal);
    child.stdin.end();
    const timer = setTimeout(() => child.kill('SIGKILL'), 10000);
    const how = await ended;
    clearTimeout(timer);
    return { ...how, stderr };
  };
  newest = { port: 0, stop };
  const line = /MCP server at http:\/\/([\d.]+):(\d+)\/mcp/;
  let over = false;
  ended.then(() => (over = true));
  for (let i = 0; i < 2000 && !line.test(stderr) && !over; i++) await sleep(10);
  const found = line.exec(stderr);
  const port = found ? Number(found[2]) : 0;
  const token = environment.HOTPATH_MCP_AUTH_TOKEN ?? '';
  return {
    port,
    token,
    url: `http://127.0.0.1:${port}/mcp`,
    stderr: () => stderr,
    stop: (signal) => stop(signal),
  };
}

// ---- HTTP over raw sockets ----------------------------------------------------------------------

// A request as bytes. Options: method, path, version, headers (name: value, an array of values for
// a header that stands more than once, null for none), body (text or object). `lines` are raw header
// lines that follow the others.
export function bytes(port, options = {}) {
  const { method = 'POST', version = 'HTTP/1.1', lines = [] } = options;
  const path = options.path ?? '/mcp';
  const body = typeof options.body === 'object' ? JSON.stringify(options.body) : options.body;
  const data = Buffer.from(body ?? '', 'utf8');
  const headers = { Host: `127.0.0.1:${port}` };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  if (body !== undefined || method === 'POST') headers['Content-Length'] = String(data.length);
  Object.assign(headers, options.headers);
  let head = `${method} ${path} ${version}\r\n`;
  for (const [name, value] of Object.entries(headers)) {
    if (value === null) continue;
    for (const one of [value].flat()) head += `${name}: ${one}\r\n`;
  }
  for (const line of lines) head += `${line}\r\n`;
  return Buffer.concat([Buffer.from(`${head}\r\n`, 'latin1'), data]);
}

export const chunked = (...pieces) =>
  pieces.map((p) => `${Buffer.byteLength(p).toString(16)}\r\n${p}\r\n`).join('') + '0\r\n\r\n';

// Takes whole replies off the front of what came. Returns: {replies, rest}.
export function parseReplies(data, methods = []) {
  const replies = [];
  let rest = data;
  for (;;) {
    const end = rest.indexOf('\r\n\r\n');
    if (end < 0) break;
    const lines = rest.subarray(0, end).toString('latin1').split('\r\n');
    const match = /^HTTP\/1\.[01] (\d{3}) ?(.*)$/.exec(lines[0]);
    if (!match) break;
    const headers = lines.slice(1).map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    });
    const reply = { status: Number(match[1]), headers, body: '' };
    reply.values = (name) => headers.filter(([key]) => key === name).map(([, value]) => value);
    reply.value = (name) => reply.values(name)[0];
    if (reply.status === 100) {
      rest = rest.subarray(end + 4);
      replies.push(reply);
      continue;
    }
    const finals = replies.filter((r) => r.status !== 100).length;
    const empty = methods[finals] === 'HEAD';
    const length = empty ? 0 : Number(reply.value('content-length') ?? rest.length - end - 4);
    if (rest.length < end + 4 + length) break;
    reply.body = rest.subarray(end + 4, end + 4 + length).toString('utf8');
    rest = rest.subarray(end + 4 + length);
    replies.push(reply);
  }
  return { replies, rest };
}

// Sends pieces (bytes, or milliseconds to wait) and reads until `want` replies came, the server
// closed, or `patience` ms passed. With `half`, our side is closed after the last piece.
// Returns: {replies, rest, closed, ms}.
export function exchange(port, pieces, { want = 1, patience = 8000, half, methods } = {}) {
  return new Promise((done) => {
    const started = Date.now();
    const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
    let data = Buffer.alloc(0);
    let over = false;
    const end = (closed) => {
      if (over) return;
      over = true;
      clearTimeout(timer);
      socket.destroy();
      done({ ...parseReplies(data, methods), closed, ms: Date.now() - started });
    };
    const timer = setTimeout(() => end(false), patience);
    socket.on('data', (more) => {
      data = Buffer.concat([data, more]);
      const { replies } = parseReplies(data, methods);
      if (replies.filter((reply) => reply.status !== 100).length >= want) end(false);
    });
    socket.on('end', () => end(true));
    socket.on('error', () => end(true));
    socket.on('connect', async () => {
      for (const piece of [pieces].flat()) {
        if (over) return;
        if (typeof piece === 'number') await sleep(piece);
        else if (!over) socket.write(piece);
      }
      if (half && !over) socket.end();
    });
  });
}

// What every reply of the server fulfils, whatever it answers.
export function replyProblems(reply, { method = 'POST', token = '' } = {}) {
  const problems = [];
  const once = (name, value) => {
    const got = reply.values(name);
    if (got.length !== 1 || got[0] !== value) problems.push(`${name} is ${JSON.stringify(got)}`);
  };
  once('x-content-type-options', 'nosniff');
  once('cross-origin-resource-policy', 'same-origin');
  once('cache-control', 'no-store');
  for (const [name] of reply.headers) {
    if (name.startsWith('access-control-')) problems.push(`a CORS header: ${name}`);
    if (['set-cookie', 'mcp-session-id', 'server', 'location'].includes(name)) {
      problems.push(`a header ${name}`);
    }
  }
  if (reply.values('content-length').length !== 1) problems.push('not one Content-Length');
  if (reply.status === 401) once('www-authenticate', 'Bearer realm="hotpath"');
  if (reply.status === 405 && !/^[A-Z]+(, [A-Z]+)*$/.test(reply.value('allow') ?? '')) {
    problems.push(`405 with Allow ${reply.value('allow')}`);
  }
  if (token && reply.body.includes(token)) problems.push('the token is in the reply');
  if (method !== 'HEAD' && reply.body !== '') {
    const type = reply.value('content-type') ?? '';
    if (type === 'application/json') {
      try {
        reply.json = JSON.parse(reply.body);
      } catch (error) {
        problems.push(`the body is not JSON: ${error.message}`);
      }
    } else if (!/^text\/(plain|markdown); charset=utf-8$/.test(type)) {
      problems.push(`Content-Type is ${type}`);
    } else if (type.startsWith('text/plain') && !/^hotpath: [^\n]*\n$/.test(reply.body)) {
      problems.push(`a hint is one line: ${reply.body}`);
    }
  }
  return problems;
}
