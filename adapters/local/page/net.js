// Talking to the doors. A request that was not answered may be repeated: its event id makes that harmless.

export class Refusal extends Error {
  constructor(status, error) {
    super(error?.message ?? "Something failed on our side. Please try again.");
    this.status = status;
    this.fields = error?.fields ?? (error?.field ? { [error.field]: this.message } : {});
  }
}

export class Unreachable extends Error {
  constructor() { super("The bot cannot be reached. Nothing is lost: try again in a moment."); }
}

async function call(path, options) {
  let response;
  try { response = await fetch(path, options); }
  catch { throw new Unreachable(); }
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refusal(response.status, body.error);
  return body;
}

export const get = (path, query = {}) => {
  const asked = new URLSearchParams(query).toString();
  return call(`/local/${path}${asked ? `?${asked}` : ""}`);
};

export const post = (path, body) => call(`/local/${path}`, {
  method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
});

const unanswered = new Map();

// Post an act. While the same act has not been answered, its repetition bears the same event id.
export async function act(path, body) {
  const key = path + JSON.stringify(body);
  const event = unanswered.get(key) ?? crypto.randomUUID();
  unanswered.set(key, event);
  try {
    const { messages } = await post(path, { ...body, event });
    unanswered.delete(key);
    return messages;
  } catch (error) {
    if (error instanceof Refusal) unanswered.delete(key);
    throw error;
  }
}

const SILENCE = 40000;
const RETRY = 1500;

// Listen to what happens in a person's conversation until `close()`; `on` has message, clock, unread, lost, back.
export function listen(user, after, on) {
  let source, watchdog, retry, closed = false, lost = false;
  const seen = { id: after };
  const alive = () => {
    clearTimeout(watchdog);
    watchdog = setTimeout(again, SILENCE);
  };
  const again = () => {
    source?.close();
    clearTimeout(watchdog);
    clearTimeout(retry);
    if (closed) return;
    if (!lost) on.lost();
    lost = true;
    retry = setTimeout(open, RETRY);
  };
  const heard = (name, use) => source.addEventListener(name, (event) => {
    alive();
    if (event.lastEventId) seen.id = event.lastEventId;
    use?.(JSON.parse(event.data));
  });
  function open() {
    source = new EventSource(`/local/stream?${new URLSearchParams({ as: user, after: seen.id })}`);
    source.onopen = () => { alive(); if (lost) on.back(); lost = false; };
    source.onerror = again;
    heard("message", on.message);
    heard("clock", on.clock);
    heard("unread", on.unread);
    heard("beat");
  }
  open();
  return { close() { closed = true; source?.close(); clearTimeout(watchdog); clearTimeout(retry); } };
}
