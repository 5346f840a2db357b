/** What the page asks the API and the local stack. */

export const EVENTS = "/v1/events";

async function ask(url, token) {
  const response = await fetch(url, token ? { headers: { Authorization: `Bearer ${token}` } } : {});
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(body.detail ?? body.message ?? body.title ?? `The API answered ${response.status}`);
  return body;
}

/** The demo users, which the local stack alone tells; none elsewhere. */
export async function demoUsers() {
  return ask("/page/users").then((answer) => answer.users, () => []);
}

/** A demo user's access token; null for nobody. */
export async function tokenOf(user) {
  return user ? (await ask(`/page/users/${encodeURIComponent(user)}/token`)).token : null;
}

export async function search(query, token) {
  const parameters = new URLSearchParams({ ...(query && { query }), explain: "true", page_size: "10" });
  return ask(`/v1/search?${parameters}`, token);
}

export async function suggest(prefix) {
  const parameters = new URLSearchParams({ prefix, limit: "4" });
  return (await ask(`/v1/suggest?${parameters}`)).suggestions;
}
