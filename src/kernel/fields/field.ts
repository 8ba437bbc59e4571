/** Every kind of field that a definition can use. */
import { choice } from "./choice.ts";
import { computed } from "./computed.ts";
import { date } from "./date.ts";
import { decimal } from "./decimal.ts";
import { duration } from "./duration.ts";
import { email } from "./email.ts";
import { file } from "./file.ts";
import { lines } from "./lines.ts";
import { link } from "./link.ts";
import { links } from "./links.ts";
import { longText } from "./long-text.ts";
import { manyChoice } from "./many-choice.ts";
import { moment } from "./moment.ts";
import { money } from "./money.ts";
import { percent } from "./percent.ts";
import { person } from "./person.ts";
import { phone } from "./phone.ts";
import { registered } from "./registered.ts";
import { team } from "./team.ts";
import { text } from "./text.ts";
import { webAddress } from "./web-address.ts";
import { wholeNumber } from "./whole-number.ts";
import { yesNo } from "./yes-no.ts";

export const field = {
  choice,
  computed,
  date,
  decimal,
  duration,
  email,
  file,
  lines,
  link,
  links,
  longText,
  manyChoice,
  moment,
  money,
  percent,
  person,
  phone,
  registered,
  team,
  text,
  webAddress,
  wholeNumber,
  yesNo,
};
