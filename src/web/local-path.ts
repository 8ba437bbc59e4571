/**
 * The path on this site that an address names, with its query; null for any other address. Guards against being sent
 * elsewhere after signing in (`//elsewhere.example`, `/\\elsewhere.example`, `javascript:`).
 */
export function localPath(address: string): string | null {
  if (address.length > 4000 || !/^\/(?![/\\])[\x21-\x7e]*$/.test(address) || address.includes("\\")) return null;
  const here = "http://reeve.invalid";
  const url = URL.parse(address, here);
  return url?.origin === here && !url.pathname.startsWith("//") ? `${url.pathname}${url.search}` : null;
}
