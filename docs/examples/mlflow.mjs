/**
 * A callback that logs a run to an MLflow server by its REST API (https://mlflow.org/docs/latest/api_reference/rest-api.html):
 *
 *     await train({ …, callbacks: [mlflow({ server: 'http://localhost:5000', experiment: 'collars' })] });
 *
 * Options are parameters, the numbers of steps and epochs are metrics, and the files of the finished model are artifacts. A resumed
 * run goes on in its MLflow run, which has the path of its folder as the tag `bobbin.run`.
 */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

/** The server takes at most as many in a request. */
const mostMetrics = 1000;
const mostParameters = 100;

/** @returns {import('bobbin').Callback} */
export function mlflow({ server, experiment }) {
  const api = apiOf(server);
  let run;
  let stepsPerEpoch;
  let model;
  const metrics = [];
  const add = (step, values) => {
    const numbers = Object.entries(values).filter(([, value]) => value !== undefined);
    metrics.push(...numbers.map(([key, value]) => ({ key, value, step, timestamp: Date.now() })));
  };
  const send = async () => {
    while (metrics.length > 0) {
      const batch = metrics.splice(0, mostMetrics);
      await api.post('runs/log-batch', { run_id: run.run_id, metrics: batch });
    }
  };
  return {
    name: 'mlflow',
    async begin(facts) {
      stepsPerEpoch = facts.stepsPerEpoch;
      model = path.join(facts.run, 'model');
      run = await openRun(api, experiment, facts);
    },
    async step({ step, loss, accuracy, learningRate, logged }) {
      const numbers = { 'step/loss': loss, 'step/accuracy': accuracy };
      add(step, { ...numbers, 'step/learning_rate': learningRate, ...logged });
      if (metrics.length >= mostMetrics) {
        await send();
      }
    },
    async epoch({ epoch, loss, accuracy, validationLoss, validationAccuracy, logged }) {
      const step = epoch * stepsPerEpoch;
      add(step, { loss, accuracy, validation_loss: validationLoss });
      add(step, { validation_accuracy: validationAccuracy });
      add(step, logged ?? {});
      await send();
    },
    async end({ finished, error }) {
      await send();
      if (finished) {
        await uploadFolder(api, model, `${run.artifact_uri}/model`);
      }
      const status = finished ? 'FINISHED' : error === undefined ? 'KILLED' : 'FAILED';
      await api.post('runs/update', { run_id: run.run_id, status, end_time: Date.now() });
    },
  };
}

/** Calls of the REST API; each throws when the server refuses it. */
function apiOf(server) {
  const call = async (method, name, body, type) => {
    const url = `${server}/api/2.0/${name}`;
    const headers = { 'content-type': type };
    const response = await fetch(url, { method, body, headers });
    const text = await response.text();
    if (!response.ok) {
      throw new Error(`${method} ${url}: ${response.status} ${text}`);
    }
    // An upload has no answer.
    return text === '' ? undefined : JSON.parse(text);
  };
  return {
    post: (name, body) => call('POST', `mlflow/${name}`, JSON.stringify(body), 'application/json'),
    put: (name, content) => call('PUT', name, content, 'application/octet-stream'),
  };
}

/** The MLflow run of a resumed run, else a new one with its parameters. */
async function openRun(api, experiment, { run, task, options, finishedSteps }) {
  const experiment_id = await experimentOf(api, experiment);
  const folder = path.resolve(run);
  if (finishedSteps > 0) {
    const filter = `tags.\`bobbin.run\` = '${folder}'`;
    const { runs } = await api.post('runs/search', { experiment_ids: [experiment_id], filter });
    if (runs?.length > 0) {
      const [{ info }] = runs;
      await api.post('runs/update', { run_id: info.run_id, status: 'RUNNING' });
      return info;
    }
  }
  const tags = [{ key: 'bobbin.run', value: folder }];
  const created = { experiment_id, run_name: task, start_time: Date.now(), tags };
  const { info } = (await api.post('runs/create', created)).run;
  const { augmentation, ...values } = options;
  const params = Object.entries({ task, ...values, ...augmentation })
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ({ key, value: String(value) }));
  while (params.length > 0) {
    const batch = params.splice(0, mostParameters);
    await api.post('runs/log-batch', { run_id: info.run_id, params: batch });
  }
  return info;
}

/** The number of the experiment with this name, which is made if there is none. */
async function experimentOf(api, name) {
  const filter = `name = '${name}'`;
  const { experiments = [] } = await api.post('experiments/search', { filter, max_results: 1 });
  const [found] = experiments;
  return (found ?? (await api.post('experiments/create', { name }))).experiment_id;
}

/** @param place `mlflow-artifacts:/…`, of a server that stores artifacts itself, as it does by default */
async function uploadFolder(api, folder, place) {
  const target = place.replace(/^mlflow-artifacts:\/+/, 'mlflow-artifacts/artifacts/');
  for (const name of await readdir(folder)) {
    await api.put(`${target}/${name}`, await readFile(path.join(folder, name)));
  }
}
