/** Base of everything this client throws. */
export class V100Error extends Error {
  override name = "V100Error";
}

/** The service refused a request; the fields are those of its problem (RFC 9457). */
export class ApiError extends V100Error {
  override name = "ApiError";
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
  ) {
    super(`${status} ${code}: ${detail}`);
  }
}

/** The service does not answer, or not any more. */
export class ServiceUnreachable extends V100Error {
  override name = "ServiceUnreachable";
}

/** Events that were to be read next are no longer kept: there are those from `first` to `last`. */
export class HistoryLost extends V100Error {
  override name = "HistoryLost";
  constructor(
    readonly session: string,
    readonly expected: number,
    readonly first: number,
    readonly last: number,
  ) {
    super(`${session}: expected event ${expected}, kept are ${first} to ${last}`);
  }
}

/** A webhook that was not signed with the secret, was changed on its way, or is not of now. */
export class SignatureRejected extends V100Error {
  override name = "SignatureRejected";
}

/** The problem that an answer tells of, or as much as is known without one. */
export function problem(status: number, content: string): ApiError {
  try {
    const found = JSON.parse(content);
    if (typeof found.code === "string" && typeof found.detail === "string") {
      return new ApiError(status, found.code, found.detail);
    }
  } catch {
    // Not of the service: a proxy's page, say.
  }
  return new ApiError(status, "unknown", `answered ${status} without a problem to read`);
}
