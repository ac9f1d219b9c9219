"use client";

/** Signs in by email and password; the session is a cookie. Null when done, else a sentence for the person. */
export async function signIn(email: string, password: string): Promise<string | null> {
  const response = await post("/api/auth/sign-in/email", { email, password });
  if (response === null) return "The server could not be reached. Check the connection and try again.";
  if (response.ok) return null;
  if (response.status === 429) return "Too many tries. Wait a minute, then try again.";
  if (response.status < 500) return "The email or the password is wrong.";
  return "The server could not sign you in. Try again in a moment.";
}

/** Ends the session; false if the server could not be told. */
export async function signOut(): Promise<boolean> {
  return (await post("/api/auth/sign-out", {}))?.ok ?? false;
}

async function post(path: string, body: object): Promise<Response | null> {
  try {
    return await fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  } catch {
    return null;
  }
}
