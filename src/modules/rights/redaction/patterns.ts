/** What a suggestion or a mark is of. */
export const kinds = {
  name: "Name",
  email: "E-mail address",
  phone: "Phone number",
  insurance: "National Insurance number",
  postcode: "Postcode",
  birth: "Date of birth",
  words: "Words",
  area: "Area",
} as const;

export type Kind = keyof typeof kinds;

/** A kind within a sentence: “phone number”, “National Insurance number”. */
export function kindInSentence(kind: Kind): string {
  const label = kinds[kind];
  return label.startsWith("National") ? label : label.toLowerCase();
}

/** A stretch of a text that looks like something of a person, and why. */
export interface Found {
  readonly kind: Kind;
  readonly from: number;
  readonly until: number;
  readonly why: string;
}

interface Pattern {
  readonly kind: Kind;
  readonly looksLike: RegExp;
  readonly why: string;
  /** Whether what looks like it is one. */
  readonly is?: (text: string) => boolean;
}

const months =
  "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)";
const day = String.raw`\d{1,2}(?:st|nd|rd|th)?`;
const dates = [
  String.raw`\d{1,2}\s?[/.-]\s?\d{1,2}\s?[/.-]\s?(?:\d{4}|\d{2})`,
  String.raw`\d{4}-\d{2}-\d{2}`,
  String.raw`${day}\s(?:of\s)?${months},?\s(?:\d{4}|\d{2})`,
  String.raw`${months}\s${day},?\s\d{4}`,
].join("|");

/** Each with bounds on how far it looks, so that no text makes it slow. */
const patterns: readonly Pattern[] = [
  {
    kind: "email",
    looksLike: /[\p{L}\p{N}._%+'-]{1,64}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,5}/gu,
    why: "It has the form of an e-mail address",
  },
  {
    // HMRC, National Insurance Manual NIM39110: two letters, six figures and A, B, C or D.
    kind: "insurance",
    looksLike: /(?<![\p{L}\p{N}])[a-z]\s?[a-z](?:[\s-]?\d\d){3}(?:[\s-]?[a-d])?(?![\p{L}\p{N}])/giu,
    why: "It has the form of a National Insurance number, with two letters that HMRC gives out",
    is: (text) => isInsurancePrefix(text.replaceAll(/[\s-]/g, "").slice(0, 2).toUpperCase()),
  },
  {
    kind: "phone",
    looksLike:
      /(?<![\p{L}\p{N}.])(?:(?:\+|00)\s?\d{1,3}[\s.-]?(?:\(0\))?|\(?0)(?:[\s().-]{0,2}\d){8,12}(?![\p{L}\p{N}])/gu,
    why: "It has the form of a phone number",
    is: isPhone,
  },
  {
    // The forms of Royal Mail’s Programmer’s Guide: A9, A99, A9A, AA9, AA99 and AA9A before a figure and two letters.
    kind: "postcode",
    looksLike:
      /(?<![\p{L}\p{N}])(?:[a-pr-uwyz][a-hk-y]?\d[a-hjkmnp-y\d]?|gir)\s?\d[abd-hjlnp-uw-z]{2}(?![\p{L}\p{N}])/giu,
    why: "It has the form of a postcode",
    is: (text) => text === text.toUpperCase() || text === text.toLowerCase(),
  },
  {
    kind: "birth",
    looksLike: new RegExp(
      String.raw`(?<=\b(?:born|birth|d\.?o\.?b\.?|birthday)\b[^\n\d]{0,20})(?<!\d)(?:${dates})(?!\d)`,
      "giu",
    ),
    why: "A date stands after words that say when somebody was born",
  },
];

/** Never given out: D, F, I, Q, U and V in either place, O in the second, and these pairs (HMRC, NIM39110). */
function isInsurancePrefix(prefix: string): boolean {
  return /^[A-CEGHJ-PRSTW-Z][A-CEGHJ-NPRSTW-Z]$/.test(prefix) && !/^(?:BG|GB|KN|NK|NT|TN|ZZ)$/.test(prefix);
}

/** Numbers of the United Kingdom have 9 or 10 figures after the 0 (Ofcom’s numbering plan); those of others up to 15 (ITU E.164). */
function isPhone(text: string): boolean {
  const abroad = /^\s*(?:\+|00)/.test(text);
  const figures = text.replace("(0)", "").replaceAll(/\D/g, "");
  if (!abroad) return /^0[1235789]\d{8,9}$/.test(figures);
  const plain = figures.replace(/^00/, "");
  return plain.startsWith("44") ? /^44[1235789]\d{8,9}$/.test(plain) : plain.length >= 8 && plain.length <= 15;
}

/** What looks like something of a person in a text, but for names; in the order of the text, nothing twice. */
export function findPatterns(text: string): Found[] {
  const found = patterns.flatMap(({ kind, looksLike, why, is = () => true }) =>
    [...text.matchAll(looksLike)]
      .filter(([all]) => is(all))
      .map((match): Found => ({ kind, why, from: match.index, until: match.index + match[0].length })),
  );
  return found
    .toSorted((one, other) => one.from - other.from || other.until - one.until)
    .filter(({ from }, at, all) => all.slice(Math.max(0, at - 5), at).every((before) => before.until <= from));
}
