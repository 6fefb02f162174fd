/** What Bobbin's cache holds of a hub's repositories; each commit is kept apart and never changes. */
import { rename, stat } from 'node:fs/promises';
import path from 'node:path';
import {
  ifPresent,
  makeFolder,
  openSealed,
  readRegular,
  replaceFile,
  sealed,
  sha256OfSource,
  withSource,
  writeWhole,
} from '../disk/index.js';
import { cacheFolder } from '../set-up.js';

/** A commit of a repository, with the names of all its files. */
export interface Listing {
  commit: string;
  files: string[];
}

/** A file in the cache, and its hash. */
export interface CachedFile {
  file: string;
  sha256: string;
}

const remedy = 'Delete it, and fetch it again';

/** `hub/OWNER/NAME` of the cache: `revisions/REVISION.json` and, for each commit, `COMMIT/{listing.json,files,hashes}`. */
export class RepositoryCache {
  private readonly folder: string;

  /** @param repository `OWNER/NAME`, of plain names */
  constructor(repository: string) {
    this.folder = path.join(cacheFolder, 'hub', repository);
  }

  /** The commit that a branch or a tag was when it was last asked for, or that `revision` is. */
  async listing(revision: string): Promise<Listing | undefined> {
    const pointer = await this.json(this.revisionFile(revision));
    const commit = pointer?.commit ?? revision;
    return (await this.json(path.join(this.folder, `${commit}`, 'listing.json'))) as
      | Listing
      | undefined;
  }

  async keepListing(revision: string, listing: Listing): Promise<void> {
    const { commit } = listing;
    await writeWhole(path.join(this.folder, commit, 'listing.json'), sealed(listing));
    if (revision !== commit) {
      await writeWhole(this.revisionFile(revision), sealed({ commit }));
    }
  }

  /** The file, if it is there and has the content that was fetched. */
  async file(commit: string, name: string): Promise<CachedFile | undefined> {
    const file = this.place(commit, name);
    const kept = await this.json(this.hashFile(commit, name));
    if (kept === undefined || (await ifPresent(stat(file))) === undefined) {
      return undefined;
    }
    const sha256 = await withSource(file, sha256OfSource);
    return sha256 === kept.content ? { file, sha256 } : undefined;
  }

  /** Where a download of the file grows; `hash` tells which content. */
  async partial(commit: string, hash: string): Promise<string> {
    const folder = this.commitFolder(commit);
    await makeFolder(folder);
    return path.join(folder, `partial-${hash}`);
  }

  /** Takes a complete download into the cache. */
  async keepFile(commit: string, name: string, partial: string): Promise<CachedFile> {
    const file = this.place(commit, name);
    const sha256 = await withSource(partial, sha256OfSource);
    await replaceFile(file, (unfinished) => rename(partial, unfinished));
    await writeWhole(this.hashFile(commit, name), sealed({ content: sha256 }));
    return { file, sha256 };
  }

  /** The folder of a commit, for messages and locks. */
  commitFolder(commit: string): string {
    return path.join(this.folder, commit);
  }

  private place(commit: string, name: string): string {
    return path.join(this.folder, commit, 'files', name);
  }

  private hashFile(commit: string, name: string): string {
    return path.join(this.folder, commit, 'hashes', `${name}.json`);
  }

  private revisionFile(revision: string): string {
    return path.join(this.folder, 'revisions', `${encodeURIComponent(revision)}.json`);
  }

  private async json(file: string): Promise<Record<string, unknown> | undefined> {
    const bytes = await ifPresent(readRegular(file));
    return bytes && openSealed(bytes, file, remedy);
  }
}
