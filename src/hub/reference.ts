/** Names a file of a hub in text: `hf:OWNER/NAME[/FILE][@REVISION]`. */
import { expected } from '../errors.js';

const prefix = 'hf:';

export interface HubReference {
  /** `OWNER/NAME`. */
  repository: string;
  /** Within the repository; undefined for the usual one. */
  file: string | undefined;
  /** A branch, a tag or a commit. */
  revision: string;
}

/** Whether `text` means a file of a hub, and not one of this machine. */
export const isHubReference = (text: string): boolean => text.startsWith(prefix);

/** @throws InvalidInputError when `text` is not of that form */
export function parseReference(text: string): HubReference {
  const [, path = '', revision = 'main'] = /^hf:([^@]*)(?:@(.*))?$/.exec(text) ?? [];
  const [owner = '', name = '', ...rest] = path.split('/');
  const parts = [owner, name, ...rest, ...revision.split('/')];
  if (!parts.every(isPlainPart)) {
    throw expected(
      'hf:OWNER/NAME, hf:OWNER/NAME/FILE, or one of them with @REVISION at its end',
      'a file of a hub',
      text,
      `For a file of this machine, write ./${text}`,
    );
  }
  const file = rest.length === 0 ? undefined : rest.join('/');
  return { repository: `${owner}/${name}`, file, revision };
}

/** Whether a part of a path names something in its folder: a server may say anything. */
const isPlainPart = (part: string): boolean =>
  /^[\w.+ ()=,-]{1,255}$/.test(part) && !/^\.+$/.test(part);

/** Whether a path of a repository stays within it. */
export const isPlainPath = (path: unknown): path is string =>
  typeof path === 'string' && path.length < 1000 && path.split('/').every(isPlainPart);
