// json.mjs PROGRAM [SEED [COUNT]]: compares the server's JSON reader with JSON.parse on documents that
// are mutated from a printed seed. PROGRAM is test_mcp_json; it reads documents on stdin (--stream).
// Both must take and refuse the same ones and read the same values, but for what the reader refuses
// on purpose: bytes that are no UTF-8, halves of surrogate pairs, more than 64 levels.
import { spawn } from 'node:child_process';

const [program, seedText = '1', countText = '100000'] = process.argv.slice(2);
const count = Number(countText);
let state = BigInt(seedText);

/** A number from 0 to bound - 1 (splitmix64). */
function below(bound) {
    state = (state + 0x9e3779b97f4a7c15n) & 0xffffffffffffffffn;
    let z = state;
    z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & 0xffffffffffffffffn;
    z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & 0xffffffffffffffffn;
    return Number((z ^ (z >> 31n)) % BigInt(bound));
}
const pick = (list) => list[below(list.length)];

const strings = ['', 'a', 'é', '\\n', '\\u00e9', '\\ud83d\\ude00', '\\"', '\\\\', 'key', ' ', '😀',
    '\\u0000', '__proto__', '\u2028', '\u007f'];
const numbers = ['0', '-0', '1', '-1', '1.5', '1e5', '1E-5', '12345678901234567890', '0.1', '1e400'];

/** A valid document. */
function document(depth) {
    const kind = below(depth > 5 ? 4 : 7);
    const space = pick(['', '', '', ' ', '\n', '\t']);
    if (kind === 0) return pick(['true', 'false', 'null']) + space;
    if (kind === 1) return space + pick(numbers);
    if (kind < 4) return `"${pick(strings)}${pick(strings)}"`;
    const items = Array.from({ length: below(5) }, () => document(depth + 1));
    if (kind === 4) return `[${items.join(`${space},`)}${space}]`;
    return `{${space}${items.map((v) => `"${pick(strings)}"${space}:${v}`).join(',')}}`;
}
const bytes = [...'{}[]",:\\ utfn0123456789.eE+-\n/\'', '\x00', '\x1f', '\x7f', '\xff', '\xc3', '\xed',
    '\xa0', '\x80', '\xef', '\xbb', '\xbf'].map((c) => c.charCodeAt(0));

/** Changes a few bytes of a document. */
function mutate(text) {
    let data = [...Buffer.from(text)];
    for (let changes = below(4); changes > 0; changes--) {
        const at = below(data.length + 1);
        const what = below(5);
        if (what === 0) data.splice(at, 1);
        else if (what === 1) data.splice(at, 0, pick(bytes));
        else if (what === 2) data[at] = pick(bytes);
        else if (what === 3) data = data.slice(0, at);
        else data.splice(at, 0, ...data.slice(below(data.length + 1)).slice(0, 8));
    }
    return Buffer.from(data.map((b) => b ?? 0x20));
}
function depthOf(value) {
    if (value === null || typeof value !== 'object') return 0;
    return 1 + Object.values(value).reduce((most, v) => Math.max(most, depthOf(v)), 0);
}
/** Whether an escape in a valid document is half of a surrogate pair. */
function hasHalf(text) {
    const escapes = [...text.matchAll(/\\(?:u([0-9a-f]{4})|.)/gi)];
    let high = -1; // where the low half must follow
    for (const { index, 1: hex } of escapes) {
        const code = hex === undefined ? 0 : parseInt(hex, 16);
        const isLow = code >= 0xdc00 && code <= 0xdfff;
        if (isLow !== (high === index)) return true;
        if (high >= 0 && high !== index) return true;
        high = code >= 0xd800 && code <= 0xdbff ? index + 6 : -1;
    }
    return high >= 0;
}
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** What JSON.parse makes of a document, by the reader's rules: undefined if it must refuse it. */
function expected(data) {
    let text;
    try {
        text = utf8.decode(data);
        const value = JSON.parse(text);
        return hasHalf(text) || depthOf(value) > 64 ? undefined : { value };
    } catch {
        return undefined;
    }
}

console.log(`# seed ${seedText}, ${count} documents`);
const child = spawn(program, ['--stream'], { stdio: ['pipe', 'pipe', 'inherit'] });
let answers = '';
child.stdout.setEncoding('utf8').on('data', (piece) => (answers += piece));
const ended = new Promise((resolve) => child.on('close', resolve));

const documents = [];
for (let i = 0; i < count; i++) {
    const data = mutate(document(0));
    documents.push(data);
    const head = Buffer.alloc(4);
    head.writeUInt32LE(data.length);
    if (!child.stdin.write(Buffer.concat([head, data])))
        await new Promise((resolve) => child.stdin.once('drain', resolve));
}
child.stdin.end();
const code = await ended;
const lines = answers.split('\n');
let failures = 0;
let valid = 0;
function fail(i, why) {
    if (++failures <= 10)
        console.log(`not ok - document ${i}: ${why}: ${JSON.stringify(documents[i].toString('latin1'))}`);
}
for (let i = 0; i < count; i++) {
    const want = expected(documents[i]);
    const line = lines[i] ?? '';
    if (want === undefined) {
        if (line[0] === '+') fail(i, 'JSON.parse refuses what the reader takes');
        continue;
    }
    valid++;
    if (line[0] !== '+') {
        fail(i, `the reader refuses what JSON.parse takes (${line.slice(1)})`);
        continue;
    }
    const got = JSON.stringify(JSON.parse(line.slice(1)));
    if (got !== JSON.stringify(want.value)) fail(i, `read as ${got}`);
}
console.log(`# ${valid} of them are JSON`);
if (code !== 0) fail(0, `the program ended with ${code}`);
if (valid < count / 10 || valid > (count * 9) / 10) fail(0, 'the mutations are not mixed');
console.log(failures === 0 ? 'ok - JSON.parse and the reader agree'
    : `not ok - ${failures} documents are read differently`);
process.exitCode = failures === 0 ? 0 : 1;
