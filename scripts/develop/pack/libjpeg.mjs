/** libjpeg-turbo as a static library for the prebuilt addon, from the sources that a Rust crate carries. */
import fs from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../../root.mjs';
import { work } from '../../run.mjs';
import { requireTools } from './tools.mjs';

/** The crate with libjpeg-turbo 3.1.0. Cargo only fetches it: no Rust is compiled. */
const crate = {
  name: 'turbojpeg-sys',
  version: '1.2.0',
  sha256: '49b5a974bc59382d35927e3a07eef2ba9a24fe7227cefe52ec44b508e1b90f86',
};

const folder = path.join(packageRoot, 'build-packages', `${crate.name}-${crate.version}`);
const sources = path.join(folder, 'vendor', crate.name, 'libjpeg-turbo');

/**
 * Builds the library with its SIMD code, once.
 * @returns {{variables: string[], licences: string[]}} what CMake takes to find it, and the files of its licences
 * @throws {Error} one sentence, when a tool is missing or the sources are not the pinned ones
 */
export function buildLibjpeg() {
  const root = path.join(folder, 'installed');
  if (!fs.existsSync(root)) {
    requireTools({ cargo: 'cargo', nasm: 'nasm' });
    fetchSources();
    compile(root);
  }
  const licences = ['LICENSE.md', 'README.ijg'].map((name) => path.join(sources, name));
  // With JPEG_ROOT, CMake would take the system's library for one that it does not find.
  const variables = [
    `JPEG_INCLUDE_DIR=${path.join(root, 'include')}`,
    `JPEG_LIBRARY=${path.join(root, 'lib', 'libjpeg.a')}`,
  ];
  return { variables, licences };
}

/** Fetches the crate and checks its hash, which Cargo has compared with the file's. */
function fetchSources() {
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  const { name, version, sha256 } = crate;
  const manifest = `[package]
name = "libjpeg-sources"
version = "0.0.0"
edition = "2021"
[lib]
path = "none.rs"
[dependencies]
${name} = "=${version}"
`;
  fs.writeFileSync(path.join(folder, 'Cargo.toml'), manifest);
  fs.writeFileSync(path.join(folder, 'none.rs'), '');
  work('cargo', ['vendor', '--quiet', 'vendor'], { cwd: folder, stdio: ['ignore', 2, 2] });
  const sums = path.join(folder, 'vendor', name, '.cargo-checksum.json');
  const received = JSON.parse(fs.readFileSync(sums, 'utf8')).package;
  if (received !== sha256) {
    throw new Error(`Expected SHA-256 ${sha256} for ${name} ${version} but received ${received}`);
  }
}

/** @param {string} root */
function compile(root) {
  const build = path.join(folder, 'build');
  const fresh = `${root}-${process.pid}`;
  const options = ['ENABLE_SHARED=OFF', 'WITH_TURBOJPEG=OFF', 'REQUIRE_SIMD=ON'];
  options.push('CMAKE_BUILD_TYPE=Release', 'CMAKE_POSITION_INDEPENDENT_CODE=ON');
  options.push('CMAKE_INSTALL_LIBDIR=lib');
  work('cmake', ['-S', sources, '-B', build, ...options.map((option) => `-D${option}`)]);
  work('cmake', ['--build', build, '--parallel', '2']);
  work('cmake', ['--install', build, '--prefix', fresh]);
  fs.renameSync(fresh, root);
}
