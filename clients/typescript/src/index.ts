/** A client of a v100_ai service: meetings, streams, webhooks, keys, and events that resume by themselves. */

import { Http, type Options } from "./http.js";
import {
  Clips,
  Keys,
  type NewMeeting,
  type NewStream,
  Server,
  Sessions,
  SignIn,
  Webhooks,
} from "./resources.js";

export { ApiError, HistoryLost, ServiceUnreachable, SignatureRejected, V100Error } from "./errors.js";
export type { Following } from "./follower.js";
export type { SessionEvent } from "./generated/events.js";
export type { Options } from "./http.js";
export type {
  Body,
  NewKey,
  NewMeeting,
  NewStream,
  NewWebhook,
  Paging,
  Participant,
  Result,
  Session,
} from "./resources.js";
export { type Transport, overFetch, overWebSocket } from "./transports.js";
export { verify } from "./webhooks.js";

export class V100 {
  readonly meetings: Sessions<NewMeeting>;
  readonly streams: Sessions<NewStream>;
  readonly webhooks: Webhooks;
  readonly keys: Keys;
  readonly clips: Clips;
  readonly signIn: SignIn;
  readonly server: Server;

  constructor(options: Options = {}) {
    const http = new Http(options);
    this.meetings = new Sessions(http, "/v1/meetings");
    this.streams = new Sessions(http, "/v1/streams");
    this.webhooks = new Webhooks(http, "/v1/webhooks");
    this.keys = new Keys(http, "/v1/keys");
    this.clips = new Clips(http, "/v1/clips");
    this.signIn = new SignIn(http, "/v1/sign-in");
    this.server = new Server(http);
  }
}
