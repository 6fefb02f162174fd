/** The ServerDef is compared with bytes that TensorFlow's Python has read. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { type Server, serverDef } from '../../src/cluster/server-def.js';
import { intField } from '../../src/protobuf.js';

/** By this folder's check_server_defs.py, TensorFlow reads them as they are meant. */
const golden: Record<string, string> = JSON.parse(
  readFileSync(new URL('fixtures/server-defs.json', import.meta.url), 'utf8'),
);

const noConfig = new Uint8Array();
const config = Uint8Array.from([...intField(2, 2), ...intField(7, 1)]);
const servers: Record<string, Server> = {
  two: {
    ...{ workers: ['127.0.0.1:7000', '127.0.0.1:7001'], index: 0, config: noConfig },
    ...{ startSeconds: 300, heartbeatSeconds: 30 },
  },
  second: {
    ...{ workers: ['a.example:7000', '[fd00::2]:65535'], index: 1, config: noConfig },
    ...{ startSeconds: 2.5, heartbeatSeconds: 1 },
  },
  many: {
    ...{ workers: Array.from({ length: 12 }, (_, i) => `node${i}:15000`), index: 11, config },
    ...{ startSeconds: 60, heartbeatSeconds: 3600 },
  },
};

for (const [name, server] of Object.entries(servers)) {
  test(`when there are workers (${name}), then the ServerDef has bytes that TensorFlow has read`, () => {
    assert.equal(Buffer.from(serverDef(server)).toString('hex'), golden[name]);
  });
}
