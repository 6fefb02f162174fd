/** The submission stage's public face: make what the competition takes, and check it before it is sent. */
export {
  classShares,
  type Member,
  type SubmitObserver,
  type SubmitRequest,
  type SubmitResult,
  submit,
  submitOptions,
} from './submit.js';
export { type Problem, type Verification, verifySubmission } from './verify.js';
export { type Submission, type SubmissionOptions, writeSubmission } from './write.js';
