/** Options of serving, each declared once. */
import type { OptionTable, OptionValues } from '../options.js';
import { classifyOptions } from '../prediction/index.js';

const { batchSize: _, ...views } = classifyOptions;

/** What one request and all of them together may take. */
export const limitOptions = {
  maxMegabytes: {
    type: 'number',
    default: 16,
    min: 0.001,
    max: 2000,
    help: 'most megabytes of the body of a request',
  },
  maxMegapixels: {
    type: 'number',
    default: 50,
    min: 0.001,
    max: 4300,
    help: 'most megapixels of an image, by its headers; of BMP and Netpbm always 48',
  },
  maxImages: {
    type: 'integer',
    default: 16,
    min: 1,
    max: 1000,
    help: 'most images of a request',
  },
  maxRequests: {
    type: 'integer',
    default: 64,
    min: 1,
    max: 100_000,
    help: 'requests that are read, wait or are computed at the same time; more are refused at once, with status 503 and Retry-After',
  },
  timeout: {
    type: 'number',
    default: 30,
    min: 0.05,
    max: 3600,
    help: 'seconds in which a request must have arrived, and again in which it is answered; later it gets status 408 or 503',
  },
} as const satisfies OptionTable;

export const serveOptions = {
  port: {
    type: 'integer',
    default: 8000,
    min: 0,
    max: 65_535,
    help: 'TCP port; 0: any free one',
  },
  top: {
    type: 'integer',
    default: 5,
    min: 1,
    max: 100_000,
    help: 'most probable classes of an answer; ?top=N of a request comes before it',
  },
  threshold: {
    type: 'number',
    default: 0.5,
    min: 0,
    max: 1,
    help: 'where an image has any number of labels, the least probability of those that it is answered with',
  },
  batchSize: {
    type: 'integer',
    default: 8,
    min: 1,
    max: 1024,
    help: 'most images that are computed together, of one request or of several',
  },
  waitMs: {
    type: 'number',
    default: 5,
    min: 0,
    max: 60_000,
    help: 'milliseconds that an image waits for others to fill its batch',
  },
  ...limitOptions,
  ...views,
} as const satisfies OptionTable;

export type ServeValues = OptionValues<typeof serveOptions>;
export type Limits = OptionValues<typeof limitOptions>;
