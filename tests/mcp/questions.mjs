// questions.mjs SEARCH: eight questions that somebody has about a program that runs, each asked of the search
// service (examples/03_server.c) while it serves, by the SDK's client, in one call. What is printed is the
// question, the call, the bytes of the answer and what it says.
import net from 'node:net';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { check, finish, serve, sleep } from './lib.mjs';

const [search] = process.argv.slice(2);
const port = await new Promise((done) => {
  const probe = net.createServer().listen(0, '127.0.0.1', () => {
    const free = probe.address().port;
    probe.close(() => done(free));
  });
});
const server = await serve(search, ['--port', port]);
const get = (path) =>
  fetch(`http://127.0.0.1:${port}${path}`).then((r) => r.text(), () => sleep(50));
const words = 'the of and to a in is that for it as or be this with by are not on from if'.split(' ');
let over = false;
const asking = [0, 1, 2].map(async (first) => {
  for (let i = first; !over; i++) await get(`/search?q=${words[i % words.length]}+${i}&limit=20`);
});
await sleep(4000);

const client = new Client({ name: 'questions', version: '1' });
await client.connect(new StreamableHTTPClientTransport(new URL(server.url)));

// [question, tool, arguments, what the answer says of it; false if it says nothing]
const rows = (answer, say) => answer.data.slice(0, 3).map(say).join('; ');
const questions = [
  ['Which functions dominate total execution time right now?', 'functions_timing', { since: '10s', sort: 'total', limit: 5 },
    (a) => a.data[0].total_ns > 0 && rows(a, (f) => `${f.name} ${f.percent_self} %`)],
  ['Where is most of my memory being allocated?', 'functions_alloc', { limit: 5 },
    (a) => a.data[0].alloc_bytes > 0 && rows(a, (f) => `${f.name} ${f.alloc_bytes} bytes`)],
  ['Which channel has the highest throughput and queue pressure?', 'channels', { sort: 'throughput' },
    (a) => a.data[0].label === 'jobs' && a.data[0].received_count > 0 &&
      rows(a, (c) => `${c.label} ${c.received_per_sec}/s, pressure ${c.pressure_percent} %, ${c.channel_type}`)],
  ['Are any functions showing high p95 or p99 latency spikes?', 'functions_timing', { sort: 'spread', limit: 5 },
    (a) => a.data[0].p99_ns >= a.data[0].p50_ns && rows(a, (f) => `${f.name} p50 ${f.p50_ns}, p95 ${f.p95_ns}, p99 ${f.p99_ns} ns`)],
  ['Show the last 10 execution timing events for search', 'function_timing_logs', { function_name: 'search', limit: 10 },
    (a) => a.data.length === 10 && rows(a, (e) => `${e.duration_ns} ns on thread ${e.thread_id}`)],
  ['Compare latency and allocation behavior of search and build_index', 'functions_timing',
    { filter: ['search', 'build_index'], sort: 'alloc' },
    (a) => a.data.length === 2 && a.data.every((f) => f.p95_ns > 0 && 'alloc_bytes' in f) &&
      rows(a, (f) => `${f.name} p95 ${f.p95_ns} ns, ${f.alloc_bytes} bytes`)],
  ['Which threads are currently consuming the most time and memory?', 'threads', { limit: 5 },
    (a) => a.data[0].busy_ns > 0 && a.data.some((t) => t.alloc_bytes > 0) &&
      rows(a, (t) => `${t.name} busy ${t.busy_ns} ns, ${t.alloc_bytes} bytes`)],
  ['Are any threads steadily allocating memory without deallocating it?', 'threads', { sort: 'growth', since: '3s', limit: 5 },
    (a) => a.data.some((t) => 'mem_diff' in t || 'live_bytes' in t) && rows(a, (t) => `${t.name} ${t.mem_diff ?? t.live_bytes ?? 0} bytes`)],
];
for (const [question, tool, args, say] of questions) {
  await check(question, async () => {
    const result = await client.callTool({ name: tool, arguments: args });
    const bytes = Buffer.byteLength(result.content[0].text);
    const answer = result.structuredContent;
    console.log(`# ${question}\n#   ${tool} ${JSON.stringify(args)}: ${bytes} bytes`);
    if (result.isError || !(answer?.data?.length > 0)) return [result.content[0].text.slice(0, 400)];
    const said = say(answer);
    console.log(`#   ${said}`);
    if (!said) return [JSON.stringify(answer.data).slice(0, 600)];
    return bytes > 8192 ? [`${bytes} bytes`] : [];
  });
}
over = true;
await Promise.all(asking);
await client.close();
await check('the service ends cleanly', async () => {
  const how = await server.stop('SIGTERM');
  return how.signal || ![0, 1].includes(how.code) ? [`${how.code} ${how.signal}`] : [];
});
finish();
