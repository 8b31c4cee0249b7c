// planted.mjs SEARCH LINKS DATAFLOW ASYNC: the table of what is planted. Each row names a tool, the example that is asked,
// what was planted there and what the tool must say of it; an answer without data fails. SEARCH is
// examples/03_server.c, with its query per result row and without; LINKS is examples/06_links.c on a site
// whose requests are counted here; DATAFLOW is examples/07_dataflow.c, with each of its faults and without;
// ASYNC is examples/06_async.c, with long lines in its loop and without.
import http from 'node:http';
import net from 'node:net';
import { check, finish, serve, sleep } from './lib.mjs';

const [search, links, dataflow, events] = process.argv.slice(2);
const content = async (server, tool, args = {}) => {
  const reply = await fetch(`http://127.0.0.1:${server.port}/api/${tool}?${new URLSearchParams(args)}`);
  return reply.json();
};
const freePort = () =>
  new Promise((done) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });

// ---- the search service: 25 searches of 50 rows, one after another, and some that fail -----------

const SEARCHES = 25;
const ROWS = 50;
const WRONG = 4;
const LOST = 3;
const words = 'the of and to a in is that for it as or be this with by are not on from if you an at all'.split(' ');

async function searched(fixed) {
  const port = await freePort();
  const server = await serve(search, ['--port', port], fixed ? { DEMO_FIXED: '1' } : {});
  const get = (path) => fetch(`http://127.0.0.1:${port}${path}`).then((r) => r.text().then(() => r.status));
  for (let i = 0; i < 400; i++) if (await get('/').then(() => true, () => sleep(50))) break;
  for (let i = 0; i < SEARCHES; i++) {
    const status = await get(`/search?q=${words[i]}&limit=${ROWS}`);
    if (status !== 200) throw new Error(`a search is answered by ${status}`);
  }
  for (let i = 0; i < WRONG; i++) await get('/search?q=');
  for (let i = 0; i < LOST; i++) await get(`/nothing/${i}`);
  await sleep(300); // spans end after their replies are sent and read
  return server;
}
const slow = await searched(false);
const fixed = await searched(true);

// ---- the link checker: each page of the site once ------------------------------------------------

const pages = {
  '/': [...Array(7).keys()].map((i) => `<a href="/items/${i + 1}">item</a>`).join('') + '<a href="/gone">x</a><a href="/error">x</a>',
};
for (let i = 1; i <= 7; i++) pages[`/items/${i}`] = 'x'.repeat(100 * i);
const asked = {};
const site = http.createServer((request, response) => {
  asked[request.url] = (asked[request.url] ?? 0) + 1;
  const page = pages[request.url];
  response.writeHead(page ? 200 : request.url === '/gone' ? 404 : 500, { 'Content-Length': (page ?? 'no').length });
  setTimeout(() => response.end(page ?? 'no'), 3);
});
await new Promise((done) => site.listen(0, '127.0.0.1', done));
const root = `http://127.0.0.1:${site.address().port}`;
const checker = await serve(links, ['--every', '1000', `${root}/`]);
for (let i = 0; i < 500 && !asked['/error']; i++) await sleep(20);
await sleep(300);

// ---- the service of lines: its clients ask on a loop, and a pool makes what takes long ------------------

const CLIENTS = 40;
const LINES = 100; // of each client
const LONG = [...Array(CLIENTS * LINES).keys()].filter((i) => (Math.floor(i / LINES) + (i % LINES)) % 40 === 0).length;
const IN_LOOP = Math.floor(LONG / 4);
const POOLED = LONG - IN_LOOP;
const LOGGED = 64; // HOTPATH_LOGS_LIMIT
// A client is connected, accepted and closed; a line is written, read, answered and read.
const callbacks = (pooled) => 3 * CLIENTS + 4 * CLIENTS * LINES + pooled;
const lines = (fixed) => serve(events, [CLIENTS, LINES], fixed ? { DEMO_FIXED: '1' } : {});
const [blocked, quick] = [await lines(false), await lines(true)];

// ---- the pipeline: with a slow stage, with a lock convoy, and without ------------------------------

const flowing = (faults) =>
  serve(dataflow, ['600', 'examples'], faults ? { DEMO_FAULTS: faults } : { DEMO_FIXED: '1' });
const [stage, convoy, flows] = [await flowing('stage'), await flowing('convoy'), await flowing('')];
await sleep(6000);
const polls = async (server) => (await content(server, 'tokio_runtime')).data[0].workers[0].poll_count;
for (let i = 0; i < 400 && (await polls(blocked)) < callbacks(POOLED); i++) await sleep(50);
for (let i = 0; i < 400 && (await polls(quick)) < callbacks(LONG); i++) await sleep(50);
const one = (answer, label) => answer.data.find((row) => row.label === label);
const causes = (answer) => answer.data.map((row) => row.cause);

// ---- the table -----------------------------------------------------------------------------------

const QUERY = /^SELECT f\.title, f\.path, p\.line, /;
const BEST = /^SELECT id, score FROM ?\(SELECT rowid AS id, rank AS score FROM words/;
const JOINED = /^WITH best AS MATERIALIZED/;
const row = (answer, key, pattern) => answer.data.find((one) => pattern.test(one[key]));
const ITEM = new RegExp(`^GET ${root}/items/:id$`);


// [tool, example, arguments, what is planted, the value of an answer, the value it must have]
const table = [
  ['server', slow, {}, `${SEARCHES + WRONG} searches`, (a) => row(a, 'route', /^GET \/search$/)?.count, SEARCHES + WRONG],
  ['server', slow, {}, `${WRONG} of them wrong`, (a) => row(a, 'route', /^GET \/search$/)?.status_4xx, WRONG],
  ['server', slow, {}, `${LOST} requests for nothing`, (a) => row(a, 'route', /^GET \/\*$/)?.status_4xx, LOST],
  ['server', slow, {}, 'queries of each request', (a) => row(a, 'route', /^GET \/search$/)?.sql_per_request,
    Math.round((100 * SEARCHES * (1 + ROWS)) / (SEARCHES + WRONG)) / 100],
  ['server', fixed, {}, 'one query of each search', (a) => row(a, 'route', /^GET \/search$/)?.sql_per_request,
    Math.round((100 * SEARCHES) / (SEARCHES + WRONG)) / 100],
  ['server_logs', slow, { server_name: 'GET /search', limit: 1000 }, 'every search', (a) => a.data.length, SEARCHES + WRONG],
  ['server_logs', slow, { server_name: 'GET /search', order: 'slowest', limit: 100 }, 'the slowest 16, with their status', (a) => a.data.filter((one) => [200, 400].includes(one.status)).length, 16],
  ['sql', slow, {}, 'a query per result row', (a) => row(a, 'query', QUERY)?.count, SEARCHES * ROWS],
  ['sql', slow, {}, 'a row of each', (a) => row(a, 'query', QUERY)?.rows, SEARCHES * ROWS],
  ['sql', slow, {}, 'a query per search', (a) => row(a, 'query', BEST)?.count, SEARCHES],
  ['sql', slow, {}, 'rows of those', (a) => row(a, 'query', BEST)?.rows, SEARCHES * ROWS],
  ['sql', slow, {}, 'per route', (a) => row(a, 'query', QUERY)?.routes[0].name, 'GET /search'],
  ['sql', slow, {}, 'the caller', (a) => row(a, 'query', QUERY)?.callers[0].name, 'query_row'],
  ['sql', fixed, {}, 'none per row', (a) => row(a, 'query', QUERY) ?? 'none', 'none'],
  ['sql', fixed, {}, 'one with a join', (a) => row(a, 'query', JOINED)?.count, SEARCHES],
  ['sql', fixed, {}, 'all rows of it', (a) => row(a, 'query', JOINED)?.rows, SEARCHES * ROWS],
  ['sql_logs', slow, async () => ({ sql_id: row(await content(slow, 'sql'), 'query', BEST).id, order: 'slowest', limit: 3 }),
    'rows of the slowest', (a) => a.data.map((one) => one.rows).join(), [ROWS, ROWS, ROWS].join()],
  ['sql_logs', slow, async () => ({ sql_id: row(await content(slow, 'sql'), 'query', BEST).id, limit: 1000 }),
    'every query', (a) => a.data.length, SEARCHES],
  ['bottlenecks', slow, {}, 'n_plus_one first', (a) => a.data[0].cause, 'n_plus_one'],
  ['bottlenecks', slow, {}, 'its query', (a) => QUERY.test(a.data[0].subject), true],
  ['bottlenecks', slow, {}, 'its count per search', (a) => a.data[0].numbers.calls_per_call, ROWS],
  ['bottlenecks', slow, {}, 'its count per request', (a) => a.data[0].numbers.calls_per_request,
    Math.round((100 * SEARCHES * ROWS) / (SEARCHES + WRONG)) / 100],
  ['bottlenecks', fixed, {}, 'no n_plus_one', (a) => a.data.filter((one) => one.cause === 'n_plus_one').length, 0],
  ['bottlenecks', fixed, {}, 'no full_scan', (a) => a.data.filter((one) => one.cause === 'full_scan').length, 0],
  ['http', checker, {}, 'every request of the site', (a) => a.data.reduce((sum, one) => sum + one.count, 0), 10],
  ['http', checker, {}, 'seven items', (a) => row(a, 'endpoint', ITEM)?.count, 7],
  ['http', checker, {}, '2,800 bytes of them', (a) => row(a, 'endpoint', ITEM)?.bytes_in, 2800],
  ['http', checker, {}, 'a page that is gone', (a) => row(a, 'endpoint', /\/gone$/)?.status_4xx, 1],
  ['http', checker, {}, 'a page that fails', (a) => row(a, 'endpoint', /\/error$/)?.status_5xx, 1],
  ['http', checker, {}, 'it waits 3 ms for a page', (a) => row(a, 'endpoint', ITEM)?.p50_ns > 2e6, true],
  ['http_logs', checker, { http_name: `GET ${root}/error`, order: 'slowest' }, 'its status', (a) => a.data.map((one) => one.status).join(), '500'],
  ['http_logs', checker, { http_name: `GET ${root}/items/:id` }, 'every request', (a) => a.data.length, 7],
  ['channels', slow, {}, 'every search is a job', (a) => one(a, 'jobs')?.sent_count, SEARCHES],
  ['channels', slow, {}, 'and is taken', (a) => one(a, 'jobs')?.received_count, SEARCHES],
  ['channels', slow, {}, 'of a queue for 16', (a) => one(a, 'jobs')?.channel_type, 'bounded[16]'],
  ['channels', slow, {}, 'one at a time', (a) => one(a, 'jobs')?.max_queue_size, 1],
  ['channels', slow, {}, 'sent by', (a) => one(a, 'jobs')?.producers[0].name, 'pool_run'],
  ['channels', slow, {}, 'with a stamp', (a) => one(a, 'jobs')?.delay_source, 'message'],
  ['mutexes', slow, {}, "the pool's lock, taken twice by who asks and by who answers", (a) => row(a, 'name', /^pool$/)?.count >= 4 * SEARCHES, true],
  ['mutexes', slow, {}, 'and no waits for jobs', (a) => a.data.map((one) => one.name).sort().join(), 'cache,pool'],
  ['channel_logs', slow, { channel_name: 'jobs' }, 'every send and receive', (a) => a.total_count, 2 * SEARCHES],
  ['channel_logs', slow, { channel_name: 'jobs', limit: 1 }, 'the last one', (a) => a.received_logs[0].index, SEARCHES - 1],
  ['channels', stage, {}, 'a full queue before the slow stage', (a) => one(a, 'counted')?.max_queue_size, 16],
  ['channels', stage, { sort: 'wait' }, 'its senders wait most', (a) => a.data[0].label, 'counted'],
  ['channels', stage, {}, 'the stage', (a) => one(a, 'counted')?.consumers[0].name, 'digest_pieces'],
  ['channels', stage, {}, 'no piece is lost', (a) => {
    const c = one(a, 'counted');
    return c.sent_count - c.received_count - c.queue_size;
  }, 0],
  ['channels', flows, {}, 'no full queue without a fault', (a) => a.data.filter((row) => row.state === 'full').length, 0],
  ['streams', flows, {}, 'each piece an item, of 8 KB at most', (a) => {
    const s = one(a, 'text');
    return s.items_yielded > 100 && s.bytes <= 8192 * s.items_yielded && s.bytes > 4096 * s.items_yielded;
  }, true],
  ['streams', flows, {}, 'made by', (a) => one(a, 'text')?.producers[0].name, 'read_piece'],
  ['stream_logs', flows, { stream_name: 'text', order: 'slowest', limit: 1 }, 'the largest', (a) => a.data[0].bytes, 8192],
  ['bottlenecks', stage, {}, 'the slow stage first', (a) => a.data[0].cause, 'queue_full'],
  ['bottlenecks', stage, {}, 'its function', (a) => a.data[0].subject, 'digest_pieces'],
  ['bottlenecks', stage, {}, 'its queue', (a) => a.data[0].numbers.channel, 'counted'],
  ['bottlenecks', stage, {}, 'it starves what follows', (a) => a.data[0].numbers.starved_ns > 1e9, true],
  ['bottlenecks', convoy, {}, 'the lock convoy first', (a) => a.data[0].cause, 'lock_convoy'],
  ['bottlenecks', convoy, {}, 'its holder', (a) => a.data[0].numbers.holder, 'count_under_lock'],
  ['bottlenecks', flows, {}, 'no lock convoy', (a) => causes(a).includes('lock_convoy'), false],
  ['bottlenecks', convoy, {}, 'a lock is no slow stage', (a) => causes(a).includes('queue_full'), false],
  ['bottlenecks', flows, {}, 'no slow stage', (a) => causes(a).includes('queue_full'), false],
  ['futures', blocked, {}, 'a task for each long line but those in the loop', (a) => one(a, 'digest')?.call_count, POOLED],
  ['futures', blocked, {}, 'each is done', (a) => one(a, 'digest')?.done, POOLED],
  ['futures', blocked, {}, 'by one poll', (a) => one(a, 'digest')?.total_polls, POOLED],
  ['futures', blocked, { response_format: 'detailed' }, 'none is left', (a) => one(a, 'digest')?.pending, 0],
  ['futures', quick, {}, 'a task for each long line', (a) => one(a, 'digest')?.done, LONG],
  ['future_logs', blocked, { future_name: 'digest', limit: 1000 }, 'of every task', (a) => a.call_count, POOLED],
  ['future_logs', blocked, { future_name: 'digest', limit: 1000 }, 'the last ones, each once', (a) => new Set(a.data.map((one) => one.id)).size, LOGGED],
  ['future_logs', blocked, { future_name: 'digest', limit: 1000 }, 'done by one poll',
    (a) => a.data.filter((one) => one.state === 'ready' && one.poll_count === 1).length, LOGGED],
  ['future_logs', quick, { future_name: 'digest', order: 'slowest', limit: 2 }, 'the slowest first', (a) => {
    const [first, second] = a.data.map((one) => one.total_poll_duration_ns);
    return first >= second && second > 0;
  }, true],
  ['tokio_runtime', blocked, {}, 'a loop', (a) => one(a, 'loop')?.kind, 'event loop'],
  ['tokio_runtime', blocked, {}, 'what it gives to the pool', (a) => one(a, 'loop')?.spawned, POOLED],
  ['tokio_runtime', blocked, {}, 'and gets back', (a) => one(a, 'loop')?.finished, POOLED],
  ['tokio_runtime', blocked, {}, 'its callbacks', (a) => one(a, 'loop')?.workers[0].poll_count, callbacks(POOLED)],
  ['tokio_runtime', quick, {}, 'its callbacks', (a) => one(a, 'loop')?.workers[0].poll_count, callbacks(LONG)],
  ['bottlenecks', blocked, {}, 'the callback that makes the loop late', (a) => row(a, 'cause', /^loop_lag$/)?.subject, 'on_request'],
  ['bottlenecks', blocked, {}, 'its calls', (a) => row(a, 'cause', /^loop_lag$/)?.numbers.calls, CLIENTS * (LINES + 1)],
  ['bottlenecks', quick, {}, 'no callback', (a) => causes(a).includes('loop_lag'), false],
];
const examples = new Map([[slow, '03_server'], [fixed, '03_server, fixed'], [checker, '06_links'],
  [stage, '07_dataflow, stage'], [convoy, '07_dataflow, convoy'], [flows, '07_dataflow, fixed'],
  [blocked, '06_async'], [quick, '06_async, fixed']]);
for (const [tool, server, args, planted, found, wanted] of table) {
  const example = examples.get(server);
  await check(`${tool}: ${example}: ${planted}`, async () => {
    const answer = await content(server, tool, typeof args === 'function' ? await args() : args);
    const data = answer.data ?? answer.received_logs;
    if (!(data?.length > 0)) return [`no data: ${JSON.stringify(answer).slice(0, 300)}`];
    const value = found(answer);
    return value === wanted ? [] : [`${value}, not ${wanted}: ${JSON.stringify(data).slice(0, 500)}`];
  });
}
for (const server of [stage, convoy, flows]) await server.stop('SIGKILL');
for (const [name, server] of Object.entries({ slow, fixed, checker, blocked, quick })) {
  await check(`${name} ends cleanly`, async () => {
    const how = await server.stop([blocked, quick].includes(server) ? undefined : 'SIGTERM');
    return how.signal || ![0, 1].includes(how.code) ? [`${how.code} ${how.signal}`] : [];
  });
}
site.close();
site.closeAllConnections();
finish();
