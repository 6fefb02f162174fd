/** The submission stage's public face: write what the competition takes, and check it before it is sent. */
export { type Problem, type Verification, verifySubmission } from './verify.js';
export { type Submission, type SubmissionOptions, writeSubmission } from './write.js';
