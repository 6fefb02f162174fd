/** The public face of local worker processes: jobs that they take one by one, and workers that work together. */
export type { Job, JobSource, ListedJob } from './job-list.js';
export { type JobContext, type JobEvent, type JobsRequest, runJobs } from './jobs.js';
export { type ClusterPart, Launch, type LaunchRequest, type WorkerFailure } from './launch.js';
export { endWithStarter, tellStarter } from './own-end.js';
