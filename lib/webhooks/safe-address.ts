import { lookup } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";

/** Never called: cloud metadata and everything else that is link-local, multicast, reserved or "this host". */
const never = blockList([
  ["0.0.0.0", 8],
  ["169.254.0.0", 16],
  // Alibaba's metadata address, inside the carrier-grade range.
  ["100.100.100.200", 32],
  ["192.0.0.0", 24],
  ["198.18.0.0", 15],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
  ["::", 128],
  ["fe80::", 10],
  ["ff00::", 8],
  // The metadata address of AWS in IPv6, inside the unique-local range.
  ["fd00:ec2::254", 128],
]);

/** This machine and private networks: only where the server's environment allows them. */
const internal = blockList([
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
  ["::1", 128],
  ["fc00::", 7],
]);

/** Why this IP address must not be called, as half a sentence; null if it may. IPv4 inside IPv6 counts as IPv4. */
export function refusalOf(address: string, allowsInternal: boolean): string | null {
  const plain = /^(?:::ffff:|64:ff9b::)(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
  const family = isIP(plain) === 6 ? "ipv6" : "ipv4";
  if (never.check(plain, family)) return "is link-local or reserved, which a webhook is never sent to";
  if (!allowsInternal && internal.check(plain, family))
    return "is on this machine or a private network; set STEMMA_WEBHOOKS_INTERNAL=1 to allow that";
  return null;
}

/** The same for the host of a URL when it is an address itself: such a host is never looked up. */
export function refusalOfHost(hostname: string, allowsInternal: boolean): string | null {
  const bare = hostname.replace(/^\[|\]$/g, "");
  return isIP(bare) ? refusalOf(bare, allowsInternal) : null;
}

/**
 * A look-up for `http.request` that fails where any address of the name must not be called. The checked address is
 * the one connected to, so a name that answers differently the next time gains nothing.
 */
export function safeLookup(allowsInternal: boolean): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, "", 0);
      const refused = addresses.find(({ address }) => refusalOf(address, allowsInternal) !== null);
      const first = addresses[0];
      if (refused || !first) {
        const why = refused ? refusalOf(refused.address, allowsInternal) : "has no address";
        return callback(new Error(`${hostname} (${refused?.address ?? "–"}) ${why}`), "", 0);
      }
      if (options.all) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}

function blockList(ranges: [string, number][]): BlockList {
  const list = new BlockList();
  for (const [net, prefix] of ranges) list.addSubnet(net, prefix, isIP(net) === 6 ? "ipv6" : "ipv4");
  return list;
}
