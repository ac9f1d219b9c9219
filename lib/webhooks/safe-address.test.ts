import { expect, test } from "vitest";
import { refusalOf, refusalOfHost, safeLookup } from "./safe-address.ts";

test.each([
  "169.254.169.254",
  "169.254.170.2",
  "100.100.100.200",
  "0.0.0.0",
  "224.0.0.1",
  "255.255.255.255",
  "fe80::1",
  "fd00:ec2::254",
  "::",
  "::ffff:169.254.169.254",
  "::ffff:a9fe:a9fe",
  "64:ff9b::169.254.169.254",
])("%s is refused whatever is allowed", (address) => {
  expect(refusalOf(address, true)).toContain("link-local or reserved");
});

test.each([
  "127.0.0.1",
  "10.1.2.3",
  "172.31.0.1",
  "192.168.1.1",
  "100.64.0.1",
  "::1",
  "fd12::1",
  "::ffff:127.0.0.1",
])("%s is called only where internal addresses are allowed", (address) => {
  expect(refusalOf(address, false)).toContain("STEMMA_WEBHOOKS_INTERNAL=1");
  expect(refusalOf(address, true)).toBeNull();
});

test.each(["93.184.216.34", "172.32.0.1", "2606:2800:220:1:248:1893:25c8:1946"])(
  "%s is called",
  (address) => {
    expect(refusalOf(address, false)).toBeNull();
  },
);

test("a host that is an address is checked without a look-up, in brackets too", () => {
  expect(refusalOfHost("[::1]", false)).not.toBeNull();
  expect(refusalOfHost("example.com", false)).toBeNull();
});

test("a name that leads to this machine is refused when it is connected to", async () => {
  const lookUp = (allowsInternal: boolean) =>
    new Promise((resolve) =>
      safeLookup(allowsInternal)("localhost", { all: true }, (error, addresses) =>
        resolve(error ? error.message : addresses),
      ),
    );
  expect(await lookUp(false)).toContain("is on this machine or a private network");
  expect(await lookUp(true)).toEqual(expect.arrayContaining([expect.objectContaining({ family: 4 })]));
});
