/** Requests that no server should answer with success, drawn by a seed. */
import { connect } from 'node:net';
import { below, randomOf } from '../support/random.js';

/** What is drawn from. */
export interface Material {
  url: string;
  /** A whole photo of more than 64 bytes. */
  photo: Buffer;
  /** Most images and bytes of a request. */
  limits: { images: number; bytes: number };
}

type Draw = () => number;
type Kind = (material: Material, draw: Draw) => Promise<number>;

const post = async (
  url: string,
  body: NonNullable<RequestInit['body']>,
  headers: Record<string, string> = {},
  method = 'POST',
): Promise<number> => {
  const response = await fetch(url, { method, body, headers });
  await response.arrayBuffer();
  return response.status;
};

const noise = (length: number, draw: Draw) =>
  Buffer.from(Array.from({ length }, () => below(draw, 256)));

const pick = <Item>(items: readonly Item[], draw: Draw) => items[below(draw, items.length)] as Item;

/** Bytes that are no image, or only the beginning of one. */
function noImage(photo: Buffer, draw: Draw): Buffer {
  const starts = [
    '\x89PNG\r\n\x1a\n',
    'GIF89a',
    'RIFF\x10\0\0\0WEBPVP8 ',
    'II*\0',
    'BM',
    'P6\n',
    '<svg ',
    '',
  ];
  return below(draw, 2) === 0
    ? photo.subarray(0, 1 + below(draw, photo.length / 3))
    : Buffer.concat([Buffer.from(pick(starts, draw), 'latin1'), noise(1 + below(draw, 200), draw)]);
}

/** A multipart body of `photo` with a fault. */
function brokenForm(photo: Buffer, draw: Draw): Buffer {
  const head = '--cut\r\nContent-Disposition: form-data; name="a"; filename="a.jpg"\r\n\r\n';
  const whole = Buffer.concat([Buffer.from(head), photo, Buffer.from('\r\n--cut--\r\n')]);
  const faults = [
    () => whole.subarray(0, below(draw, whole.length - 12)),
    () => Buffer.from(String(whole).replaceAll('--cut', '--cat')),
    () => Buffer.from(String(whole.subarray(0, 40)).replace('form-data', 'mixed')),
    () =>
      Buffer.from('--cut\r\nContent-Disposition: form-data; name="a"\r\n\r\nword\r\n--cut--\r\n'),
    () => Buffer.from('--cut--\r\n'),
    () => noise(below(draw, 300), draw),
  ];
  return pick(faults, draw)();
}

function wrongJson({ photo, limits }: Material, draw: Draw): string {
  const image = photo.toString('base64');
  const texts = [
    ...['', '{', '[]', 'null', '7', '"a"', '{}', '{"images":[]}', '{"image":""}', '{"image":null}'],
    ...[
      '{"images":{}}',
      '{"images":"a"}',
      '{"images":[[1]]}',
      '{"image":"%%%%"}',
      '{"__proto__":{}}',
    ],
    JSON.stringify({ image, images: [image] }),
    JSON.stringify({ image, other: 1 }),
    JSON.stringify({ images: Array(limits.images + 1).fill(image) }),
    JSON.stringify({ image: image.slice(0, below(draw, image.length / 4)) }),
    '['.repeat(1 + below(draw, 5000)),
  ];
  return pick(texts, draw);
}

/** Sends bytes that are no HTTP request, and reads the status. */
const raw = (url: string, bytes: Buffer | string): Promise<number> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    let answer = '';
    const socket = connect(Number(port), hostname, () => socket.end(bytes));
    socket.on('data', (piece) => {
      answer += piece;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(Number(/^HTTP\/1.1 (\d+)/.exec(answer)?.[1])));
  });

const kinds: Kind[] = [
  ({ url, photo }, draw) =>
    post(`${url}/predict`, noImage(photo, draw), { 'content-type': 'image/jpeg' }),
  ({ url, photo }, draw) =>
    post(`${url}/predict`, brokenForm(photo, draw), {
      'content-type': `multipart/form-data; boundary=${pick(['cut', 'cut', 'cut', '', 'x'.repeat(99)], draw)}`,
    }),
  (material, draw) =>
    post(`${material.url}/predict`, wrongJson(material, draw), {
      'content-type': 'application/json',
    }),
  ({ url, photo }, draw) =>
    post(`${url}/predict`, photo, {
      'content-type': pick(
        ['text/plain', 'application/x-www-form-urlencoded', 'a', '/;=,', 'multipart/form-data'],
        draw,
      ),
    }),
  ({ url, photo }, draw) =>
    post(
      `${url}/predict?${pick(['top=0', 'top=-1', 'top=1e9', 'top=1&top=2', 'k=3', '__proto__=1'], draw)}`,
      photo,
      {
        'content-type': 'image/jpeg',
      },
    ),
  ({ url, photo }, draw) =>
    post(
      `${url}${pick(['/predict/', '/%zz', '/health', '/', '//predict', '/a'.repeat(200)], draw)}`,
      photo,
    ),
  ({ url, photo }, draw) =>
    post(
      `${url}/predict`,
      photo,
      { 'content-type': 'image/jpeg' },
      pick(['PUT', 'DELETE', 'PATCH'], draw),
    ),
  ({ url, photo }, draw) =>
    post(`${url}/predict`, photo, {
      'content-type': 'image/jpeg',
      'content-encoding': pick(['gzip', 'br', 'deflate, gzip'], draw),
    }),
  ({ url, limits }, draw) =>
    post(`${url}/predict`, Buffer.alloc(limits.bytes + 1 + below(draw, limits.bytes)), {
      'content-type': pick(['image/png', 'application/json', 'application/octet-stream'], draw),
    }),
  ({ url, photo, limits }) => {
    const form = new FormData();
    for (let image = 0; image <= limits.images; image++) {
      form.append('images', new Blob([new Uint8Array(photo)]), `${image}.jpg`);
    }
    return post(`${url}/predict`, form);
  },
  ({ url }, draw) =>
    raw(
      url,
      pick(
        [
          'hello\r\n\r\n',
          'POST /predict HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n',
          'POST /predict HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
          `GET / HTTP/1.1\r\nHost: a\r\nA: ${'b'.repeat(20_000)}\r\n\r\n`,
          noise(40, draw),
        ],
        draw,
      ),
    ),
];

/** Sends `count` malformed requests, some at a time. @returns for each status how many got it */
export async function sendMalformed(
  material: Material,
  { seed, count, atOnce }: { seed: number; count: number; atOnce: number },
): Promise<Map<number, number>> {
  const draw = randomOf(seed);
  const statuses = new Map<number, number>();
  for (let sent = 0; sent < count; sent += atOnce) {
    const chosen = Array.from({ length: Math.min(atOnce, count - sent) }, () => pick(kinds, draw));
    for (const status of await Promise.all(chosen.map((kind) => kind(material, draw)))) {
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  }
  return statuses;
}
