/** What surrounds every page: the organisation, the person, the navigation. Plain data; templates choose the classes. */

import type { Tone } from "../../../kernel/fields/kind.ts";

/** How something should be felt. Templates map a tone to colours; colour never speaks alone. */
export type { Tone };

export type Link = { readonly text: string; readonly href: string };

/** A short coloured word: a state, a priority, a flag. */
export type Tag = { readonly text: string; readonly tone: Tone };

export type HiddenField = { readonly name: string; readonly value: string };

export type NavItem = {
  readonly label: string;
  readonly href: string;
  /** Ready to show: "14", "1,000+". */
  readonly count?: string;
  readonly current?: boolean;
  /** Its other pages, while the person is on one of them. */
  readonly within?: readonly NavItem[];
};

/** A group without a label comes first and holds My work and Search. */
export type NavGroup = { readonly label?: string; readonly items: readonly NavItem[] };

/** Shown once after something was done. `good` is a success notification, `bad` an alert. */
export type Flash = { readonly tone: "good" | "info" | "bad"; readonly text: string; readonly link?: Link };

export type Organisation = {
  readonly name: string;
  readonly href: string;
  /** `#rrggbb`. Served as a small stylesheet (see `brandStylesheet`), never inline. */
  readonly brandColour: string;
  /** Its size in pixels as it is shown, and what is laid under it so that it can be seen on the bar. */
  readonly logo?: {
    readonly href: string;
    readonly width: number;
    readonly height: number;
    readonly ground: "none" | "light" | "dark";
  };
};

/**
 * With `nav` the page takes the working layout (officers: bar, navigation, full width); without it the standard
 * one-column layout, which is what people who are not signed in see.
 */
export type Shell = {
  /** The page's own title; the organisation's name is put behind it. Begin with "Error: " is done by the form pages. */
  readonly title: string;
  readonly organisation: Organisation;
  /** Sent with every form as `_csrf`. Empty for pages that must work without a session. */
  readonly csrf: string;
  readonly person?: { readonly name: string; readonly accountHref: string; readonly signOutAction: string };
  /** `count` is ready to show: "4", "9+"; absent when all are read. */
  readonly notifications?: { readonly count?: string; readonly href: string };
  readonly nav?: readonly NavGroup[];
  readonly search?: { readonly action: string; readonly value: string };
  readonly flash?: Flash;
  /** A banner's sentence: "This is a demonstration. Everything in it is invented." */
  readonly demo?: string;
  /** For whom this person acts, and the form that stops it. */
  readonly standsIn?: { readonly text: string; readonly stopAction: string };
  /** Where the page hears that what it shows has changed, and the moment that it was made for (milliseconds since 1970). */
  readonly live?: { readonly href: string; readonly at: string; readonly bellOnly?: boolean };
  /** Of the standard layout, for people who are signed in: the few places that they need. */
  readonly places?: readonly NavItem[];
  /** Meant to be found by search engines: what was published for everybody. */
  readonly indexed?: boolean;
  /** A feed of what the page shows. */
  readonly feed?: string;
  /** Links at the foot: accessibility statement, API reference. */
  readonly footer?: readonly Link[];
};
