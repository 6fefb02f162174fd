/** Fetches a file of a hub, with what belongs to it, into Bobbin's cache; what is there already is not fetched again. */
import {
  callback,
  checkArgument,
  checkArguments,
  choice,
  type ShapeOf,
  signal,
  text,
} from '../arguments.js';
import { inLockedFolder } from '../disk/index.js';
import { InvalidInputError, missing } from '../errors.js';
import { type CachedFile, type Listing, RepositoryCache } from './cache.js';
import { chooseFile, companionsOf, configurationOf, usualFiles, type Wants } from './choice.js';
import { type Hub, openHub } from './hub.js';
import { type HubReference, parseReference } from './reference.js';

/** How far a download is. */
export interface HubProgress {
  /** Its name within the repository. */
  file: string;
  /** Bytes that are there. */
  done: number;
  /** Bytes of the file. */
  total: number;
}

/** The options of `fetchFromHub`. */
export interface HubOptions {
  /** Decides which file is taken if the reference names none. */
  wants: Wants;
  /** Without it, a line on standard error shows how far a download is. */
  onProgress?: (progress: HubProgress) => void;
  /** Ends the call; what has arrived stays for the next one. */
  signal?: AbortSignal;
}

const shape = {
  wants: choice(...Object.keys(usualFiles)),
  onProgress: callback,
  signal,
} satisfies ShapeOf<HubOptions>;

/** A file of a hub on this machine. */
export interface HubFile {
  /** `hf:OWNER/NAME/FILE`, without the revision. */
  name: string;
  /** The same with the commit: it means this content for ever. */
  reference: string;
  /** Its path. */
  file: string;
  /** Of the file's bytes, in hex. */
  sha256: string;
  /** The commit. */
  revision: string;
  /** The path of `config.json`, if the repository has one: beside the file, else at its root. */
  config?: string;
  /** The path of `preprocessor_config.json`, likewise. */
  preprocessor?: string;
}

/**
 * The file that `hf:OWNER/NAME[/FILE][@REVISION]` names, from the hub at `HF_ENDPOINT` or from the cache. A commit's files come
 * from the cache if they are there; a branch or a tag is asked for, unless the hub cannot be reached or `HF_HUB_OFFLINE` is set.
 *
 * @throws InvalidInputError when there is no such file, the hub refuses it or sends something else, and Error when it cannot be
 *   reached; each with the way out
 */
export async function fetchFromHub(reference: string, options: HubOptions): Promise<HubFile> {
  checkArgument('reference', reference, text('hf:OWNER/NAME'));
  checkArguments('fetchFromHub', options, shape);
  const { wants, signal: ending } = options;
  const asked = parseReference(reference);
  const cache = new RepositoryCache(asked.repository);
  const hub = isOffline() ? undefined : await openHub(asked.repository, { signal: ending });
  try {
    const listing = await listingOf(asked, cache, hub, ending);
    const file = chooseFile(asked, listing.files, wants);
    const fetchOne = (name: string) =>
      fetchFile({ ...asked, file: name }, { cache, hub, commit: listing.commit, options });
    const fetched = await fetchOne(file);
    for (const companion of companionsOf(file, listing.files)) {
      await fetchOne(companion);
    }
    const fetchConfiguration = async (name: string) => {
      const found = configurationOf(name, file, listing.files);
      return found && (await fetchOne(found)).file;
    };
    const config = await fetchConfiguration('config.json');
    const preprocessor = await fetchConfiguration('preprocessor_config.json');
    return {
      name: `hf:${asked.repository}/${file}`,
      reference: `hf:${asked.repository}/${file}@${listing.commit}`,
      ...fetched,
      revision: listing.commit,
      ...(config !== undefined && { config }),
      ...(preprocessor !== undefined && { preprocessor }),
    };
  } finally {
    await hub?.close();
  }
}

/**
 * The reference with the file and the commit that it means now, which is fetched; one that has both stays.
 *
 * @throws as {@link fetchFromHub}
 */
export async function pinReference(reference: string, options: HubOptions): Promise<string> {
  const { file, revision } = parseReference(reference);
  const isPinned = file !== undefined && isCommit(revision);
  return isPinned ? reference : (await fetchFromHub(reference, options)).reference;
}

/** As huggingface_hub reads it. */
const isOffline = () => /^(1|on|yes|true)$/i.test(process.env.HF_HUB_OFFLINE ?? '');

const isCommit = (revision: string) => /^[0-9a-f]{40}$/.test(revision);

async function listingOf(
  { repository, revision }: HubReference,
  cache: RepositoryCache,
  hub: Hub | undefined,
  ending: AbortSignal | undefined,
): Promise<Listing> {
  const cached = await cache.listing(revision);
  if (cached !== undefined && (hub === undefined || isCommit(revision))) {
    return cached;
  }
  if (hub === undefined) {
    throw missing(`${repository} at ${revision}`, "Bobbin's cache", unsetOffline);
  }
  try {
    const listing = await hub.listing(revision, cached && []);
    // A cache that others filled may be closed to this user.
    if (cached?.commit !== listing.commit) {
      await cache.keepListing(revision, listing);
    }
    return listing;
  } catch (error) {
    if (cached === undefined || ending?.aborted || isRefusal(error)) {
      throw error;
    }
    process.emitWarning(
      `${repository} is taken from the cache, at the commit ${cached.commit}: ${(error as Error).message}`,
      { code: 'BOBBIN_HUB' },
    );
    return cached;
  }
}

/** Whether the hub has refused the request for good. After any other failure, the cache is used. */
const isRefusal = (error: unknown) =>
  error instanceof InvalidInputError && !(error.cause as { passing?: boolean })?.passing;

const unsetOffline = 'Unset HF_HUB_OFFLINE to fetch it';

interface Fetching {
  cache: RepositoryCache;
  /** Undefined where nothing may be fetched. */
  hub: Hub | undefined;
  commit: string;
  options: HubOptions;
}

/** Downloads of this process that are in progress, by path: two calls may want the same file. */
const inProgress = new Map<string, Promise<CachedFile>>();

async function fetchFile(
  { repository, file: name }: HubReference & { file: string },
  { cache, hub, commit, options }: Fetching,
): Promise<CachedFile> {
  const cached = await cache.file(commit, name);
  if (cached !== undefined) {
    return cached;
  }
  if (hub === undefined) {
    throw missing(`${name} of ${repository} at ${commit}`, "Bobbin's cache", unsetOffline);
  }
  const folder = cache.commitFolder(commit);
  const before = inProgress.get(folder) ?? Promise.resolve(undefined);
  const download = before
    .catch(() => {})
    .then(
      async () =>
        (await cache.file(commit, name)) ??
        inLockedFolder(folder, `the cache of hf:${repository}`, receive),
    );
  inProgress.set(folder, download);
  try {
    return await download;
  } finally {
    if (inProgress.get(folder) === download) {
      inProgress.delete(folder);
    }
  }

  async function receive(): Promise<CachedFile> {
    const remote = await (hub as Hub).remote(commit, name);
    const partial = await cache.partial(
      commit,
      'sha256' in remote ? remote.sha256 : remote.gitHash,
    );
    const { onProgress } = options;
    const onSize =
      onProgress && ((done: number) => onProgress({ file: name, done, total: remote.bytes }));
    await (hub as Hub).download(remote, partial, name, onSize);
    return cache.keepFile(commit, name, partial);
  }
}
