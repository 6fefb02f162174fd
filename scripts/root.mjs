/** Where this package lies, and whether it is a checkout. */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const packageRoot = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** A checkout has the lock file; an installed package has only what was packed. */
export const isCheckout = fs.existsSync(path.join(packageRoot, 'package-lock.json'));
