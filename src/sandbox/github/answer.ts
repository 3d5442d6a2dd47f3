// Local GitHub, HTTP: what an operation gives back, and how it refuses; operations throw, github.ts writes.

/** An operation's answer before it is completed from the description, tagged and paged. */
export interface Answer {
  status: number
  body?: unknown
  headers?: Record<string, string>
  /** Where in the body the list to be paged is: the body itself (`''`) or one property of it. */
  page?: string
}

/** One entry of a 422's `errors`. */
export interface FieldError {
  resource?: string
  field?: string
  code: string
  message?: string
}

/**
 * The API's "no": a status with GitHub's message. It is a value of the protocol, thrown only to leave a handler
 * early.
 */
export class ApiRefusal extends Error {
  readonly status: number
  readonly errors: FieldError[] | undefined
  readonly headers: Record<string, string>

  constructor(status: number, message: string, errors?: FieldError[], headers: Record<string, string> = {}) {
    super(message)
    this.status = status
    this.errors = errors
    this.headers = headers
  }
}

/** 200 with a body. */
export const ok = (body: unknown): Answer => ({ status: 200, body })
/** 200 with a list that GitHub pages; `under` names the property that holds it, beside `total_count`. */
export const paged = (list: unknown[], under = ''): Answer => ({
  status: 200,
  body: under === '' ? list : { total_count: list.length, [under]: list },
  page: under
})
/** 201 with a body. */
export const created = (body: unknown): Answer => ({ status: 201, body })
/** 204. */
export const nothing = (): Answer => ({ status: 204 })

/** 404, which is also what GitHub says of things that one may not see. */
export const notFound = (): ApiRefusal => new ApiRefusal(404, 'Not Found')
/** 403 with GitHub's message. */
export const forbidden = (message: string): ApiRefusal => new ApiRefusal(403, message)
/** 409: the world is not as the request supposes. */
export const conflict = (message: string): ApiRefusal => new ApiRefusal(409, message)
/** 422 with an optional list of what is wrong. */
export const unprocessable = (message: string, errors?: FieldError[]): ApiRefusal =>
  new ApiRefusal(422, message, errors)
/** GitHub's commonest 422: "Validation Failed" with one custom sentence. */
export const invalid = (resource: string, message: string, field?: string): ApiRefusal =>
  unprocessable('Validation Failed', [{ resource, code: 'custom', message, ...(field === undefined ? {} : { field }) }])
