/** The variables of schedulers and launchers, and the addresses and cards of workers. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkPrivate, isPrivate, parseAddresses } from '../../src/cluster/addresses.js';
import { cardOf, checkAgreement } from '../../src/cluster/agreement.js';
import { clusterFromEnvironment } from '../../src/cluster/environment/index.js';
import { expandHosts } from '../../src/cluster/environment/slurm.js';
import { differenceBetween } from '../../src/cluster/program-difference.js';

const two = ['a:7000', 'b:7000'];
const tfConfig = (cluster: object, task: object) => ({
  TF_CONFIG: JSON.stringify({ cluster, task }),
});
const srun = {
  ...{ SLURM_STEP_NUM_TASKS: '3', SLURM_PROCID: '2', SLURM_JOB_ID: '1000123', SLURM_STEP_ID: '4' },
  ...{ SLURM_STEP_NODELIST: 'n[08-09]', SLURM_STEP_TASKS_PER_NODE: '2,1' },
};
const onNodes = (first: number) => [`n08:${first}`, `n08:${first + 1}`, `n09:${first}`];
const ompi = {
  ...{ OMPI_COMM_WORLD_RANK: '1', OMPI_COMM_WORLD_SIZE: '2', OMPI_COMM_WORLD_LOCAL_SIZE: '2' },
};
const local = ['127.0.0.1:15000', '127.0.0.1:15001'];

const described: [string, Record<string, string>, object | undefined][] = [
  ['nothing', {}, undefined],
  [
    'TF_CONFIG',
    tfConfig({ worker: two }, { type: 'worker', index: 1 }),
    { workers: two, index: 1 },
  ],
  [
    'TF_CONFIG with a chief',
    tfConfig({ chief: ['a:7000'], worker: ['b:7000'] }, { type: 'worker', index: '0' }),
    { workers: two, index: 1 },
  ],
  ['an empty TF_CONFIG', { TF_CONFIG: '{}' }, undefined],
  [
    'TF_CONFIG of one worker',
    tfConfig({ worker: ['a:1'] }, { type: 'worker', index: 0 }),
    undefined,
  ],
  [
    'TF_CONFIG of one worker within Slurm',
    { ...srun, ...tfConfig({ worker: ['a:1'] }, { type: 'worker', index: 0 }) },
    undefined,
  ],
  [
    'Kubernetes',
    { JOB_COMPLETION_INDEX: '1', BOBBIN_WORKERS: 'a,b', BOBBIN_PORT: '7000' },
    { workers: two, index: 1 },
  ],
  ['a Kubernetes job that is no cluster', { JOB_COMPLETION_INDEX: '1' }, undefined],
  ['Slurm', srun, { workers: onNodes(15_123), index: 2, runId: 'slurm 1000123.4' }],
  [
    'Slurm with reserved ports',
    { ...srun, SLURM_STEP_RESV_PORTS: '12000-12001', BOBBIN_RUN_ID: 'r' },
    { workers: onNodes(12_000), index: 2, runId: 'r' },
  ],
  ['one task of Slurm', { ...srun, SLURM_STEP_NUM_TASKS: '1' }, undefined],
  ['Open MPI', ompi, { workers: local, index: 1 }],
  [
    'Open MPI with host names',
    { ...ompi, OMPI_COMM_WORLD_LOCAL_SIZE: '1', BOBBIN_WORKERS: 'a:7000,b:7000' },
    { workers: two, index: 1 },
  ],
  ['Open MPI within Slurm', { ...srun, ...ompi }, { workers: local, index: 1 }],
  ['PMI', { PMI_RANK: '0', PMI_SIZE: '2' }, { workers: local, index: 0 }],
  ['one process of PMI', { PMI_RANK: '0', PMI_SIZE: '1' }, undefined],
];

test('when variables of a launcher are set, then they give the workers and the number of this one', () => {
  for (const [name, env, expected] of described) {
    assert.deepEqual(clusterFromEnvironment(env), expected, name);
  }
});

test('when variables contradict each other or lack something, then the error names the variable', () => {
  const refused: [Record<string, string>, RegExp][] = [
    [{ TF_CONFIG: '[1' }, /for TF_CONFIG but received/],
    [{ TF_CONFIG: '{"cluster":{"worker":"a:1"}}' }, /an array of addresses in cluster\.worker/],
    [tfConfig({ worker: two }, { type: 'ps', index: 0 }), /chief or worker for task\.type/],
    [tfConfig({ worker: two }, { type: 'worker', index: 2 }), /task\.index .* received 2/],
    [{ BOBBIN_WORKERS: 'a,b' }, /Missing .* for BOBBIN_INDEX/],
    [{ BOBBIN_WORKERS: 'a,b', BOBBIN_INDEX: '2' }, /Expected 3 workers/],
    [{ ...ompi, BOBBIN_WORKERS: 'a' }, /Expected 2 workers/],
    [{ ...ompi, OMPI_COMM_WORLD_LOCAL_SIZE: '1' }, /for BOBBIN_WORKERS\. .*mpirun -x/],
    [{ ...srun, SLURM_STEP_TASKS_PER_NODE: '3' }, /Expected 3 tasks/],
    [{ ...srun, SLURM_STEP_NODELIST: 'n[8' }, /SLURM_STEP_NODELIST but received "n\[8"/],
    [{ ...srun, SLURM_STEP_NODELIST: 'n[1-99999999]' }, /at most 65536 hosts/],
    [{ ...srun, SLURM_DISTRIBUTION: 'cyclic' }, /--distribution=block/],
    [{ ...srun, SLURM_PROCID: 'x' }, /SLURM_PROCID but received "x"/],
  ];
  for (const [env, message] of refused) {
    assert.throws(() => clusterFromEnvironment(env), message);
  }
});

test('when Slurm shortens a list of nodes, then all of them are found', () => {
  const nodes = ['n1', 'n2', 'n07', 'gpu3', 'r1a1', 'r1a2'];
  assert.deepEqual(expandHosts('n[1-2,07],gpu3,r1a[1-2]'), nodes);
});

test('when an address is public, of another form or there twice, then it is refused', async () => {
  for (const address of ['10.1.2.3', '192.168.0.1', '172.31.9.9', '127.0.0.1', '::1', 'fd00::1']) {
    assert.ok(isPrivate(address), address);
  }
  for (const address of ['8.8.8.8', '172.32.0.1', '2606:4700::1', '::ffff:8.8.8.8']) {
    assert.ok(!isPrivate(address), address);
  }
  const [open] = parseAddresses(['8.8.8.8:7000']);
  assert.ok(open);
  await assert.rejects(
    checkPrivate([open], 1),
    /a private address for worker 0 but received "8\.8\.8\.8:7000"\. .* allowPublic/,
  );
  assert.deepEqual(parseAddresses(['[fd00::2]:1']), [{ host: 'fd00::2', port: 1 }]);
  for (const text of ['a', 'a:0', 'a:65536', ':7000', 'a b:1', 7000]) {
    assert.throws(() => parseAddresses([text as string]), /workers\[0\] but received/);
  }
  assert.throws(() => parseAddresses(['a:1', 'a:1']), /a:1 was given twice/);
});

test('when workers are of different runs, versions or settings, then the error names the worker and what differs', () => {
  const names = ['worker 0 (a:1)', 'worker 1 (b:1)'];
  const cardWith = (runId: string, settings: object, device: 'CPU' | 'GPU' = 'CPU') =>
    cardOf({ runId, settings: { ...settings }, device });
  const card = cardWith('secret', { lr: 0.1, data: { hash: 'x' } });
  const check = (other: string) => checkAgreement([card, other], 1, names);
  check(card);
  assert.ok(!card.includes('secret'));
  assert.throws(() => check(cardWith('other', {})), /worker 0 \(a:1\) belongs to another run/);
  const settings = cardWith('secret', { lr: 0.2, data: { hash: 'y' } });
  assert.throws(() => check(settings), /different settings \(lr, data\.hash\)/);
  const onGpu = cardWith('secret', { lr: 0.1, data: { hash: 'x' } }, 'GPU');
  assert.throws(
    () => check(onGpu),
    /worker 0 \(a:1\) computes on a CPU and worker 1 \(b:1\) on a GPU|worker 0 \(a:1\) computes on a GPU and worker 1 \(b:1\) on a CPU/,
  );
  const older = JSON.stringify({ ...JSON.parse(card), version: '0.0.1' });
  assert.throws(() => check(older), /has version 0\.0\.1 of Bobbin|and .* has 0\.0\.1/);
});

test('when workers call different collectives, then the sentence names both', () => {
  const [a, b] = ['allReduce of float32 [2]', 'allReduce of float32 [3]'];
  assert.equal(differenceBetween(two, 1, [a], [a]), undefined);
  assert.match(
    differenceBetween(two, 1, [a, b], [a]) ?? '',
    /number 2 of a call is none on worker 0 \(a:7000\) and allReduce of float32 \[3\] on worker 1/,
  );
});
