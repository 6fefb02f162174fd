/** Errors with the status of the HTTP answer that tells them. */
import { expected, missing } from '../errors.js';

/** Why a request is refused, in a sentence for whoever sent it. */
export class Refusal extends Error {
  override name = 'Refusal';

  /** @param status 4xx for a fault of the request, 503 for one that may be sent again */
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** As {@link expected}, with a status. */
export const refused = (status: number, ...words: Parameters<typeof expected>): Refusal =>
  new Refusal(status, expected(...words).message);

/** As {@link missing}: nothing was sent where something is due. */
export const absent = (...words: Parameters<typeof missing>): Refusal =>
  new Refusal(400, missing(...words).message);

export const overloaded = () =>
  new Refusal(503, 'The server has as many requests as it takes at once. Send it again later');

export const stopping = () =>
  new Refusal(503, 'The server starts or stops. Send the request again later');

export const tooLate = (seconds: number) =>
  new Refusal(503, `The request was not answered within ${seconds} s. Send it again later`);
