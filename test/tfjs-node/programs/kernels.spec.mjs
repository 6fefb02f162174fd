/** A test file of Vitest. */
import { test } from 'vitest';

test('kernels', () => import('./kernels.cjs'));
