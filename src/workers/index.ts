/** The public face of local worker processes: jobs that they take one by one, and workers that work together. */
export { type Job, type JobContext, type JobEvent, type JobsRequest, runJobs } from './jobs.js';
