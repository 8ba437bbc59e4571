import type { PageAnswer, PageRequest } from "../page.ts";

/** What is asked for before something is changed that lets one in. */
interface Asking {
  readonly title: string;
  readonly intro: string;
  /** Where the form goes. */
  readonly action: string;
  readonly submit: string;
}

/** A page that asks for one's own password, with what was wrong with the last one. */
export async function askPassword(page: PageRequest, asking: Asking, error?: string): Promise<PageAnswer> {
  const { title, intro, action, submit } = asking;
  return {
    page: "form",
    status: error === undefined ? 200 : 422,
    model: {
      shell: await page.as((tx) => page.shell(tx, { title })),
      title,
      intro: [intro],
      errors: error === undefined ? [] : [{ text: error, fieldId: "password" }],
      form: {
        action,
        fields: [
          {
            id: "password",
            name: "password",
            label: "Your password",
            widget: "password",
            autocomplete: "current-password",
            ...(error === undefined ? {} : { error }),
          },
        ],
        hidden: [],
        submit: { label: submit },
        cancel: { text: "Cancel", href: "/account" },
      },
    },
  };
}
