import { describe, expect, it, vi } from "vitest";
import { ApiError, type Api } from "../src/api";
import { markOf } from "../src/session";
import { Visitor } from "../src/visitor";

const tokenOf = (person: string) => `x.${btoa(JSON.stringify({ sub: person }))}.x`;

/** A service that refuses these tokens. */
function service(...refused: string[]): { api: Api; open: ReturnType<typeof vi.fn> } {
  const open = vi.fn((_: string, token: string | null) =>
    token && refused.includes(token)
      ? Promise.reject(new ApiError("unauthorized", ""))
      : Promise.resolve({ conversation_id: "c1", token: "salt" }),
  );
  return { api: { open } as unknown as Api, open };
}

describe("Visitor", () => {
  const kept = { id: "c1", token: "salt", who: markOf(tokenOf("dana"), "salt") };

  it("knows its own conversation by the person, not by the token", async () => {
    const visitor = new Visitor(() => Promise.resolve(tokenOf("dana")));
    expect(visitor.mayResume(kept, await visitor.token())).toBe(true);
    visitor.become(() => Promise.resolve(tokenOf("lee")));
    expect(visitor.mayResume(kept, await visitor.token())).toBe(false);
  });

  it("goes on with any conversation where the page tells nothing, but does not own it", async () => {
    const visitor = new Visitor(null);
    const token = await visitor.token();
    expect(visitor.mayResume(kept, token)).toBe(true);
    expect(visitor.owns(kept, token ?? null)).toBe(false);
  });

  it("does not know who is there where the token cannot be had, and neither shows nor gives up what is kept", async () => {
    const visitor = new Visitor(() => Promise.reject(new Error("down")));
    expect(await visitor.token()).toBeUndefined();
    expect(visitor.mayResume(kept, undefined)).toBeUndefined();
    expect(visitor.mayResume({ ...kept, who: "" }, undefined)).toBe(true);
    expect(visitor.mayResume(kept, null)).toBe(false);
  });

  it("opens with a fresh token where the first is refused", async () => {
    const { api, open } = service(tokenOf("old"));
    const visitor = new Visitor(() => Promise.resolve(tokenOf("new")));
    const { session, refused } = await visitor.open(api, "en", tokenOf("old"));
    expect(session.who).toBe(markOf(tokenOf("new"), "salt"));
    expect(refused).toBe(false);
    expect(open).toHaveBeenCalledTimes(2);
  });

  it("opens for nobody in particular where both are refused, and tells", async () => {
    const { api, open } = service(tokenOf("old"));
    const visitor = new Visitor(() => Promise.resolve(tokenOf("old")));
    expect(await visitor.open(api, "en", tokenOf("old"))).toMatchObject({ session: { who: "" }, refused: true });
    expect(open.mock.calls.map(([, token]) => token as string | null)).toEqual([tokenOf("old"), tokenOf("old"), null]);
  });

  it("passes every other error on", async () => {
    const api = { open: () => Promise.reject(new ApiError("unavailable", "")) } as unknown as Api;
    await expect(new Visitor(null).open(api, "en", null)).rejects.toMatchObject({ code: "unavailable" });
  });
});
