/** Replays the calls that shim.c recorded on a model of a disk, to tell which files a power cut would leave. */
import path from 'node:path';

interface Node {
  /** Names in a folder, as programs see them, and as a power cut would leave them. */
  entries?: { seen: Map<string, Node>; kept: Map<string, Node> };
  /** Whether all bytes of a file are flushed. */
  flushed: boolean;
}

const newFolder = (): Node => ({
  entries: { seen: new Map(), kept: new Map() },
  flushed: true,
});

/**
 * The strictest disk that POSIX allows: bytes and names are kept once fsync was called on the file and on its folder, except
 * that a removal is kept at once.
 */
export class RecordedDisk {
  private readonly top = newFolder();
  private readonly byInode = new Map<string, Node>();

  /** `root`, an absolute folder below which calls were recorded, is taken as kept. */
  constructor(private readonly root: string) {}

  apply(line: string): void {
    const [call, ...words] = line.split(' ') as [string, ...string[]];
    const rest = words.join(' ');
    if (call === 'rename') {
      const [from, to] = rest.split(' -> ') as [string, string];
      const node = this.folderOf(from).seen.get(path.basename(from)) as Node;
      this.folderOf(from).seen.delete(path.basename(from));
      this.folderOf(to).seen.set(path.basename(to), node);
    } else if (call === 'remove') {
      const { seen, kept } = this.folderOf(rest);
      seen.delete(path.basename(rest));
      kept.delete(path.basename(rest));
    } else if (call !== 'say') {
      this.change(call, words[0] as string, words.slice(1).join(' '));
    }
  }

  /** Paths below the root of all files that programs see, or of those that a power cut would leave whole. */
  files(which: 'seen' | 'kept'): string[] {
    return [...filesBelow(this.top, which, '')].sort();
  }

  private change(call: string, inode: string, file: string): void {
    if (call === 'create' || call === 'mkdir') {
      const node = call === 'mkdir' ? newFolder() : { flushed: false };
      this.byInode.set(inode, node);
      this.folderOf(file).seen.set(path.basename(file), node);
      return;
    }
    const node = file === this.root ? this.top : (this.byInode.get(inode) as Node);
    if (call === 'write') {
      node.flushed = false;
    } else if (node.entries === undefined) {
      node.flushed = true;
    } else {
      node.entries.kept = new Map(node.entries.seen);
    }
  }

  private folderOf(file: string): NonNullable<Node['entries']> {
    const names = path.relative(this.root, path.dirname(file)).split('/').filter(Boolean);
    let node = this.top;
    for (const name of names) {
      node = node.entries?.seen.get(name) as Node;
    }
    return node.entries as NonNullable<Node['entries']>;
  }
}

function* filesBelow(node: Node, which: 'seen' | 'kept', file: string): Generator<string> {
  if (node.entries === undefined) {
    if (which === 'seen' || node.flushed) {
      yield file;
    }
    return;
  }
  for (const [name, child] of node.entries[which]) {
    yield* filesBelow(child, which, path.join(file, name));
  }
}
