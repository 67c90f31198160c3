import { beforeAll, expect, test, vi } from "vitest";

vi.mock("../lib/boot", () => ({ boot: { max_file_bytes: 4e9, models: [] } }));
let m: typeof import("./upload");
beforeAll(async () => {
  m = await import("./upload");
});

test("what is no clip is refused before it is sent, with the reason", () => {
  expect(m.refusal({ name: "a.mp4", size: 10, type: "video/mp4" })).toBeNull();
  expect(m.refusal({ name: "A.MKV", size: 10, type: "" })).toBeNull();
  expect(m.refusal({ name: "notes.txt", size: 10, type: "text/plain" })).toContain("is no video");
  expect(m.refusal({ name: "noextension", size: 10, type: "" })).toContain("is no video");
  expect(m.refusal({ name: "a.mp4", size: 0, type: "video/mp4" })).toContain("is empty");
  expect(m.refusal({ name: "a.mp4", size: 5e9, type: "video/mp4" })).toContain("5 GB; this server takes files up to 4 GB");
});

test("two uploads of one name never share an address, and names can't leave their folder", () => {
  const a = m.addressFor("clip.mp4", "ox");
  expect(a).toMatch(/^\/api\/repos\/ox\/uploads\/file\/main\/\d{8}-\d{6}-\w+\/clip\.mp4$/);
  expect(m.addressFor("clip.mp4", "ox")).not.toBe(a);
  for (const name of ["../../x.mp4", "a/b.mp4", "a\\b.mp4", "..", "ä ö?#&.mp4", "x\u0000.mp4"]) {
    const last = m.addressFor(name, "ox").split("/main/")[1]!;
    expect(last.split("/")).toHaveLength(2);
    expect(decodeURIComponent(last.split("/")[1]!)).not.toMatch(/^\.|[\\/\u0000]/);
  }
});
