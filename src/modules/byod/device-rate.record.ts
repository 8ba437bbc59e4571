import { defineRecord, field } from "../../kernel/record.ts";

/** What telephones for work cost, for one person, from a day to a day: the council sets it, and plans are counted by it. */
export const DeviceRate = defineRecord({
  name: "device_rate",
  label: { one: "Device rates", many: "Device rates" },
  reference: "DVR-{000}",
  path: "device-rates",
  fields: {
    title: field.text({ label: "Title", hint: "“From April 2026”", is: "title", required: true, max: 120 }),
    policy: field.link({
      label: "Policy",
      hint: "Plans under this policy are counted by them",
      to: "policy",
      required: true,
      reverse: "Device rates",
    }),
    source: field.text({
      label: "Where the figures are from",
      hint: "The contract, the budget, the tax year",
      max: 300,
    }),
    device: field.money({ label: "A council device", required: true, min: 0 }),
    deviceYears: field.wholeNumber({ label: "Years that it is used", required: true, min: 1, max: 10 }),
    simMonth: field.money({ label: "A SIM, each month", required: true, min: 0 }),
    allowanceMonth: field.money({ label: "The allowance through payroll, each month", required: true, min: 0 }),
    insuranceShare: field.percent({
      label: "Employer’s National Insurance on the allowance",
      hint: "The rate of the tax year. An allowance is pay, so it is due on all of it",
      required: true,
    }),
    supportCouncil: field.money({ label: "Support of a council device, each year", required: true, min: 0 }),
    supportOwn: field.money({ label: "Support of somebody’s own device, each year", required: true, min: 0 }),
    licenceOwn: field.money({ label: "What keeps the council’s data apart on it, each year", required: true, min: 0 }),
    riskCouncil: field.money({
      label: "Loss and theft of a council device, each year",
      hint: "What it costs when it happens, times how often it does",
      required: true,
      min: 0,
    }),
    riskOwn: field.money({ label: "The same of somebody’s own device", required: true, min: 0 }),
  },
  states: { current: { label: "In use", tone: "good" }, withdrawn: { label: "Withdrawn", final: true } },
  starts: "current",
  moves: {
    withdraw: { label: "Withdraw", from: ["current"], to: "withdrawn", warning: true },
    restore: { label: "Use it again", from: ["withdrawn"], to: "current" },
  },
  dated: { by: ["policy"] },
  views: {
    list: {
      columns: ["reference", "title", "policy", "validFrom", "validUntil", "state"],
      sort: "-opened",
      filters: ["policy"],
      openOnly: true,
    },
  },
  empty:
    "Device rates say what a telephone for work costs, from a day on. Plans are counted by them. Enter those of this year.",
});
