/** Names the archives that have to be unpacked before images in them can be read, and the commands that do it. */
import path from 'node:path';
import { shellWord } from './shell.js';

/** Each kind of archive, and how to unpack `file` into the new folder `folder`. */
const kinds: [name: RegExp, unpack: (file: string, folder: string) => string][] = [
  [
    /\.(tar(\.(gz|bz2|xz|zst|lz4))?|tgz|tbz2?|txz|tzst)$/i,
    (file, folder) => `mkdir ${folder} && tar -xf ${file} -C ${folder}`,
  ],
  [/\.zip$/i, (file, folder) => `unzip ${file} -d ${folder}`],
  [/\.7z$/i, (file, folder) => `7z x ${file} -o${folder}`],
  [/\.rar$/i, (file, folder) => `unrar x ${file} ${folder}/`],
  [/\.gz$/i, (file) => `gunzip ${file}`],
  [/\.zst$/i, (file) => `unzstd ${file}`],
  [/\.xz$/i, (file) => `unxz ${file}`],
  [/\.bz2$/i, (file) => `bunzip2 ${file}`],
];

/** The command that unpacks `file` beside itself; undefined where its name is not that of an archive. */
export function unpackCommand(file: string): string | undefined {
  for (const [pattern, unpack] of kinds) {
    if (pattern.test(file)) {
      const folder = file.replace(pattern, '');
      return unpack(shellWord(file), shellWord(path.basename(folder) === '' ? 'unpacked' : folder));
    }
  }
  return undefined;
}
