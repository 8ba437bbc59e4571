import { conditionOf, isAsked, whenAsked } from "../../kernel/asked.ts";
import type { Asking } from "../../kernel/asked.ts";
import type { FormField } from "../view/models.ts";

type Values = Readonly<Record<string, unknown>>;

/** The answer on the same page by which a control is shown. `controlOf` names the control of a field there. */
export function whenOf(
  asking: Asking,
  name: string,
  shown: Values,
  controlOf: (name: string) => string = (field) => field,
): Pick<FormField, "when"> {
  const when = conditionOf(asking, name);
  const field = when && asking.fields[when.field];
  if (!when || !field) return {};
  const is = when.is.map((answer) => {
    const widget = field.kind.input(field.options, answer);
    return "value" in widget ? widget.value : String(answer);
  });
  const text = whenAsked(asking, name) ?? "";
  return {
    when: {
      control: controlOf(when.field),
      is,
      text: text.charAt(0).toUpperCase() + text.slice(1),
      met: isAsked(asking, name, shown),
    },
  };
}
