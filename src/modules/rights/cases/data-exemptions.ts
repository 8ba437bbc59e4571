/** By what personal data is withheld, or a right is not given effect: UK GDPR arts 12 and 17 to 21; DPA 2018 schs 2 to 4. */
export const dataExemptions = {
  unfounded: "UK GDPR art 12(5) manifestly unfounded",
  excessive: "UK GDPR art 12(5) excessive",
  identity: "UK GDPR art 12(6) not known who asks",
  no_authority: "No authority to act for them",
  art17_3: "UK GDPR art 17(3) needed by law, for claims or public interest",
  art18: "UK GDPR art 18 the grounds are not met",
  art20: "UK GDPR art 20 not by consent or contract",
  art21: "UK GDPR art 21 compelling grounds",
  accurate: "UK GDPR art 16 it is accurate",
  crime: "DPA sch 2 para 2 crime and taxation",
  proceedings: "DPA sch 2 para 5 law and legal proceedings",
  others: "DPA sch 2 para 16 others’ personal data",
  privilege: "DPA sch 2 para 19 legal privilege",
  management: "DPA sch 2 para 22 management forecasts",
  negotiations: "DPA sch 2 para 23 negotiations",
  references: "DPA sch 2 para 24 references",
  health: "DPA sch 3 health data",
  social: "DPA sch 3 social work data",
  education: "DPA sch 3 education data",
  abuse: "DPA sch 3 child abuse data",
  other_law: "DPA sch 4 prohibited by other law",
} as const;

/** How whoever is refused can go on, which no refusal may leave out: UK GDPR art 12(4), DPA 2018 ss 164A, 165 and 167. */
export const howToComplain =
  "If you think that we are wrong, you can complain to us: answer this, or write to our data protection officer. We will acknowledge a complaint within 30 days. You can also complain to the Information Commissioner (ico.org.uk/make-a-complaint, 0303 123 1113), and you can ask a court to order us to comply with the law.";
