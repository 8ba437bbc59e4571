/** What surrounds the sample pages. */
import type { Shell } from "../../src/web/view/models.ts";

/** The working shell with one navigation item marked. */
export function shell(title: string, current = "My work"): Shell {
  const item = (label: string, count?: string) => ({
    label,
    href: `/${label.toLowerCase().replaceAll(" ", "-")}`,
    ...(count ? { count } : {}),
    current: label === current,
  });
  return {
    title,
    organisation: { name: "Aldermoor Borough Council", href: "/", brandColour: "#12436d" },
    csrf: "sample-token",
    person: { name: "Priya Nair", accountHref: "/account", signOutAction: "/sign-out" },
    notifications: { count: "4", href: "/notifications" },
    search: { action: "/search", value: "" },
    nav: [
      { items: [item("My work", "14"), item("Search")] },
      {
        label: "Work",
        items: [
          item("Support desk", "126"),
          item("Information rights", "38"),
          item("Policy and guidance", "5"),
          item("Delivery", "31"),
          item("Money"),
          item("Contracts", "9"),
        ],
      },
      {
        label: "Registers",
        items: [
          item("Services"),
          item("Systems"),
          item("Devices and vehicles"),
          item("People and teams"),
          item("Suppliers"),
        ],
      },
      { label: "Insight", items: [item("Reports"), item("Data quality", "3"), item("Administration")] },
    ],
    footer: [
      { text: "Accessibility", href: "/accessibility" },
      { text: "API", href: "/api/reference" },
    ],
  };
}

/** The standard shell, for people who are not signed in. */
export function plainShell(title: string): Shell {
  return {
    title,
    organisation: { name: "Aldermoor Borough Council", href: "/", brandColour: "#12436d" },
    csrf: "sample-token",
    demo: "Everyone and everything here is invented.",
    footer: [{ text: "Accessibility", href: "/accessibility" }],
  };
}
