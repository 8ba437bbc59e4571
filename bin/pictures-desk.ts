import type { Page } from "playwright-core";

/** What takes the pictures: see bin/pictures.ts. */
interface Camera {
  signedIn(who: RegExp, size?: { width?: number; height?: number }): Promise<Page>;
  /** Takes the page at an address, or the one that is open. */
  picture(page: Page, name: string, address?: string): Promise<void>;
}

const phone = { width: 390, height: 780 };

/** Those of the guide to the service desk: what each of its people sees. */
export async function deskPictures(camera: Camera & { wanted(name: string): boolean }): Promise<void> {
  const { signedIn, picture, wanted } = camera;
  if (wanted("desk-help") || wanted("desk-my-ticket") || wanted("desk-catalogue")) {
    const staff = await signedIn(/Staff/i, phone);
    await staff.goto("/help");
    await staff.getByLabel("What do you need?").fill("wi-fi at home");
    await staff.locator("#help-found a").first().waitFor();
    await picture(staff, "desk-help");
    await openFirst(staff, "/help/tickets", "main a[href^='/tickets/INC']");
    await picture(staff, "desk-my-ticket");
    await openFirst(staff, "/help/ask", "main a[href^='/help/ask/']");
    await picture(staff, "desk-catalogue");
  }
  const lead = await signedIn(/Lead support/i);
  await picture(lead, "desk-call", "/desk/call?requester=Joe+Price&summary=Wi-Fi+drops");
  await openFirst(lead, "/tickets?state=waiting_supplier", "main tbody a[href^='/tickets/INC']");
  await picture(lead, "desk-partner");
  await openFirst(lead, "/major-incidents", "main tbody a[href^='/major-incidents/']");
  await picture(lead, "desk-major-incident");
  await picture(lead, "desk-changes", "/desk/change-calendar");
  await openFirst(lead, "/hypercare", "main tbody a[href^='/hypercare/HYP']");
  await picture(lead, "desk-hypercare");
  await picture(lead, "desk-rota", "/desk/rota");
  await picture(lead, "desk-status", "/status");
  await picture(lead, "desk-held-mail", "/inbound-mail?state=held");
  await openFirst(lead, "/service-catalogue", "main tbody a[href^='/service-catalogue/']");
  await picture(lead, "desk-catalogue-item");
  if (wanted("desk-visits")) await picture(await signedIn(/Lead support/i, phone), "desk-visits", "/desk/visits");
  const administrator = await signedIn(/Administrator/i);
  await openFirst(administrator, "/queues", "main tbody a[href^='/queues/']");
  await picture(administrator, "desk-queue");
  await openFirst(administrator, "/mailboxes", "main tbody a[href^='/mailboxes/']");
  await picture(administrator, "desk-mailbox");
}

/** Those that want the whole year. */
export async function numbersPictures({ signedIn, picture }: Camera): Promise<void> {
  await picture(await signedIn(/Lead support/i), "desk-numbers", "/desk/numbers");
}

async function openFirst(page: Page, list: string, link: string): Promise<void> {
  await page.goto(list);
  const href = await page.locator(link).first().getAttribute("href");
  if (href === null) throw new Error(`${list} leads to nothing`);
  await page.goto(href);
}
