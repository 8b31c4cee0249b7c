// conformance.mjs PROGRAM: the official suite, both sets of requirements. It asks for tools, prompts
// and resources of its own, which no profiler has, so its exit code says nothing here. Instead: the
// checks named below pass, whatever else it looks at is well-formed on the wire, and nothing fails
// but for the want of those tools. None of the named ones passes against no server at all.
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { check, counts, finish, here, report, root, serve } from './lib.mjs';

const [program] = process.argv.slice(2);
const suite = path.join(here, 'node_modules/@modelcontextprotocol/conformance/dist/index.js');

const dns = ['localhost-host-rebinding-rejected', 'localhost-host-valid-accepted'];
const notFound = 'sep-2575-http-server-method-not-found-404';
const named = {
  '2025-11-25': {
    'server-initialize': ['server-initialize'],
    ping: ['ping'],
    'tools-list': ['tools-list', 'tools-name-format'],
    'dns-rebinding-protection': dns,
  },
  '2026-07-28': {
    'tools-list': ['tools-list', 'tools-name-format', 'tools-list-deterministic-order'],
    'dns-rebinding-protection': dns,
    caching: [
      'sep-2549-tools-list-caching-hints',
      'sep-2549-ttl-non-negative',
      'sep-2549-cache-scope-valid',
    ],
    'http-header-validation': [
      'sep-2243-server-reject-invalid-headers',
      'sep-2243-server-reject-error-code',
      'sep-2243-server-accepts-whitespace-header-value',
      'sep-2243-header-name-case-insensitive',
    ],
    'server-stateless': [
      'sep-2575-request-meta-invalid-missing-meta',
      'sep-2575-request-meta-invalid-missing-protocol-version',
      'sep-2575-request-meta-invalid-missing-client-capabilities',
      'sep-2575-http-server-meta-invalid-400',
      'sep-2575-request-meta-client-info-optional',
      'sep-2575-server-implements-discover',
      'sep-2575-server-identifies-in-result-meta',
      'sep-2575-discover-capabilities-match-handlers',
      'sep-2575-server-unsupported-version-error',
      'sep-2575-http-server-unsupported-version-400',
      'sep-2575-http-server-header-mismatch-400',
      notFound,
      `${notFound}-initialize`,
      `${notFound}-ping`,
      `${notFound}-logging-setlevel`,
      `${notFound}-resources-subscribe`,
      `${notFound}-resources-unsubscribe`,
      'sep-2575-http-server-error-jsonrpc-id',
    ],
    'server-sse-multiple-streams': ['server-accepts-multiple-post-streams'],
    'tasks-dispatch-and-envelope': ['tasks-removed-tasks-list'],
    'tasks-request-headers': ['tasks-headers-reject-mismatched-method'],
  },
};
// Why another check may fail: what it asks for is not here, and that is what it was told.
const absent = new RegExp(
  [
    'no tool is called',
    'there is no method',
    'not testable',
    'not found\\. available tools',
    'capabilities\\.extensions',
    'got -32601',
    'spec requires -3202',
    'prerequisite failed',
    'expected inputrequiredresult',
    'fixture from check',
  ].join('|'),
  'i',
);

// Runs one set. Returns: {scenario: [check]}.
function run(url, requirements, name) {
  const out = path.join(root, 'build/mcp/conformance', name, requirements);
  fs.rmSync(out, { recursive: true, force: true });
  const line = [suite, 'server', '--url', url, '--requirements', requirements, '-o', out];
  return new Promise((done) => {
    execFile(process.execPath, line, { timeout: 60000, maxBuffer: 1 << 26 }, () => {
      const scenarios = {};
      for (const folder of fs.existsSync(out) ? fs.readdirSync(out) : []) {
        const scenario = folder.replace(/^server-/, '').replace(/-\d{4}-\d\d-\d\dT.*$/, '');
        const file = path.join(out, folder, 'checks.json');
        // A scenario that broke off has written none; then a named check of it did not run.
        if (fs.existsSync(file)) scenarios[scenario] = JSON.parse(fs.readFileSync(file, 'utf8'));
      }
      done(scenarios);
    });
  });
}
const passes = (checks, id) => {
  const own = (checks ?? []).filter((one) => one.id === id);
  return own.length !== 0 && own.every((one) => one.status === 'SUCCESS');
};

const server = await serve(program);
if (!server.port) {
  report('the program serves', [server.stderr()]);
  finish();
}
for (const [requirements, table] of Object.entries(named)) {
  const [live, dead] = await Promise.all([
    run(server.url.replace('127.0.0.1', 'localhost'), requirements, 'live'),
    run('http://localhost:1/mcp', requirements, 'dead'),
  ]);
  for (const [scenario, ids] of Object.entries(table)) {
    for (const id of ids) {
      const problems = [];
      if (!passes(live[scenario], id)) {
        problems.push(
          JSON.stringify(live[scenario]?.find((one) => one.id === id)) ?? 'it did not run',
        );
      }
      if (passes(dead[scenario], id)) problems.push('it passes against no server, too');
      report(`${requirements}: ${scenario}: ${id}`, problems);
    }
  }
  await check(`${requirements}: nothing else fails but for what is not offered`, () => {
    const problems = Object.keys(live).length < 30 ? [`${Object.keys(live).length} scenarios`] : [];
    for (const [scenario, checks] of Object.entries(live)) {
      for (const one of checks) {
        const why = `${one.errorMessage ?? ''}`;
        if (one.status === 'FAILURE' && !absent.test(why))
          problems.push(`${scenario}: ${one.id}: ${why}`);
        if (one.id === 'wire-schema-valid' && one.status !== 'SUCCESS')
          problems.push(`${scenario}: ${why}`);
      }
    }
    return problems;
  });
}
const how = await server.stop();
const sound = how.code === 0 && !/ERROR|runtime error/.test(how.stderr);
report('the program ends cleanly', sound ? [] : [`exit code ${how.code}`, how.stderr]);
console.log(`# ${counts.passed} passed, ${counts.failed} failed`);
finish();
