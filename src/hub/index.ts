/** The public face of the hub: files of repositories, fetched when a user names them. */
export {
  fetchFromHub,
  type HubFile,
  type HubOptions,
  type HubProgress,
  pinReference,
} from './fetch.js';
export { isHubReference } from './reference.js';
