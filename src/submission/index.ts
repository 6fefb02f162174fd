/** The public face of the submission stage: answers the questions, writes the submission and verifies it. */
export { type Answered, type AnswerRequest, answerQuestions, classShares } from './answer.js';
export type { FormColumn, ListedForm, SubmissionForm } from './forms/form.js';
export { forms as submissionForms } from './forms/list.js';
export { readForm, usualForm } from './forms/read.js';
export { checkRecipes, type Recipes, readRecipes, trainingFor } from './recipes.js';
export {
  type Member,
  type MemberEvent,
  type SubmitObserver,
  type SubmitRequest,
  type SubmitResult,
  submitOptions,
} from './request.js';
export { hasBegun, modelRuns, savedSettings } from './settings.js';
export { submit } from './submit.js';
export { type Problem, type Verification, verifySubmission } from './verify.js';
export { type Submission, type SubmissionOptions, writeSubmission } from './write.js';
